package io.mooring.localcluster.bench;

import io.mooring.localcluster.DiskUse;
import io.mooring.localcluster.LocalCluster;
import io.mooring.localcluster.LocalClusterException;
import io.mooring.localcluster.Progress;
import io.mooring.localcluster.event.ClusterEvent;
import io.mooring.localcluster.event.EventFeed;
import io.mooring.localcluster.kafka.ManagedKafka;
import io.mooring.localcluster.report.Host;
import io.mooring.schemas.ControlTopic;
import io.mooring.schemas.ExpandVolume;
import io.mooring.schemas.VolumeCommand;
import io.mooring.schemas.VolumeState;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Fills volumes of running brokers past a rule's threshold, again and again, and measures when the
 * resize is asked for and when the file system is larger.
 */
final class GrowthBench {

  private static final double THRESHOLD = 0.80;
  private static final int CHUNK = 1 << 20;
  private static final long POLL_MS = 10;
  private static final long LIMIT_SECONDS = 60;

  /** Agents measure every two seconds; a crossing may fall anywhere between two measurements. */
  private static final int PAUSE_MAX_MS = 2000;

  private final LocalCluster cluster;
  private final Progress progress;
  private final int rounds;

  /** When the newest resize of each volume was heard of, in nanoseconds. */
  private final ConcurrentHashMap<String, Long> commands = new ConcurrentHashMap<>();

  GrowthBench(LocalCluster cluster, Progress progress, int rounds) {
    this.cluster = cluster;
    this.progress = progress;
    this.rounds = rounds;
  }

  GrowthBenchResult run(int brokers) throws InterruptedException, IOException {
    List<GrowthBenchResult.Crossing> all = new ArrayList<>();
    try (EventFeed.Subscription _ = cluster.events().subscribe(this::hear)) {
      for (int round = 0; round < rounds; round++) {
        for (int broker = 0; broker < brokers; broker++) {
          all.add(cross(ManagedKafka.podOf(broker), new Random(round * 31L + broker)));
        }
        if (round % 10 == 9) {
          progress.say("%d thresholds crossed".formatted(all.size()));
        }
      }
    }
    return new GrowthBenchResult(Host.describe(), Instant.now().toString(), List.copyOf(all));
  }

  private void hear(ClusterEvent event) {
    if (event instanceof ClusterEvent.Record record
        && record.topic() == ControlTopic.VOLUME_COMMANDS
        && record.value().orElse(null) instanceof VolumeCommand command
        && command.getDetail() instanceof ExpandVolume) {
      commands.put(command.getVolumeId(), System.nanoTime());
    }
  }

  private GrowthBenchResult.Crossing cross(String pod, Random chance)
      throws InterruptedException, IOException {
    String volume = volumeOf(pod);
    Thread.sleep(chance.nextInt(PAUSE_MAX_MS));
    commands.remove(volume);
    DiskUse before = use(pod);
    long crossed = fill(pod);
    await(pod + " is resized", () -> commands.containsKey(volume));
    await(pod + " has grown", () -> use(pod).totalBytes() > before.totalBytes());
    long grown = System.nanoTime();
    return new GrowthBenchResult.Crossing(
        pod, millis(commands.getOrDefault(volume, grown) - crossed), millis(grown - crossed));
  }

  /** Writes until the threshold is crossed; returns when that was. */
  private long fill(String pod) throws IOException {
    Path ballast =
        cluster
            .volumePath(pod)
            .orElseThrow(() -> new IllegalStateException(pod + " is nowhere"))
            .resolve("ballast");
    ByteBuffer chunk = ByteBuffer.allocateDirect(CHUNK);
    try (FileChannel file =
        FileChannel.open(
            ballast,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.APPEND)) {
      while (!isCrossed(use(pod))) {
        file.write(chunk.clear());
        // Space is taken when blocks are, not when the cache has the bytes.
        file.force(false);
      }
    }
    return System.nanoTime();
  }

  private static boolean isCrossed(DiskUse use) {
    return use.usedBytes() > THRESHOLD * use.totalBytes() + CHUNK;
  }

  private DiskUse use(String pod) {
    return cluster.diskUse(pod).orElseThrow(() -> new IllegalStateException(pod + " is nowhere"));
  }

  private String volumeOf(String pod) {
    return cluster.catalogue().volumes().stream()
        .filter(volume -> volume.getName().endsWith("-" + pod))
        .map(VolumeState::getVolumeId)
        .findFirst()
        .orElseThrow(() -> new IllegalStateException(pod + " has no volume"));
  }

  private static void await(String what, BooleanSupplier condition) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new LocalClusterException(
            "LCL-010",
            "Waited in vain until " + what,
            "it did not happen within " + LIMIT_SECONDS + " s",
            "See the logs of the autopilot, of volume-manager and of the agent");
      }
      Thread.sleep(POLL_MS);
    }
  }

  private static double millis(long nanos) {
    return Math.max(0, nanos) / 1e6;
  }
}
