package io.mooring.volumemanager.snapshot;

import io.mooring.volumemanager.volume.SnapshotSource.Holder;
import io.mooring.volumemanager.volume.VolumeId;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * State of a set.
 *
 * <pre>
 *             all held             all taken
 *  HOLDING ------------> TAKING ------------> READY ---+
 *     ^  |                 ^ |                         | delete
 *     |  +--------+--------|-+                         v
 *     |           | missed, lost, too late          DELETING ---> (gone)
 *     | asked     v        |                           every holder has removed it
 *     +-------- FAILED ----+
 *       again     |      again, one attached volume: nothing to wait for
 *                 +---> (gone) after an hour, or deleted
 * </pre>
 */
public sealed interface SetPhase {

  /** Heads hold writes back until all do. */
  record Holding(Instant deadline) implements SetPhase {}

  /**
   * Each head takes its snapshot.
   *
   * @param heldAt when all were held; null if there was only one to take, which needs no hold
   */
  record Taking(@Nullable Instant heldAt, Instant deadline) implements SetPhase {}

  /**
   * Complete.
   *
   * @param takenAt the moment that it shows
   */
  record Ready(Instant takenAt) implements SetPhase {}

  /** Came to nothing; what is left of it is being deleted. */
  record Failed(String code, String reason) implements SetPhase {}

  /**
   * Is being deleted.
   *
   * @param takenAt the moment that it showed, null if it was not complete
   * @param left replicas that have not said yet that they hold it no longer
   */
  record Deleting(@Nullable Instant takenAt, List<Left> left) implements SetPhase {
    public Deleting {
      left = List.copyOf(left);
    }
  }

  /** A replica of a volume that may still hold its snapshot. */
  record Left(VolumeId volume, Holder holder) {}
}
