/**
 * The network of a local cluster. It lives in namespaces of its own and changes nothing in the
 * host's: {@code <cluster>-net} holds a bridge, {@code <cluster>-cp} the control plane and {@code
 * <cluster>-nK} one node each, all joined by veth pairs.
 */
@NullMarked
package io.mooring.localcluster.network;

import org.jspecify.annotations.NullMarked;
