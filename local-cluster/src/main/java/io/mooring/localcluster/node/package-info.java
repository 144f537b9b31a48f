/**
 * Nodes: each a network, PID and mount namespace of its own, so that it dies all at once and takes
 * its mounts with it, as a machine does.
 */
@NullMarked
package io.mooring.localcluster.node;

import org.jspecify.annotations.NullMarked;
