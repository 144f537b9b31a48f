package io.mooring.autopilot.stream;

import io.mooring.autopilot.decision.Claim;
import io.mooring.autopilot.decision.NodePools;
import io.mooring.autopilot.decision.RuleState;
import io.mooring.autopilot.decision.WatchedVolume;
import io.mooring.schemas.AutopilotEvent;
import io.mooring.schemas.ControlSerdes;
import io.mooring.schemas.ControlTopic;
import io.mooring.schemas.DeadLetter;
import io.mooring.schemas.JudgedPools;
import io.mooring.schemas.PoolCommand;
import io.mooring.schemas.RuleObjectState;
import io.mooring.schemas.VolumeCommand;
import io.mooring.streams.StoreJson;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.AutoOffsetReset;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.state.Stores;

/**
 * How records flow.
 *
 * <pre>
 * mooring.volumes            --+
 * mooring.volume.usage       --+                      mooring.volume.commands
 * mooring.volume.events      --+--> WatchProcessor --> mooring.autopilot.events
 * mooring.autopilot.commands --+    volumes, pools     mooring.autopilot.objects
 * mooring.volume.labels      --+    claims             mooring.pool.commands
 * mooring.autopilot.readings --+                      mooring.autopilot.pools
 * mooring.nodes              --+                      mooring.dead-letters
 * mooring.pool.events        --+
 * mooring.broker.retention   --+
 * mooring.autopilot.rules, mooring.autopilot.objects --> every instance
 * </pre>
 *
 * The first six inputs are keyed by volume and have as many partitions, so one task sees everything
 * about its volumes. The two about pools have one partition, so the task of partition 0 sees all
 * pools and can compare them; what people decide about pools is written to that partition. What is
 * known of brokers is in each partition, in the place at which the task takes it.
 */
public final class AutopilotTopology {

  static final String VOLUMES_STORE = "watched-volumes";
  static final String CLAIMS_STORE = "claims";
  static final String RULES_STORE = "rules";
  static final String OBJECTS_STORE = "objects";
  static final String POOLS_STORE = "node-pools";

  static final String EVENTS_SINK = "events-sink";
  static final String COMMANDS_SINK = "commands-sink";
  static final String POOL_COMMANDS_SINK = "pool-commands-sink";
  static final String OBJECTS_SINK = "objects-sink";
  static final String POOLS_SINK = "pools-sink";
  static final String DEAD_LETTERS_SINK = "dead-letters-sink";

  private static final String WATCH = "watch";
  private static final StringDeserializer KEYS = new StringDeserializer();
  private static final ByteArrayDeserializer BYTES = new ByteArrayDeserializer();

  private AutopilotTopology() {}

  /**
   * Fails if the registry cannot be reached: every schema that will be written is looked up here,
   * once.
   */
  public static Topology build(ControlSerdes serdes, AutopilotParts parts) {
    Topology topology = new Topology();
    addGlobalStore(
        topology,
        RULES_STORE,
        ControlTopic.AUTOPILOT_RULES,
        () -> new RuleRegistrar(serdes, parts.rules()));
    addGlobalStore(
        topology,
        OBJECTS_STORE,
        ControlTopic.AUTOPILOT_OBJECTS,
        () -> new ObjectRegistrar(serdes, parts.objects()));
    topology
        .addSource(
            AutoOffsetReset.earliest(),
            "states",
            KEYS,
            BYTES,
            ControlTopic.VOLUMES.topicName(),
            ControlTopic.NODES.topicName(),
            ControlTopic.AUTOPILOT_COMMANDS.topicName(),
            ControlTopic.VOLUME_LABELS.topicName())
        // The first run ever begins with the present: old measurements say nothing about now.
        .addSource(
            AutoOffsetReset.latest(),
            "news",
            KEYS,
            BYTES,
            ControlTopic.VOLUME_USAGE.topicName(),
            ControlTopic.VOLUME_EVENTS.topicName(),
            ControlTopic.POOL_EVENTS.topicName(),
            ControlTopic.AUTOPILOT_READINGS.topicName(),
            ControlTopic.BROKER_RETENTION.topicName())
        .addProcessor(WATCH, () -> new WatchProcessor(serdes, parts), "states", "news")
        .addStateStore(
            Stores.keyValueStoreBuilder(
                Stores.persistentKeyValueStore(VOLUMES_STORE),
                Serdes.String(),
                new StoreJson(RuleState.class).serde(WatchedVolume.class)),
            WATCH)
        .addStateStore(
            Stores.keyValueStoreBuilder(
                Stores.persistentKeyValueStore(CLAIMS_STORE),
                Serdes.String(),
                new StoreJson().serde(Claim.class)),
            WATCH)
        .addStateStore(
            Stores.keyValueStoreBuilder(
                Stores.persistentKeyValueStore(POOLS_STORE),
                Serdes.String(),
                new StoreJson().serde(NodePools.class)),
            WATCH);
    addSink(topology, serdes, EVENTS_SINK, ControlTopic.AUTOPILOT_EVENTS, AutopilotEvent.class);
    addSink(topology, serdes, COMMANDS_SINK, ControlTopic.VOLUME_COMMANDS, VolumeCommand.class);
    addSink(topology, serdes, POOL_COMMANDS_SINK, ControlTopic.POOL_COMMANDS, PoolCommand.class);
    addSink(topology, serdes, OBJECTS_SINK, ControlTopic.AUTOPILOT_OBJECTS, RuleObjectState.class);
    addSink(topology, serdes, POOLS_SINK, ControlTopic.AUTOPILOT_POOLS, JudgedPools.class);
    addSink(topology, serdes, DEAD_LETTERS_SINK, ControlTopic.DEAD_LETTERS, DeadLetter.class);
    return topology;
  }

  private static void addGlobalStore(
      Topology topology,
      String store,
      ControlTopic topic,
      ProcessorSupplier<String, byte[], Void, Void> registrar) {
    topology.addGlobalStore(
        Stores.keyValueStoreBuilder(
                Stores.inMemoryKeyValueStore(store), Serdes.String(), Serdes.ByteArray())
            .withLoggingDisabled(),
        store + "-source",
        KEYS,
        BYTES,
        topic.topicName(),
        store + "-registrar",
        registrar);
  }

  private static <T extends SpecificRecord> void addSink(
      Topology topology, ControlSerdes serdes, String name, ControlTopic topic, Class<T> type) {
    topology.addSink(
        name, topic.topicName(), new StringSerializer(), serdes.warmSerializer(topic, type), WATCH);
  }
}
