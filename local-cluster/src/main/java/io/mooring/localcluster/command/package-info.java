/**
 * The commands behind {@code ./mooring}: running a cluster, and talking to a running one over its
 * control socket.
 */
@NullMarked
package io.mooring.localcluster.command;

import org.jspecify.annotations.NullMarked;
