/**
 * Snapshot sets: snapshots of one volume or several, taken at one moment, all or none. {@link
 * io.mooring.volumemanager.snapshot.SnapshotDecider#decide} takes a set, one input and the time,
 * and returns the set afterwards with everything that follows. No Kafka, no clock, no threads.
 *
 * <p>What every decision keeps: a set is READY only if every member was taken in this attempt; an
 * identity of a snapshot is used for one attempt only; what no set lists may be deleted by anybody
 * at any time, so a set that is READY is given up on request only (I1 for what is in it).
 */
@NullMarked
package io.mooring.volumemanager.snapshot;

import org.jspecify.annotations.NullMarked;
