package io.mooring.localcluster.migration;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mooring.localcluster.LocalCluster;
import io.mooring.localcluster.Progress;
import io.mooring.localcluster.demo.Topics;
import io.mooring.localcluster.kafka.ManagedKafka;
import io.mooring.localcluster.load.GroupReader;
import io.mooring.localcluster.load.Ledger;
import io.mooring.localcluster.load.LoadGenerator;
import io.mooring.localcluster.load.LoadSettings;
import io.mooring.localcluster.process.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.common.TopicPartition;

/**
 * An application goes to the other cluster and comes back, as a person lets it: a schedule has
 * copied it there; it fails over, because somebody wants it to or because its cluster is lost; it
 * is written to there; it fails back, and everything of both times is there.
 */
final class SiteFailoverStory {

  private static final String SCHEDULE = "dr";

  /** The pair on the source leads west, that on the target leads back. */
  private static final String BACK = "east";

  private static final String HISTORY = "history";
  private static final String LIVE = "live";
  private static final String AWAY = "away";
  private static final String GROUP = MigrationStory.GROUP;
  private static final long SEED = 20_211_125;

  /** All that was acknowledged: below every offset. */
  private static final long ALL = Long.MAX_VALUE;

  private final LocalCluster source;
  private final TargetCluster target;
  private final MigrationSettings settings;
  private final Departure departure;
  private final Progress progress;
  private final List<Move> moves = new ArrayList<>();
  private final ObjectMapper json = new ObjectMapper();

  SiteFailoverStory(
      LocalCluster source,
      TargetCluster target,
      MigrationSettings settings,
      Departure departure,
      Progress progress) {
    this.source = source;
    this.target = target;
    this.settings = settings;
    this.departure = departure;
    this.progress = progress;
  }

  /** Plays it. Ledger and what was found are written below the given folder. */
  SiteFailoverResult run(Path folder) throws InterruptedException, IOException {
    Instant startedAt = Instant.now();
    try (SourceSite here = new SourceSite(source, settings.limit());
        RestDoor there = new RestDoor(target.migratorUrl(), target.token().strip())) {
      pair(here.migrator(), there);
      KafkaCut left = leave(here, there, folder);
      long onSource = acknowledged(folder, left, ALL);
      progress.say("looking at Kafka on the target");
      TargetFindings away = lookThere(left, folder);
      int recordedThere = recordThere(there);
      progress.say("writing to Kafka on the target");
      target.write(settings.brokers(), load(AWAY, SEED + 2), settings.between(), folder);
      KafkaCut returning = withAway(left, away);
      if (departure == Departure.LOST) {
        progress.say("the source comes back, without its application; its volumes are deleted");
        here.comeBackEmpty();
      }
      failBack(here.migrator(), there);
      progress.say("looking at Kafka on the source");
      TargetFindings back = lookHere(returning, folder);
      long notMoved = onSource - acknowledged(folder, left, 0);
      long onTarget = acknowledged(folder, returning, ALL) - onSource;
      return new SiteFailoverVerdicts(settings, departure, moves)
          .result(
              startedAt,
              new SiteFailoverResult.Written(onSource, notMoved, onTarget),
              new SiteFailoverVerdicts.Phase(left, away),
              recordedThere,
              new SiteFailoverVerdicts.Phase(returning, back));
    }
  }

  private void pair(RestDoor here, RestDoor there) throws InterruptedException, IOException {
    Pairing.make(
        here, MigrationRun.PAIR, target.migratorUrl(), target.token().strip(), settings.limit());
    Pairing.make(
        there,
        BACK,
        source.migratorUrl().orElseThrow(),
        Files.readString(source.pairToken()).strip(),
        settings.limit());
    progress.say("the clusters are a pair in both directions");
  }

  /** Until the application runs on the target. Returns what must be there. */
  private KafkaCut leave(SourceSite here, RestDoor there, Path folder)
      throws InterruptedException, IOException {
    try (Ledger ledger = Ledger.create(folder);
        Topics topics = new Topics(source.managedBootstrapServers())) {
      loadHistory(topics, ledger);
      topics.create(LIVE, settings.partitions());
      try (LoadGenerator _ = LoadGenerator.start(load(LIVE, SEED + 1), ledger);
          GroupReader reader = GroupReader.start(source.managedBootstrapServers(), GROUP, LIVE)) {
        progress.say("steady load: %,d records/s, acks=all".formatted(settings.recordsPerSecond()));
        Thread.sleep(settings.between());
        KafkaCut cut = schedule(here.migrator());
        Thread.sleep(settings.between());
        switch (departure) {
          case PLANNED -> failOver(here.migrator(), "what changed last is sent and fetched", false);
          case LOST -> {
            progress.say("the source is lost: all nodes and all that decides are killed at once");
            here.lose();
            failOver(there, "what came there last is started", true);
          }
        }
        return departure == Departure.LOST
            ? cut
            : all(cut, topics.partitions(), reader.committed());
      }
    }
  }

  private void loadHistory(Topics topics, Ledger ledger) throws InterruptedException {
    topics.create(HISTORY, settings.partitions());
    progress.say("loading %,d records of history".formatted(settings.historyRecords()));
    LoadSettings history =
        new LoadSettings(
            source.managedBootstrapServers(),
            HISTORY,
            settings.partitions(),
            settings.historyPerSecond(),
            SEED);
    LoadGenerator.produce(history, settings.historyRecords(), ledger);
  }

  /** The first migration of the schedule, which begins at once. Returns what it has recorded. */
  private KafkaCut schedule(RestDoor migrator) throws InterruptedException, IOException {
    progress.say("schedule '%s': every 30 minutes, the first one now".formatted(SCHEDULE));
    migrator.put(
        "/schedules/" + SCHEDULE,
        Map.of(
            "pair",
            MigrationRun.PAIR,
            "labels",
            MigrationRun.CHOICE,
            "namespace",
            ManagedKafka.NAME,
            "preExecRule",
            MigrationRun.FLUSH,
            "requestedBy",
            "demo"));
    String path = "/schedules/" + SCHEDULE;
    Await.until(
        "the schedule has begun a migration",
        "./mooring logs migrator",
        settings.limit(),
        () -> migrator.knows(path) && !migrator.get(path).path("last").asText("").isEmpty());
    String name = migrator.get(path).path("last").asText();
    follow(migrator, name, "the schedule's: everything; kept stopped");
    return json.treeToValue(migrator.get("/backups/" + name + "/kafka"), KafkaCut.class);
  }

  private void failOver(RestDoor migrator, String purpose, boolean sourceIsLost)
      throws InterruptedException {
    progress.say("failover: " + purpose);
    JsonNode begun =
        migrator.post(
            "/schedules/" + SCHEDULE + "/failover",
            Map.of("skipSourceOperations", sourceIsLost, "requestedBy", "demo"));
    follow(migrator, begun.path("name").asText(), "failover: " + purpose);
  }

  /** Asked of the source; the target does it. */
  private void failBack(RestDoor here, RestDoor there) throws InterruptedException {
    String purpose = "what was written there comes back with the application";
    progress.say("failback: " + purpose);
    JsonNode begun =
        here.post(
            "/schedules/" + SCHEDULE + "/failback", Map.of("pair", BACK, "requestedBy", "demo"));
    follow(there, begun.path("name").asText(), "failback: " + purpose);
  }

  private void follow(RestDoor migrator, String name, String purpose) throws InterruptedException {
    MigrationRun run = new MigrationRun(migrator, name, progress);
    JsonNode end = run.follow(settings.limit());
    MigrationRun.demandSuccess(end);
    moves.add(
        new Move(
            purpose, Leg.Row.of(end), run.steps(), run.sent(), end.path("movedBytes").asLong()));
  }

  /** A small backup on the target shows that its migrator can ask the Kafka that came there. */
  private int recordThere(RestDoor there) throws InterruptedException, IOException {
    there.post(
        "/migrations",
        Map.of(
            "name",
            "there",
            "kind",
            "BACKUP",
            "group",
            ManagedKafka.CONTROLLERS,
            "requestedBy",
            "demo"));
    MigrationRun.demandSuccess(new MigrationRun(there, "there", progress).follow(settings.limit()));
    return json.treeToValue(there.get("/backups/there/kafka"), KafkaCut.class).partitions().size();
  }

  private TargetFindings lookThere(KafkaCut expected, Path folder)
      throws InterruptedException, IOException {
    return target.look(settings.pods(), settings.brokers(), expected, folder, GROUP, folder);
  }

  private TargetFindings lookHere(KafkaCut expected, Path folder)
      throws InterruptedException, IOException {
    try (Witness witness = new Witness(source.managedBootstrapServers(), settings.limit())) {
      return witness.look(expected, Ledger.of(folder), GROUP);
    }
  }

  /** Whatever was acknowledged, and how far the group had come, as its consumer was told. */
  private static KafkaCut all(
      KafkaCut cut, List<TopicPartition> partitions, Map<TopicPartition, Long> committed) {
    return new KafkaCut(
        cut.clusterId(),
        cut.readAt(),
        partitions.stream().map(each -> partition(each.topic(), each.partition())).toList(),
        committed.entrySet().stream()
            .map(each ->
                new KafkaCut.GroupOffset(
                    GROUP, each.getKey().topic(), each.getKey().partition(), each.getValue()))
            .toList());
  }

  /** What must be on the source afterwards: what was seen on the target, and what came since. */
  private KafkaCut withAway(KafkaCut left, TargetFindings away) {
    List<KafkaCut.Partition> partitions = new ArrayList<>(left.partitions());
    IntStream.range(0, settings.partitions())
        .forEach(number -> partitions.add(partition(AWAY, number)));
    return new KafkaCut(
        left.clusterId(),
        left.readAt(),
        partitions,
        away.groups().stream()
            .map(group ->
                new KafkaCut.GroupOffset(
                    GROUP, group.topic(), group.partition(), group.committed()))
            .toList());
  }

  private static KafkaCut.Partition partition(String topic, int number) {
    return new KafkaCut.Partition(topic, number, ALL);
  }

  /** Records in the ledger, of the partitions that are expected: below an offset, or what is. */
  private static long acknowledged(Path folder, KafkaCut expected, long below) throws IOException {
    Ledger ledger = Ledger.of(folder);
    long count = 0;
    for (Map.Entry<TopicPartition, Long> partition : expected.ends().entrySet()) {
      long end = Math.max(below, partition.getValue());
      count +=
          ledger.entries(partition.getKey()).stream().filter(entry -> entry.offset() < end).count();
    }
    return count;
  }

  private LoadSettings load(String topic, long seed) {
    return new LoadSettings(
        source.managedBootstrapServers(),
        topic,
        settings.partitions(),
        settings.recordsPerSecond(),
        seed);
  }
}
