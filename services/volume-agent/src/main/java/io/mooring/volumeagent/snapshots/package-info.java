/**
 * Snapshots as this node sees them: the sets that are being taken, held and given up, and what the
 * replicas here keep of them.
 *
 * <p>{@link io.mooring.volumeagent.snapshots.SnapshotSets} hears the sets, {@link
 * io.mooring.volumeagent.snapshots.SnapshotTaker} does for them what the heads of this node have to
 * do, {@link io.mooring.volumeagent.snapshots.SnapshotCollector} deletes what no set lists.
 */
@NullMarked
package io.mooring.volumeagent.snapshots;

import org.jspecify.annotations.NullMarked;
