package io.mooring.localcluster.capacity;

import io.mooring.localcluster.DiskUse;
import io.mooring.localcluster.LocalCluster;
import io.mooring.localcluster.kafka.ManagedKafka;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/**
 * Asks the file systems of the brokers' volumes how full they are, ten times a second: the evidence
 * that neither the agents nor the autopilot had a hand in.
 */
final class DiskGauge implements AutoCloseable {

  private static final Duration INTERVAL = Duration.ofMillis(100);

  /** What is that much larger than any volume here is not the volume, but what it hides. */
  private static final long TOTAL_MAX_BYTES = 16L << 30;

  /** One look at a broker's file system. */
  record Sample(Instant at, DiskUse use) {}

  private final LocalCluster cluster;
  private final List<List<Sample>> samples = new ArrayList<>();
  private final List<Thread> threads = new ArrayList<>();
  private volatile boolean closed;

  private DiskGauge(LocalCluster cluster, int brokers) {
    this.cluster = cluster;
    for (int broker = 0; broker < brokers; broker++) {
      samples.add(new ArrayList<>());
      int id = broker;
      // A thread each: a file system that is stuck holds up those who ask it.
      threads.add(Thread.ofPlatform().name("gauge-" + id).daemon().unstarted(() -> watch(id)));
    }
  }

  /** Starts measuring, and returns when every broker was measured. */
  static DiskGauge start(LocalCluster cluster, int brokers) {
    DiskGauge gauge = new DiskGauge(cluster, brokers);
    for (int broker = 0; broker < brokers; broker++) {
      gauge.look(broker);
      gauge.threads.get(broker).start();
    }
    return gauge;
  }

  /** The newest look at a broker's file system, if there was any. */
  Optional<DiskUse> newest(int broker) {
    List<Sample> seen = samples.get(broker);
    synchronized (seen) {
      return seen.isEmpty() ? Optional.empty() : Optional.of(seen.getLast().use());
    }
  }

  /** Every look so far, in order. */
  List<Sample> samples(int broker) {
    List<Sample> seen = samples.get(broker);
    synchronized (seen) {
      return List.copyOf(seen);
    }
  }

  private void watch(int broker) {
    while (!closed) {
      look(broker);
      LockSupport.parkNanos(INTERVAL.toNanos());
    }
  }

  private void look(int broker) {
    cluster
        .diskUse(ManagedKafka.podOf(broker))
        .filter(use -> use.totalBytes() > 0 && use.totalBytes() < TOTAL_MAX_BYTES)
        .ifPresent(use -> {
          List<Sample> seen = samples.get(broker);
          synchronized (seen) {
            seen.add(new Sample(Instant.now(), use));
          }
        });
  }

  @Override
  public void close() {
    closed = true;
    threads.forEach(LockSupport::unpark);
  }
}
