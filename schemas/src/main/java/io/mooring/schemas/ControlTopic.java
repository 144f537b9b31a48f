package io.mooring.schemas;

import io.mooring.schemas.TopicLifetime.Command;
import io.mooring.schemas.TopicLifetime.Event;
import io.mooring.schemas.TopicLifetime.State;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecord;

/**
 * The catalogue of control topics: what flows, how long it is kept, who writes and who reads it.
 *
 * <p>Keys are UTF-8 strings; values are Avro under the registry artifact {@code <topic>-value}. The
 * AsyncAPI document in {@code docs/asyncapi.yaml} is generated from here.
 */
public enum ControlTopic {
  /**
   * One partition by design: judging one node needs the view of all others, so one task must see
   * every beat.
   */
  NODE_HEARTBEATS(
      "mooring.node.heartbeats",
      new Event(Duration.ofMinutes(10)),
      new Keying("node", 1),
      NodeHeartbeat.class,
      Route.from("volume-agent").to("failover-detector")),
  NODES(
      "mooring.nodes",
      new State(),
      new Keying("node", 1),
      NodeDescriptor.class,
      Route.from("volume-agent")
          .to("volume-manager", "failover-detector", "autopilot", "everyone")),
  /**
   * One partition, so that readers see the judgements about all nodes in the order in which they
   * were made.
   */
  NODE_EVENTS(
      "mooring.node.events",
      new Event(Duration.ofDays(30)),
      new Keying("node", 1),
      NodeEvent.class,
      Route.from("failover-detector").to("volume-manager", "everyone")),
  VOLUME_COMMANDS(
      "mooring.volume.commands",
      new Command(Duration.ofDays(7)),
      new Keying("volume", 4),
      VolumeCommand.class,
      Route.from("volume-manager", "autopilot", "migrator").to("volume-manager")),
  VOLUME_REPORTS(
      "mooring.volume.reports",
      new Event(Duration.ofDays(7)),
      new Keying("volume", 4),
      VolumeReport.class,
      Route.from("volume-agent").to("volume-manager")),
  /** A null value is the tombstone of a deleted volume. */
  VOLUMES(
      "mooring.volumes",
      new State(),
      new Keying("volume", 4),
      VolumeState.class,
      Route.from("volume-manager").to("volume-agent", "everyone")),
  VOLUME_EVENTS(
      "mooring.volume.events",
      new Event(Duration.ofDays(30)),
      new Keying("volume", 4),
      VolumeEvent.class,
      Route.from("volume-manager").to("everyone")),
  VOLUME_USAGE(
      "mooring.volume.usage",
      new Event(Duration.ofHours(6)),
      new Keying("volume", 4),
      VolumeUsage.class,
      Route.from("volume-agent").to("autopilot")),
  /** A null value: the volume has no claim any more. */
  VOLUME_LABELS(
      "mooring.volume.labels",
      new State(),
      new Keying("volume", 4),
      VolumeLabels.class,
      Route.from("autopilot").to("autopilot", "everyone")),
  VOLUME_MOVES(
      "mooring.volume.moves",
      new Command(Duration.ofDays(7)),
      new Keying("volume", 4),
      VolumeMove.class,
      Route.from("volume-manager").to("volume-manager")),
  /** One partition, like all topics about pools: whoever weighs pools must see all of them. */
  POOL_COMMANDS(
      "mooring.pool.commands",
      new Command(Duration.ofDays(7)),
      new Keying("cluster", 1),
      PoolCommand.class,
      Route.from("autopilot", "volume-manager").to("volume-manager")),
  POOL_EVENTS(
      "mooring.pool.events",
      new Event(Duration.ofDays(30)),
      new Keying("cluster", 1),
      PoolEvent.class,
      Route.from("volume-manager").to("autopilot", "everyone")),
  POOL_REBALANCES(
      "mooring.pool.rebalances",
      new State(),
      new Keying("rebalance", 1),
      RebalanceState.class,
      Route.from("volume-manager").to("everyone")),
  VOLUME_TASKS(
      "mooring.volume.tasks",
      new Command(Duration.ofDays(7)),
      new Keying("volume", 4),
      VolumeTaskRecord.class,
      Route.from("volume-manager", "volume-agent").to("volume-manager")),
  /** One partition: the snapshots of a set are weighed together. */
  SNAPSHOT_COMMANDS(
      "mooring.snapshot.commands",
      new Command(Duration.ofDays(7)),
      new Keying("snapshot set", 1),
      SnapshotCommand.class,
      Route.from("volume-manager", "migrator").to("volume-manager")),
  SNAPSHOT_REPORTS(
      "mooring.snapshot.reports",
      new Event(Duration.ofDays(7)),
      new Keying("snapshot set", 1),
      SnapshotReport.class,
      Route.from("volume-agent").to("volume-manager")),
  /** A null value is the tombstone of a deleted set; agents delete what no set lists. */
  SNAPSHOTS(
      "mooring.snapshots",
      new State(),
      new Keying("snapshot set", 1),
      SnapshotSetState.class,
      Route.from("volume-manager").to("volume-agent", "migrator", "everyone")),
  /** A null value is the tombstone of a schedule that was ended. */
  SNAPSHOT_SCHEDULES(
      "mooring.snapshot.schedules",
      new State(),
      new Keying("schedule", 1),
      SnapshotScheduleState.class,
      Route.from("volume-manager").to("everyone")),
  SNAPSHOT_EVENTS(
      "mooring.snapshot.events",
      new Event(Duration.ofDays(30)),
      new Keying("snapshot set", 1),
      SnapshotEvent.class,
      Route.from("volume-manager").to("migrator", "everyone")),
  POOL_EXPANSIONS(
      "mooring.pool.expansions",
      new State(),
      new Keying("node/pool", 1),
      PoolExpansion.class,
      Route.from("volume-manager").to("volume-agent", "everyone")),
  /** One partition: every instance of the autopilot reads all rules. */
  AUTOPILOT_RULES(
      "mooring.autopilot.rules",
      new State(),
      new Keying("rule", 1),
      AutopilotRuleText.class,
      Route.from("autopilot").to("autopilot", "everyone")),
  AUTOPILOT_COMMANDS(
      "mooring.autopilot.commands",
      new Command(Duration.ofDays(7)),
      new Keying("volume", 4),
      AutopilotCommand.class,
      Route.from("autopilot").to("autopilot")),
  AUTOPILOT_READINGS(
      "mooring.autopilot.readings",
      new Event(Duration.ofHours(6)),
      new Keying("volume", 4),
      QueryReading.class,
      Route.from("autopilot").to("autopilot")),
  /** Descriptors of nodes as they were judged: what a replay reads, since states are compacted. */
  AUTOPILOT_POOLS(
      "mooring.autopilot.pools",
      new Event(Duration.ofHours(6)),
      new Keying("node", 1),
      JudgedPools.class,
      Route.from("autopilot").to("autopilot")),
  AUTOPILOT_OBJECTS(
      "mooring.autopilot.objects",
      new State(),
      new Keying("volume/rule", 4),
      RuleObjectState.class,
      Route.from("autopilot").to("autopilot", "everyone")),
  AUTOPILOT_EVENTS(
      "mooring.autopilot.events",
      new Event(Duration.ofDays(30)),
      new Keying("volume", 4),
      AutopilotEvent.class,
      Route.from("autopilot").to("everyone")),
  MIGRATION_PAIRS(
      "mooring.migration.pairs",
      new State(),
      new Keying("cluster pair", 1),
      ClusterPairState.class,
      Route.from("migrator").to("migrator", "everyone")),
  /** A null value removes the rule; migrations carry their own copy. */
  MIGRATION_RULES(
      "mooring.migration.rules",
      new State(),
      new Keying("rule", 1),
      MigrationRuleState.class,
      Route.from("migrator").to("migrator", "everyone")),
  /** A null value is the tombstone of a schedule that was ended. */
  MIGRATION_SCHEDULES(
      "mooring.migration.schedules",
      new State(),
      new Keying("schedule", 1),
      MigrationScheduleState.class,
      Route.from("migrator").to("migrator", "everyone")),
  /** One partition: whoever decides must see all migrations. */
  MIGRATIONS(
      "mooring.migrations",
      new State(),
      new Keying("migration", 1),
      MigrationState.class,
      Route.from("migrator").to("migrator", "everyone")),
  /** One partition: its owner is the instance that decides. */
  MIGRATION_COMMANDS(
      "mooring.migration.commands",
      new Command(Duration.ofDays(7)),
      new Keying("migration", 1),
      MigrationCommand.class,
      Route.from("migrator").to("migrator")),
  MIGRATION_REPORTS(
      "mooring.migration.reports",
      new Event(Duration.ofDays(7)),
      new Keying("migration", 1),
      TransferReport.class,
      Route.from("migrator").to("migrator")),
  /** Who owns a partition does its tasks; a null value ends a task. */
  MIGRATION_TASKS(
      "mooring.migration.tasks",
      new State(),
      new Keying("task", 16),
      TransferTask.class,
      Route.from("migrator").to("migrator")),
  MIGRATION_EVENTS(
      "mooring.migration.events",
      new Event(Duration.ofDays(30)),
      new Keying("migration", 1),
      MigrationEvent.class,
      Route.from("migrator").to("everyone")),
  BROKER_EVENTS(
      "mooring.broker.events",
      new Event(Duration.ofDays(30)),
      new Keying("cluster/broker", 1),
      BrokerEvent.class,
      Route.from("failover-detector").to("everyone")),
  /**
   * As many partitions as topics about volumes have, and a copy of each record in each of them:
   * whoever decides about a volume gets what is known of its broker in the order of its partition.
   */
  BROKER_RETENTION(
      "mooring.broker.retention",
      new Event(Duration.ofHours(6)),
      new Keying("cluster/broker", 4),
      BrokerRetention.class,
      Route.from("failover-detector").to("autopilot", "everyone")),
  DEAD_LETTERS(
      "mooring.dead-letters",
      new Event(Duration.ofDays(30)),
      new Keying("original topic", 1),
      DeadLetter.class,
      Route.from("everyone").to("everyone"));

  /** What the record key names, and over how many partitions keys are spread. */
  private record Keying(String meaning, int partitions) {}

  private record Route(List<String> writers, List<String> readers) {
    static Route from(String... writers) {
      return new Route(List.of(writers), List.of());
    }

    Route to(String... readers) {
      return new Route(writers, List.of(readers));
    }
  }

  private final String topicName;
  private final TopicLifetime lifetime;
  private final Keying keying;
  private final Class<? extends SpecificRecord> valueType;
  private final Route route;

  ControlTopic(
      String topicName,
      TopicLifetime lifetime,
      Keying keying,
      Class<? extends SpecificRecord> valueType,
      Route route) {
    this.topicName = topicName;
    this.lifetime = lifetime;
    this.keying = keying;
    this.valueType = valueType;
    this.route = route;
  }

  /** Name on the Kafka cluster. */
  public String topicName() {
    return topicName;
  }

  public TopicLifetime lifetime() {
    return lifetime;
  }

  /** What the key names. */
  public String keyMeaning() {
    return keying.meaning();
  }

  public int partitions() {
    return keying.partitions();
  }

  public Class<? extends SpecificRecord> valueType() {
    return valueType;
  }

  public Schema valueSchema() {
    return SpecificData.get().getSchema(valueType);
  }

  public List<String> writers() {
    return route.writers();
  }

  public List<String> readers() {
    return route.readers();
  }

  /** Registry artifact under which the value schema is registered. */
  public String artifactId() {
    return topicName + "-value";
  }

  /** Only a state topic has tombstones; elsewhere a null value is a poison record. */
  public boolean allowsTombstones() {
    return lifetime instanceof State;
  }

  /** The topic of that name, or empty if it is none of Mooring's. */
  public static Optional<ControlTopic> named(String topicName) {
    return Stream.of(values()).filter(topic -> topic.topicName.equals(topicName)).findFirst();
  }
}
