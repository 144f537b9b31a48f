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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Producers fill two pairs of brokers at the same steady speed, which is too fast for the cool-down
 * of both rules. One rule looks ahead, the other does not: its producers have to wait when the
 * volumes that it watches are almost full, until it may grow them again.
 */
final class OverloadStory {

  static final int BROKERS = 4;
  static final long VOLUME_BYTES = 480L << 20;
  static final double BYTES_PER_SECOND = 6 << 20;
  static final Duration COOL_DOWN = Duration.ofSeconds(45);

  private static final int PAIR = 2;
  private static final Duration LIMIT = Duration.ofMinutes(5);
  private static final Duration TURN = Duration.ofMillis(50);

  private final LocalCluster cluster;
  private final Progress progress;
  private final EventRecorder recorder = new EventRecorder();

  OverloadStory(LocalCluster cluster, Progress progress) {
    this.cluster = cluster;
    this.progress = progress;
  }

  /** The first two brokers' volumes are under the rule that does not look ahead. */
  static boolean isForecast(BrokerVolume volume) {
    return volume.broker() >= PAIR;
  }

  /** Plays it. The ledger is written below the given folder. */
  OverloadVerdicts run(Path folder) throws InterruptedException, IOException {
    Instant began = Instant.now();
    List<BrokerVolume> volumes = BrokerVolume.all(cluster, BROKERS);
    try (EventFeed.Subscription _ = cluster.events().subscribe(recorder);
        EventFeed.Subscription _ = cluster.events().subscribe(new StoryTeller(volumes, progress));
        DiskGauge gauge = DiskGauge.start(cluster, BROKERS);
        Topics topics = new Topics(cluster.managedBootstrapServers());
        Ledger ledger = Ledger.create(folder)) {
      topics.create("plain", Map.of(0, List.of(0, 1), 1, List.of(1, 0)));
      topics.create("forecast", Map.of(0, List.of(2, 3), 1, List.of(3, 2)));
      try (PacedLoad plain = load("plain", volumes.subList(0, PAIR), gauge, ledger);
          PacedLoad forecast = load("forecast", volumes.subList(PAIR, BROKERS), gauge, ledger)) {
        progress.say("producers write 6 MiB/s to each broker, and do not slow down");
        overload(volumes, plain, forecast, began);
        plain.stop();
        forecast.stop();
        progress.say("reading back %,d acknowledged records".formatted(ledger.acknowledged()));
        LedgerVerdict verdict =
            LedgerCheck.run(cluster.managedBootstrapServers(), ledger, topics.partitions(), LIMIT);
        List<OverloadVerdicts.Seen> seen = new ArrayList<>();
        for (BrokerVolume volume : volumes) {
          Optional<Instant> held = isForecast(volume) ? forecast.firstHeld() : plain.firstHeld();
          seen.add(
              new OverloadVerdicts.Seen(
                  new VolumeStory(volume, recorder.events()),
                  gauge.samples(volume.broker()),
                  held));
        }
        return new OverloadVerdicts(
            began, seen, cluster.pods(), verdict, plain.failed() + forecast.failed());
      }
    }
  }

  private PacedLoad load(String topic, List<BrokerVolume> volumes, DiskGauge gauge, Ledger ledger) {
    return new PacedLoad(
        cluster, volumes, gauge, IngestPace.heedless(BYTES_PER_SECOND), topic, ledger);
  }

  private void overload(
      List<BrokerVolume> volumes, PacedLoad plain, PacedLoad forecast, Instant began)
      throws InterruptedException {
    boolean told = false;
    while (!isOver(volumes) && Instant.now().isBefore(began.plus(LIMIT))) {
      plain.turn();
      forecast.turn();
      if (!told && plain.firstHeld().isPresent()) {
        told = true;
        progress.say("producers to brokers 0 and 1 have to wait: their volumes are almost full");
      }
      Thread.sleep(TURN);
    }
  }

  /** The plain rule has grown its volumes again, and the other's cool-down is over. */
  private boolean isOver(List<BrokerVolume> volumes) {
    Instant now = Instant.now();
    return volumes.stream()
        .map(volume -> new VolumeStory(volume, recorder.events()))
        .allMatch(story ->
            isForecast(story.volume())
                ? story.expansions().stream()
                    .anyMatch(first -> first.at().plus(COOL_DOWN).isBefore(now))
                : story.expansions().size() > 1);
  }
}
