package io.mooring.localcluster.capacity;

import io.mooring.localcluster.LocalCluster;
import io.mooring.localcluster.Progress;
import io.mooring.localcluster.demo.Topics;
import io.mooring.localcluster.event.EventFeed;
import io.mooring.localcluster.incident.EventRecorder;
import io.mooring.localcluster.load.Ledger;
import io.mooring.localcluster.load.LedgerCheck;
import io.mooring.localcluster.load.LedgerVerdict;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The story, told once: producers write to all brokers until every volume has doubled, has grown to
 * the rule's maximum, and was declined further growth; then everything is read back.
 */
final class CapacityStory {

  private static final String TOPIC = "ingest";
  private static final Duration TURN = Duration.ofMillis(100);
  private static final Duration TELL_EVERY = Duration.ofSeconds(10);

  private final LocalCluster cluster;
  private final CapacitySettings settings;
  private final Progress progress;
  private final EventRecorder recorder = new EventRecorder();

  CapacityStory(LocalCluster cluster, CapacitySettings settings, Progress progress) {
    this.cluster = cluster;
    this.settings = settings;
    this.progress = progress;
  }

  /**
   * Plays it.
   *
   * @param folder for the ledger of what was acknowledged
   * @param trouble what happens meanwhile
   */
  CapacityEvidence run(Path folder, Trouble trouble) throws InterruptedException, IOException {
    Instant began = Instant.now();
    List<BrokerVolume> volumes = BrokerVolume.all(cluster, settings.nodes());
    try (EventFeed.Subscription _ = cluster.events().subscribe(recorder);
        EventFeed.Subscription _ = cluster.events().subscribe(new StoryTeller(volumes, progress));
        DiskGauge gauge = DiskGauge.start(cluster, volumes.size());
        Topics topics = new Topics(cluster.managedBootstrapServers());
        Ledger ledger = Ledger.create(folder)) {
      topics.create(TOPIC, volumes.size());
      try (PacedLoad load =
          new PacedLoad(cluster, volumes, gauge, settings.pace(), TOPIC, ledger)) {
        progress.say("producers write, acks=all, two replicas of each partition");
        trouble.begin(recorder);
        try {
          fill(volumes, gauge, load, began);
        } finally {
          trouble.end();
        }
        load.stop();
        progress.say(
            "every volume is at its maximum; nothing may happen for "
                + settings.calm().toSeconds()
                + " s");
        Thread.sleep(settings.calm());
        progress.say("reading back %,d acknowledged records".formatted(ledger.acknowledged()));
        LedgerVerdict verdict =
            LedgerCheck.run(
                cluster.managedBootstrapServers(), ledger, topics.partitions(), settings.limit());
        return new CapacityEvidence(
            began,
            volumes.stream().map(volume -> seen(volume, gauge)).toList(),
            cluster.pods(),
            verdict,
            load.failed(),
            load.heldBackSeconds());
      }
    }
  }

  private CapacityEvidence.Seen seen(BrokerVolume volume, DiskGauge gauge) {
    return new CapacityEvidence.Seen(
        new VolumeStory(volume, recorder.events()),
        gauge.samples(volume.broker()),
        volume.sizeBytes(cluster));
  }

  private void fill(List<BrokerVolume> volumes, DiskGauge gauge, PacedLoad load, Instant began)
      throws InterruptedException {
    Instant told = began;
    while (!isEveryVolumeDeclined(volumes)) {
      Instant now = Instant.now();
      if (Duration.between(began, now).compareTo(settings.limit()) > 0) {
        progress.say("the story takes too long and is ended");
        return;
      }
      if (Duration.between(told, now).compareTo(TELL_EVERY) > 0) {
        told = now;
        progress.say("used " + use(volumes, gauge));
      }
      load.turn();
      Thread.sleep(TURN);
    }
  }

  private boolean isEveryVolumeDeclined(List<BrokerVolume> volumes) {
    return volumes.stream()
        .noneMatch(volume -> new VolumeStory(volume, recorder.events()).declines().isEmpty());
  }

  private String use(List<BrokerVolume> volumes, DiskGauge gauge) {
    return volumes.stream()
        .map(volume ->
            "%d of %d MiB"
                .formatted(
                    gauge.newest(volume.broker()).map(use -> use.usedBytes() >> 20).orElse(-1L),
                    volume.sizeBytes(cluster) >> 20))
        .collect(Collectors.joining(", "));
  }
}
