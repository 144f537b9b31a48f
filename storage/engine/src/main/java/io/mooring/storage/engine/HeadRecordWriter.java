package io.mooring.storage.engine;

import io.mooring.storage.replication.HeadRecord;
import java.io.IOException;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Makes the records of a head durable in their order. A record that cannot be written is tried
 * again: the head has to wait for it, whatever happens.
 */
final class HeadRecordWriter {

  private static final long RETRY_NANOS = 1_000_000_000L;

  private final HeadFile file;
  private final Function<HeadRecord, HeadFile.Content> content;
  private final BooleanSupplier over;
  private final Consumer<String> failures;
  private final SerialExecutor thread;
  private volatile HeadRecord newest;

  /**
   * @param content what belongs into the file beside the record
   * @param over true once nobody waits for records any more
   * @param failures told why a record could not be written
   */
  HeadRecordWriter(
      HeadFile file,
      HeadRecord start,
      Function<HeadRecord, HeadFile.Content> content,
      BooleanSupplier over,
      Consumer<String> failures,
      Executor threads) {
    this.file = file;
    this.newest = start;
    this.content = content;
    this.over = over;
    this.failures = failures;
    this.thread = new SerialExecutor(threads);
  }

  void write(HeadRecord record, Runnable whenDurable) {
    newest = record;
    thread.execute(() -> {
      if (writeNow(record)) {
        whenDurable.run();
      }
    });
  }

  /** Writes the newest record again, because what belongs to it has changed. */
  void rewrite() {
    thread.execute(() -> writeNow(newest));
  }

  private boolean writeNow(HeadRecord record) {
    while (!over.getAsBoolean()) {
      try {
        file.write(content.apply(record));
        return true;
      } catch (IOException e) {
        failures.accept(String.valueOf(e.getMessage()));
        LockSupport.parkNanos(RETRY_NANOS);
      }
    }
    return false;
  }
}
