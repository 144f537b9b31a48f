package io.mooring.localcluster.migration;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mooring.localcluster.LocalCluster;
import io.mooring.localcluster.Progress;
import io.mooring.localcluster.demo.Topics;
import io.mooring.localcluster.load.AckTimes;
import io.mooring.localcluster.load.GroupReader;
import io.mooring.localcluster.load.Ledger;
import io.mooring.localcluster.load.LedgerCheck;
import io.mooring.localcluster.load.LedgerVerdict;
import io.mooring.localcluster.load.LoadGenerator;
import io.mooring.localcluster.load.LoadSettings;
import io.mooring.localcluster.services.MigrationPrograms;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The story, told once: load that never stops; everything is copied to the other cluster, which is
 * a standby from then on; it gets what changed since, is started from that and looked at. With a
 * rehearsal it is started from a copy before all that, looked at, and taken away again.
 */
final class MigrationStory {

  static final String GROUP = "readers";

  private static final String HISTORY = "history";
  private static final String LIVE = "live";

  /** The first sends of a producer wait for connections; that is no part of what is usual. */
  private static final double WARM_UP_SECONDS = 3;

  private static final long SEED = 20_201_121;

  private final LocalCluster source;
  private final TargetCluster target;
  private final MigrationSettings settings;
  private final boolean rehearse;
  private final Progress progress;
  private final ObjectMapper json = new ObjectMapper();

  /**
   * Prepares it.
   *
   * @param rehearse start the target from a first copy too, and take it away again
   */
  MigrationStory(
      LocalCluster source,
      TargetCluster target,
      MigrationSettings settings,
      boolean rehearse,
      Progress progress) {
    this.rehearse = rehearse;
    this.source = source;
    this.target = target;
    this.settings = settings;
    this.progress = progress;
  }

  /** Plays it. Ledger and what was found are written below the given folder. */
  MigrationResult run(Path folder) throws InterruptedException, IOException {
    Instant startedAt = Instant.now();
    try (Topics topics = new Topics(source.managedBootstrapServers());
        Ledger ledger = Ledger.create(folder);
        RestDoor migrator = new RestDoor(MigrationPrograms.migratorUrl())) {
      Pairing.make(
          migrator, MigrationRun.PAIR, target.migratorUrl(), target.token(), settings.limit());
      progress.say("paired with " + target.migratorUrl());
      loadHistory(topics, ledger);
      topics.create(LIVE, settings.partitions());
      try (LoadGenerator load = LoadGenerator.start(live(), ledger);
          GroupReader reader = GroupReader.start(source.managedBootstrapServers(), GROUP, LIVE)) {
        progress.say("steady load: %,d records/s, acks=all".formatted(settings.recordsPerSecond()));
        Thread.sleep(settings.between());
        double baselineTo = load.nowMs();
        List<Leg> legs = legs(new Migrations(migrator, load, ledger, folder));
        load.stop();
        progress.say("reading back %,d acknowledged records".formatted(ledger.acknowledged()));
        LedgerVerdict verdict =
            LedgerCheck.run(
                source.managedBootstrapServers(), ledger, topics.partitions(), settings.limit());
        return new MigrationVerdicts(
                settings,
                legs,
                serving(load.times().buckets(), WARM_UP_SECONDS, baselineTo / 1000),
                verdict,
                load.failed())
            .result(startedAt, load.times().buckets(), reader.recordsRead());
      }
    }
  }

  /** What the migrations of a run have in common. */
  private record Migrations(RestDoor migrator, LoadGenerator load, Ledger ledger, Path folder) {}

  private List<Leg> legs(Migrations with) throws InterruptedException, IOException {
    List<Leg> legs = new ArrayList<>();
    if (rehearse) {
      legs.add(migrate("rehearsal", "everything, and started to see that it works", true, with));
      progress.say("the rehearsal is over: the target's pods and volumes are taken away");
      target.clear();
      Thread.sleep(settings.between());
    }
    String sent = rehearse ? "what changed is sent, everything is fetched" : "everything";
    legs.add(migrate("standby", sent + "; kept stopped", false, with));
    Thread.sleep(settings.between());
    legs.add(migrate("cutover", "what changed is sent and fetched; started", true, with));
    return legs;
  }

  private void loadHistory(Topics topics, Ledger ledger) throws InterruptedException {
    topics.create(HISTORY, settings.partitions());
    progress.say("loading %,d records of history".formatted(settings.historyRecords()));
    LoadGenerator.produce(history(), settings.historyRecords(), ledger);
  }

  private Leg migrate(String name, String purpose, boolean start, Migrations with)
      throws InterruptedException, IOException {
    LoadGenerator load = with.load();
    progress.say("migration '%s': %s".formatted(name, purpose));
    long held = held();
    long storedBefore = stored();
    double began = load.nowMs() / 1000;
    MigrationRun run = new MigrationRun(with.migrator(), name, progress);
    JsonNode end = run.run(start, true, settings.limit());
    double ended = load.nowMs() / 1000;
    MigrationRun.demandSuccess(end);
    KafkaCut cut =
        json.treeToValue(with.migrator().get("/backups/" + name + "/kafka"), KafkaCut.class);
    Leg.Bytes bytes =
        new Leg.Bytes(held, run.sent(), stored() - storedBefore, end.path("movedBytes").asLong());
    return new Leg(
        purpose,
        began,
        ended,
        Leg.Row.of(end),
        run.steps(),
        bytes,
        serving(load.times().buckets(), began, ended),
        cut,
        start ? look(cut, with.ledger(), with.folder()) : null);
  }

  private TargetFindings look(KafkaCut cut, Ledger ledger, Path folder)
      throws InterruptedException, IOException {
    progress.say("looking at Kafka on the target");
    ledger.flush();
    TargetFindings found =
        target.look(settings.pods(), settings.brokers(), cut, folder, GROUP, folder);
    progress.say(
        "  %d partitions, %d without leader; %,d of %,d records below the cut missing"
            .formatted(
                found.partitions(),
                found.withoutLeader(),
                found.ledger().lost(),
                found.ledger().acknowledged()));
    return found;
  }

  private long held() {
    return source.pods().stream()
        .flatMap(pod -> source.diskUse(pod.pod().name()).stream())
        .mapToLong(use -> use.usedBytes())
        .sum();
  }

  private long stored() throws IOException {
    try (Stream<Path> files = Files.walk(source.objectStore())) {
      return files.filter(Files::isRegularFile).mapToLong(file -> file.toFile().length()).sum();
    }
  }

  static Leg.Serving serving(List<AckTimes.Bucket> buckets, double from, double to) {
    long acknowledged = 0;
    double worst = 0;
    double silence = 0;
    double longest = 0;
    for (AckTimes.Bucket bucket : buckets) {
      if (bucket.second() < from || bucket.second() > to) {
        continue;
      }
      acknowledged += bucket.acknowledged();
      worst = Math.max(worst, bucket.worstLatencyMs());
      silence = bucket.acknowledged() == 0 ? silence + AckTimes.BUCKET_MS : 0;
      longest = Math.max(longest, silence);
    }
    return new Leg.Serving(acknowledged, worst, longest);
  }

  private LoadSettings history() {
    return new LoadSettings(
        source.managedBootstrapServers(),
        HISTORY,
        settings.partitions(),
        settings.historyPerSecond(),
        SEED);
  }

  private LoadSettings live() {
    return new LoadSettings(
        source.managedBootstrapServers(),
        LIVE,
        settings.partitions(),
        settings.recordsPerSecond(),
        SEED + 1);
  }
}
