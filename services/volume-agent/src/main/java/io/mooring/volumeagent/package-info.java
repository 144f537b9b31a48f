/**
 * The process that runs once on every node. Start at {@link io.mooring.volumeagent.VolumeAgent},
 * which wires the parts: the node as peers see it ({@code node}), the control topics ({@code
 * control}), volumes, CSI and REST.
 *
 * <p>What the agent does for attached volumes never waits for the control plane (I3): everything
 * that talks to the control topics sits behind a queue and a thread of its own.
 */
@NullMarked
package io.mooring.volumeagent;

import org.jspecify.annotations.NullMarked;
