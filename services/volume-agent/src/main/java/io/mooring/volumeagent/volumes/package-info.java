/**
 * Volumes as this node sees them: the states that concern it, the replicas it holds, the heads it
 * runs.
 *
 * <p>{@link io.mooring.volumeagent.volumes.VolumeDirectory} hears states, {@link
 * io.mooring.volumeagent.volumes.ReplicaDecisions} says what follows for this node's replicas.
 */
@NullMarked
package io.mooring.volumeagent.volumes;

import org.jspecify.annotations.NullMarked;
