package io.mooring.volumeagent.tasks;

import io.mooring.schemas.VolumeTask;
import io.mooring.storage.engine.VolumeHead;
import java.io.IOException;
import java.util.function.BooleanSupplier;

/** What one kind of task does with the head that was opened for it. */
interface TaskWork {

  /** How it ended. */
  sealed interface Result {
    /**
     * The content is as asked for, and durable.
     *
     * @param bytes written or zeroed
     */
    record Done(long bytes) implements Result {}

    /** It cannot be done on this node. */
    record Impossible(String code, String reason) implements Result {}
  }

  /**
   * Does the work; blocks for as long as it takes. May be called again after a failure.
   *
   * @param withdrawn whether nobody wants it any more
   * @throws IOException if it may work if tried again
   */
  Result run(VolumeTask task, VolumeHead head, BooleanSupplier withdrawn)
      throws IOException, InterruptedException;

  /** Whether it moves data, so that only a few should run side by side. */
  boolean copies();
}
