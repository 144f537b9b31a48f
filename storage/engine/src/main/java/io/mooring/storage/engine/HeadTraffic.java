package io.mooring.storage.engine;

import io.mooring.storage.replication.Outcome;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts the requests of a head's clients, from any thread. Times run from the request to its
 * answer.
 */
final class HeadTraffic {

  private final Kind reads = new Kind();
  private final Kind writes = new Kind();
  private final Kind zeroes = new Kind();
  private final Kind flushes = new Kind();
  private final LongAdder failures = new LongAdder();

  /** One kind of request. */
  private static final class Kind {
    private final LongAdder count = new LongAdder();
    private final LongAdder bytes = new LongAdder();
    private final LongAdder nanos = new LongAdder();

    private VolumeTraffic.Requests snapshot() {
      return new VolumeTraffic.Requests(count.sum(), bytes.sum(), nanos.sum());
    }
  }

  RequestEnd read(long bytes, RequestEnd end) {
    return counting(reads, bytes, end);
  }

  RequestEnd write(long bytes, RequestEnd end) {
    return counting(writes, bytes, end);
  }

  RequestEnd zero(long bytes, RequestEnd end) {
    return counting(zeroes, bytes, end);
  }

  RequestEnd flush(RequestEnd end) {
    return counting(flushes, 0, end);
  }

  private RequestEnd counting(Kind kind, long bytes, RequestEnd end) {
    long start = System.nanoTime();
    return (outcome, after) -> {
      if (outcome instanceof Outcome.Done) {
        kind.count.increment();
        kind.bytes.add(bytes);
        kind.nanos.add(System.nanoTime() - start);
      } else {
        failures.increment();
      }
      end.ended(outcome, after);
    };
  }

  VolumeTraffic snapshot() {
    return new VolumeTraffic(
        reads.snapshot(), writes.snapshot(), zeroes.snapshot(), flushes.snapshot(), failures.sum());
  }
}
