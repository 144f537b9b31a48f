package io.mooring.localcluster.capacity;

import io.mooring.localcluster.DiskUse;
import io.mooring.localcluster.LocalCluster;
import io.mooring.localcluster.load.Ledger;
import io.mooring.localcluster.load.LoadGenerator;
import io.mooring.localcluster.load.LoadSettings;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Producers that fill the volumes of some brokers evenly, as fast as the fullest of them allows.
 */
final class PacedLoad implements AutoCloseable {

  static final int REPLICAS = 2;

  private static final int RECORD_BYTES = 16 << 10;
  private static final long SEED = 20_200_737;

  private final LocalCluster cluster;
  private final List<BrokerVolume> volumes;
  private final DiskGauge gauge;
  private final IngestPace pace;
  private final LoadGenerator load;
  private double heldBackSeconds;
  private boolean held;
  private @Nullable Instant firstHeld;
  private long turned = System.nanoTime();

  /**
   * Starts producing.
   *
   * @param volumes those that the topic's replicas are on, with as many partitions
   */
  PacedLoad(
      LocalCluster cluster,
      List<BrokerVolume> volumes,
      DiskGauge gauge,
      IngestPace pace,
      String topic,
      Ledger ledger) {
    this.cluster = cluster;
    this.volumes = List.copyOf(volumes);
    this.gauge = gauge;
    this.pace = pace;
    this.load =
        LoadGenerator.start(
            new LoadSettings(
                cluster.managedBootstrapServers(), topic, volumes.size(), 0, SEED, RECORD_BYTES),
            ledger);
  }

  /**
   * Sets the speed to what the volumes allow now. A broker whose replicas lag comes to hold as much
   * as the others do, and at the speed of its disk: it counts as if it did already.
   */
  void turn() {
    long fullest =
        volumes.stream()
            .flatMap(volume -> gauge.newest(volume.broker()).stream())
            .mapToLong(DiskUse::usedBytes)
            .max()
            .orElse(0);
    double slowest = Double.MAX_VALUE;
    for (BrokerVolume volume : volumes) {
      DiskUse use = gauge.newest(volume.broker()).orElse(null);
      double allowed =
          use == null
              ? 0
              : pace.bytesPerSecond(
                  volume.sizeBytes(cluster), new DiskUse(use.totalBytes(), fullest));
      slowest = Math.min(slowest, allowed);
    }
    long now = System.nanoTime();
    heldBackSeconds += held ? (now - turned) / 1e9 : 0;
    turned = now;
    held = slowest == 0;
    if (held && firstHeld == null) {
      firstHeld = Instant.now();
    }
    load.setRecordsPerSecond(slowest * volumes.size() / REPLICAS / RECORD_BYTES);
  }

  /** When producers had to wait for the first time, because a volume was almost full. */
  Optional<Instant> firstHeld() {
    return Optional.ofNullable(firstHeld);
  }

  double heldBackSeconds() {
    return heldBackSeconds;
  }

  /** Sends whose producer saw an error. */
  long failed() {
    return load.failed();
  }

  void stop() throws InterruptedException {
    load.stop();
  }

  @Override
  public void close() {
    load.close();
  }
}
