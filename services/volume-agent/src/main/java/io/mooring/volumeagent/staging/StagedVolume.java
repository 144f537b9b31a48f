package io.mooring.volumeagent.staging;

import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One volume's place on this node. Requests hold its lock while they work on it; readers see the
 * newest finished step.
 */
final class StagedVolume {

  final ReentrantLock lock = new ReentrantLock();

  private volatile @Nullable StagingRecord record;
  private volatile @Nullable AttachedVolume attached;
  private volatile @Nullable String growProblem;
  private volatile boolean growing;

  Optional<StagingRecord> record() {
    return Optional.ofNullable(record);
  }

  Optional<AttachedVolume> attached() {
    return Optional.ofNullable(attached);
  }

  /** Why the newest attempt to grow the file system failed. */
  Optional<String> growProblem() {
    return Optional.ofNullable(growProblem);
  }

  void become(StagingRecord newRecord) {
    record = newRecord;
  }

  /**
   * The volume has a device. An earlier attachment, or an earlier run of the agent, may have grown
   * it and not its file system.
   */
  void become(AttachedVolume newAttached) {
    attached = newAttached;
    growing = true;
  }

  /** Whether an attempt to grow may have begun and not come to an end. */
  boolean isGrowing() {
    return growing;
  }

  void growthBegins() {
    growing = true;
  }

  /** The attempt has ended; repeating it by itself would not help. */
  void growthEnds(@Nullable String problem) {
    growProblem = problem;
    growing = false;
  }

  void becomeNothing() {
    attached = null;
    record = null;
    growProblem = null;
    growing = false;
  }
}
