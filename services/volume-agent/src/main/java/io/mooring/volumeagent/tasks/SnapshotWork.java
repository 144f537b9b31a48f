package io.mooring.volumeagent.tasks;

import io.mooring.schemas.VolumeTask;
import io.mooring.storage.engine.VolumeHead;
import io.mooring.volumeagent.snapshots.SnapshotSets;
import io.mooring.volumeagent.snapshots.SnapshotTaker;
import java.io.IOException;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/**
 * Keeps the head of a detached volume open while a set with its snapshot is taken; the rest is done
 * as for an attached volume.
 */
final class SnapshotWork implements TaskWork {

  private static final Duration CHECK = Duration.ofMillis(500);

  private final SnapshotSets sets;
  private final SnapshotTaker taker;
  private final SetsReader reader;

  SnapshotWork(SnapshotSets sets, SnapshotTaker taker, SetsReader reader) {
    this.sets = sets;
    this.taker = taker;
    this.reader = reader;
  }

  @Override
  public Result run(VolumeTask task, VolumeHead head, BooleanSupplier withdrawn)
      throws IOException, InterruptedException {
    if (sets.awaitOver(task.getSetId(), task.getVolumeId(), task.getSnapshotId(), Duration.ZERO)) {
      // The set was written before the task: if it is not there after this, it is gone. Other
      // members may be held already and wait for this one, so it is read only if need be.
      reader.readToEnd();
    }
    taker.headServes(task.getSetId(), task.getVolumeId());
    while (!withdrawn.getAsBoolean()
        && !sets.awaitOver(task.getSetId(), task.getVolumeId(), task.getSnapshotId(), CHECK)) {
      if (head.state().isOver()) {
        throw new IOException("the head ended while the snapshot was taken: " + head.state());
      }
    }
    return new Result.Done(0);
  }

  @Override
  public boolean copies() {
    return false;
  }
}
