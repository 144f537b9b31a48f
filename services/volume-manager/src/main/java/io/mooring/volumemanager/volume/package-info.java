/**
 * The life of one volume, as a pure function: {@link
 * io.mooring.volumemanager.volume.VolumeDecider#decide} takes the volume, one input and the time,
 * and returns the new volume with everything that has to be announced. No Kafka, no clock, no
 * threads; what the decider must know about nodes and pools it asks of {@link
 * io.mooring.volumemanager.volume.ClusterView}.
 *
 * <p>Invariants that every decision keeps: epoch and generation only grow, the in-sync set of a
 * volume that is not being deleted is never empty (I1), at most one node holds the volume (I2), a
 * volume is taken away only after an in-sync replica promised the higher epoch (I6), and its size
 * only grows (I7). A volume that is half is given to nobody but who fills it.
 */
@NullMarked
package io.mooring.volumemanager.volume;

import org.jspecify.annotations.NullMarked;
