package io.mooring.storage.blockstore;

import io.mooring.storage.linux.BlockFile;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Executor;

/**
 * Runs what is too slow for an I/O thread, one round at a time: punching holes, then one fdatasync.
 *
 * <p>Everything that arrives while a round runs shares the next one: any number of flushes cost one
 * fdatasync, neighbouring holes cost one fallocate. A flush covers every hole that was queued
 * before it. After a failed fdatasync nothing succeeds any more, because the kernel may have
 * dropped the pages that it could not write.
 */
final class SyncQueue {

  private record Hole(long offset, long length, Completion completion) {
    long end() {
      return offset + length;
    }
  }

  private final BlockFile file;
  private final Executor executor;
  private final Object lock = new Object();
  private final Object syncing = new Object();
  private ArrayDeque<Hole> holes = new ArrayDeque<>();
  private ArrayDeque<Completion> flushes = new ArrayDeque<>();
  private boolean running;
  private final SyncFailure failure;

  /**
   * @param failure of all layers of the replica: what one could not write may be missing in any
   *     view
   */
  SyncQueue(BlockFile file, Executor executor, SyncFailure failure) {
    this.file = file;
    this.executor = executor;
    this.failure = failure;
  }

  void punch(long offset, long length, Completion completion) {
    synchronized (lock) {
      holes.add(new Hole(offset, length, completion));
      start();
    }
  }

  void flush(Completion completion) {
    synchronized (lock) {
      flushes.add(completion);
      start();
    }
  }

  /** Makes everything that was written durable, on the caller's thread. */
  void flushNow() throws IOException {
    if (failure.first() == null) {
      sync();
    }
    failure.check();
  }

  private void start() {
    if (!running) {
      running = true;
      executor.execute(this::run);
    }
  }

  private void run() {
    while (true) {
      ArrayDeque<Hole> holesNow;
      ArrayDeque<Completion> flushesNow;
      synchronized (lock) {
        if (holes.isEmpty() && flushes.isEmpty()) {
          running = false;
          return;
        }
        holesNow = holes;
        flushesNow = flushes;
        holes = new ArrayDeque<>();
        flushes = new ArrayDeque<>();
      }
      punchAll(holesNow);
      syncFor(flushesNow);
    }
  }

  private void punchAll(ArrayDeque<Hole> batch) {
    List<Hole> ordered = new ArrayList<>(batch);
    ordered.sort(Comparator.comparingLong(Hole::offset));
    for (int from = 0; from < ordered.size(); ) {
      int to = from + 1;
      long end = ordered.get(from).end();
      while (to < ordered.size() && ordered.get(to).offset() <= end) {
        end = Math.max(end, ordered.get(to).end());
        to++;
      }
      punchOne(ordered.subList(from, to), end);
      from = to;
    }
  }

  private void punchOne(List<Hole> neighbours, long end) {
    IOException outcome = failure.first();
    if (outcome == null) {
      try {
        long start = neighbours.getFirst().offset();
        file.punchHole(start, end - start);
      } catch (IOException e) {
        outcome = ReplicaFileException.of("punch a hole into", file, e);
      }
    }
    for (Hole hole : neighbours) {
      hole.completion().done(outcome);
    }
  }

  private void syncFor(ArrayDeque<Completion> batch) {
    if (batch.isEmpty()) {
      return;
    }
    if (failure.first() == null) {
      sync();
    }
    for (Completion completion : batch) {
      completion.done(failure.first());
    }
  }

  /**
   * One at a time: the system reports a failure to one of two callers, and the other one must not
   * be told of success before that is known.
   */
  private void sync() {
    synchronized (syncing) {
      try {
        file.dataSync();
      } catch (IOException e) {
        failure.failed(ReplicaFileException.of("flush", file, e));
      }
    }
  }
}
