package io.mooring.volumemanager.catalogue;

import io.mooring.schedules.Recurrence;
import io.mooring.schemas.ControlSerdes;
import io.mooring.schemas.ControlTopic;
import io.mooring.schemas.DeadLetter;
import io.mooring.schemas.NodeDescriptor;
import io.mooring.schemas.PoolEvent;
import io.mooring.schemas.PoolExpansion;
import io.mooring.schemas.RebalanceState;
import io.mooring.schemas.SnapshotEvent;
import io.mooring.schemas.SnapshotScheduleState;
import io.mooring.schemas.SnapshotSetState;
import io.mooring.schemas.VolumeEvent;
import io.mooring.schemas.VolumeMove;
import io.mooring.schemas.VolumeState;
import io.mooring.schemas.VolumeTaskRecord;
import io.mooring.streams.PatientDecoder;
import io.mooring.streams.StoreJson;
import io.mooring.volumemanager.expansion.Expansion;
import io.mooring.volumemanager.placement.ProvisioningLedger;
import io.mooring.volumemanager.rebalance.RebalanceJob;
import io.mooring.volumemanager.rebalance.VolumeOutline;
import io.mooring.volumemanager.schedule.Schedule;
import io.mooring.volumemanager.snapshot.MemberPhase;
import io.mooring.volumemanager.snapshot.SetPhase;
import io.mooring.volumemanager.snapshot.SnapshotSet;
import io.mooring.volumemanager.volume.Volume;
import io.mooring.volumemanager.volume.VolumeFact;
import io.mooring.volumemanager.volume.VolumePhase;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.processor.StreamPartitioner;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueBytesStoreSupplier;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;
import org.apache.kafka.streams.state.WindowStore;

/**
 * How records flow.
 *
 * <pre>
 * mooring.volume.commands ---+
 * mooring.volume.moves    ---+
 * mooring.volume.tasks    ---+
 * mooring.volume.reports  ---+--> VolumeProcessor --> mooring.volumes
 * node verdicts (internal) --+     volumes, answers   mooring.volume.events
 *        ^                         node health        mooring.snapshot.events (ends of tasks)
 *        | every partition                            mooring.dead-letters
 * mooring.node.events     ---+--> PoolProcessor   --> mooring.volume.moves
 * mooring.pool.commands   ---+    jobs, node health   mooring.pool.events
 *                                 expansions          mooring.pool.rebalances
 *                                                     mooring.pool.expansions
 * mooring.node.events       ---+> SnapshotProcessor > mooring.volume.tasks
 * mooring.snapshot.commands ---+  sets, node health   mooring.snapshot.events
 * mooring.snapshot.reports  ---+  schedules           mooring.snapshots
 *                                                     mooring.snapshot.schedules
 *
 * mooring.nodes, mooring.volumes, mooring.snapshots --> global stores, read by all of them
 * </pre>
 *
 * Volumes are spread over partitions, and a judgement about a node concerns volumes in all of them;
 * so it is copied to every partition of an internal topic, and each task handles its own volumes.
 */
public final class CatalogueTopology {

  /** Internal copy of the node events, one per partition of the catalogue. */
  public static final String VERDICTS_TOPIC = "mooring.volume-manager.node-verdicts";

  public static final int PARTITIONS = ControlTopic.VOLUMES.partitions();

  public static final String VOLUMES_STORE = "volumes";
  public static final String NODES_STORE = "nodes";
  static final String ANSWERS_STORE = "answers";
  static final String HEALTH_STORE = "node-health";
  static final String OUTLINES_STORE = "outlines";
  public static final String REBALANCES_STORE = "rebalances";
  public static final String EXPANSIONS_STORE = "expansions";
  static final String EXPANSION_ORDERS_STORE = "expansion-orders";
  static final String JOBS_STORE = "rebalance-jobs";
  static final String POOL_HEALTH_STORE = "pool-node-health";
  public static final String SNAPSHOTS_STORE = "snapshots";
  static final String SETS_STORE = "snapshot-sets";
  public static final String SCHEDULE_VIEWS_STORE = "schedules";
  static final String SCHEDULES_STORE = "snapshot-schedules";
  static final String SNAPSHOT_HEALTH_STORE = "snapshot-node-health";

  static final String STATE_SINK = "state-sink";
  static final String EVENTS_SINK = "events-sink";
  static final String DEAD_LETTERS_SINK = "dead-letters-sink";
  static final String VERDICTS_SINK = "verdicts-sink";
  static final String NODE_LETTERS_SINK = "node-letters-sink";
  static final String MOVES_SINK = "moves-sink";
  static final String POOL_EVENTS_SINK = "pool-events-sink";
  static final String REBALANCES_SINK = "rebalances-sink";
  static final String EXPANSIONS_SINK = "expansions-sink";
  static final String POOL_LETTERS_SINK = "pool-letters-sink";
  static final String TASKS_SINK = "tasks-sink";
  static final String TASK_EVENTS_SINK = "task-events-sink";
  static final String SNAPSHOTS_SINK = "snapshots-sink";
  static final String SCHEDULES_SINK = "schedules-sink";
  static final String SNAPSHOT_EVENTS_SINK = "snapshot-events-sink";
  static final String SNAPSHOT_LETTERS_SINK = "snapshot-letters-sink";

  private static final String VOLUME_PROCESSOR = "volume-processor";
  private static final String POOL_PROCESSOR = "pool-processor";
  private static final String SNAPSHOT_PROCESSOR = "snapshot-processor";
  private static final String NODE_EVENTS = "node-events";

  private static final StoreJson STORED = new StoreJson(VolumePhase.class, VolumeFact.class);
  private static final StoreJson STORED_SETS =
      new StoreJson(SetPhase.class, MemberPhase.class, Recurrence.class);
  private static final Deserializer<String> KEYS = new StringDeserializer();
  private static final Serializer<String> KEYS_OUT = new StringSerializer();
  private static final Deserializer<byte[]> BYTES = Serdes.ByteArray().deserializer();

  private final ControlSerdes serdes;
  private final CatalogueSettings settings;
  private final CatalogueMetrics metrics;
  private final ProvisioningLedger ledger = new ProvisioningLedger();
  private final PoisonRecords poison;
  private final GlobalDeadLetters globalDeadLetters;

  /**
   * @param deadLetterSender writes dead letters of the global topics, which have no transaction
   */
  public CatalogueTopology(
      ControlSerdes serdes,
      CatalogueSettings settings,
      CatalogueMetrics metrics,
      Consumer<Record<String, SpecificRecord>> deadLetterSender) {
    this.serdes = serdes;
    this.settings = settings;
    this.metrics = metrics;
    this.poison = new PoisonRecords(settings.source(), metrics);
    this.globalDeadLetters = new GlobalDeadLetters(poison, Instant.now(), deadLetterSender);
  }

  public Topology build() {
    Topology topology = new Topology();
    addGlobalStores(topology);
    multicastNodeEvents(topology);
    decideOnVolumes(topology);
    decideOnPools(topology);
    decideOnSnapshots(topology);
    return topology;
  }

  private void addGlobalStores(Topology topology) {
    addView(
        topology,
        ControlTopic.NODES,
        new Registration<>(NODES_STORE, NodeProfile.class, "nodes-source", "node-registrar"),
        NodeDescriptor.class,
        NodeProfile::of);
    addGlobalStore(
        topology,
        ControlTopic.VOLUMES,
        new Registration<>(
            OUTLINES_STORE, VolumeOutline.class, "states-source", "outline-recorder"),
        () -> new OutlineRecorder(serdes, ledger, globalDeadLetters));
    addView(
        topology,
        ControlTopic.POOL_REBALANCES,
        new Registration<>(
            REBALANCES_STORE,
            RebalanceDescription.class,
            "rebalances-source",
            "rebalance-registrar"),
        RebalanceState.class,
        RebalanceDescription::of);
    addView(
        topology,
        ControlTopic.SNAPSHOTS,
        new Registration<>(
            SNAPSHOTS_STORE, SnapshotDescription.class, "snapshots-source", "snapshot-registrar"),
        SnapshotSetState.class,
        SnapshotDescription::of);
    addView(
        topology,
        ControlTopic.SNAPSHOT_SCHEDULES,
        new Registration<>(
            SCHEDULE_VIEWS_STORE,
            ScheduleDescription.class,
            "schedules-source",
            "schedule-registrar"),
        SnapshotScheduleState.class,
        ScheduleDescription::of);
    addView(
        topology,
        ControlTopic.POOL_EXPANSIONS,
        new Registration<>(
            EXPANSIONS_STORE,
            ExpansionDescription.class,
            "expansions-source",
            "expansion-registrar"),
        PoolExpansion.class,
        ExpansionDescription::of);
  }

  /** Names of a global store and of its parts, and what it keeps. */
  private record Registration<V>(String store, Class<V> kept, String source, String processor) {}

  /** What every instance shows, whichever decides on it. */
  private <S extends SpecificRecord, V> void addView(
      Topology topology,
      ControlTopic topic,
      Registration<V> registration,
      Class<S> state,
      Function<S, V> view) {
    addGlobalStore(
        topology,
        topic,
        registration,
        () ->
            new StateRegistrar<>(
                registration.store(),
                new PatientDecoder<>(serdes, topic, state),
                view,
                globalDeadLetters));
  }

  private static <V> void addGlobalStore(
      Topology topology,
      ControlTopic topic,
      Registration<V> registration,
      ProcessorSupplier<String, byte[], Void, Void> registrar) {
    topology.addGlobalStore(
        Stores.keyValueStoreBuilder(
                Stores.inMemoryKeyValueStore(registration.store()),
                Serdes.String(),
                STORED.serde(registration.kept()))
            .withLoggingDisabled(),
        registration.source(),
        KEYS,
        BYTES,
        topic.topicName(),
        registration.processor(),
        registrar);
  }

  private void multicastNodeEvents(Topology topology) {
    StreamPartitioner<String, byte[]> toAll =
        (_, _, _, partitions) ->
            Optional.of(IntStream.range(0, partitions).boxed().collect(Collectors.toSet()));
    topology.addSource(NODE_EVENTS, KEYS, BYTES, ControlTopic.NODE_EVENTS.topicName());
    topology.addProcessor("verdict-filter", () -> new VerdictFilter(serdes, poison), NODE_EVENTS);
    topology.addSink(
        VERDICTS_SINK,
        VERDICTS_TOPIC,
        KEYS_OUT,
        Serdes.ByteArray().serializer(),
        toAll,
        "verdict-filter");
    addDeadLetters(topology, NODE_LETTERS_SINK, "verdict-filter");
  }

  private void addDeadLetters(Topology topology, String sink, String processor) {
    topology.addSink(
        sink,
        ControlTopic.DEAD_LETTERS.topicName(),
        KEYS_OUT,
        serdes.warmSerializer(ControlTopic.DEAD_LETTERS, DeadLetter.class),
        processor);
  }

  private void decideOnVolumes(Topology topology) {
    topology.addSource(
        "volume-inputs",
        KEYS,
        BYTES,
        ControlTopic.VOLUME_COMMANDS.topicName(),
        ControlTopic.VOLUME_MOVES.topicName(),
        ControlTopic.VOLUME_TASKS.topicName(),
        ControlTopic.VOLUME_REPORTS.topicName(),
        VERDICTS_TOPIC);
    topology.addProcessor(
        VOLUME_PROCESSOR,
        () -> new VolumeProcessor(serdes, settings, ledger, metrics, poison),
        "volume-inputs");
    topology.addStateStore(volumes(), VOLUME_PROCESSOR);
    topology.addStateStore(answers(), VOLUME_PROCESSOR);
    topology.addStateStore(health(HEALTH_STORE), VOLUME_PROCESSOR);
    Sinks sinks = new Sinks(topology, VOLUME_PROCESSOR);
    sinks.add(STATE_SINK, ControlTopic.VOLUMES, VolumeState.class);
    sinks.add(EVENTS_SINK, ControlTopic.VOLUME_EVENTS, VolumeEvent.class);
    sinks.add(TASK_EVENTS_SINK, ControlTopic.SNAPSHOT_EVENTS, SnapshotEvent.class);
    addDeadLetters(topology, DEAD_LETTERS_SINK, VOLUME_PROCESSOR);
  }

  /** One task decides about all pools, and hears what is judged about all nodes. */
  private void decideOnPools(Topology topology) {
    topology.addSource("pool-commands", KEYS, BYTES, ControlTopic.POOL_COMMANDS.topicName());
    topology.addProcessor(
        POOL_PROCESSOR,
        () -> new PoolProcessor(serdes, settings, ledger, metrics, poison),
        NODE_EVENTS,
        "pool-commands");
    topology.addStateStore(
        Stores.keyValueStoreBuilder(
            Stores.persistentKeyValueStore(JOBS_STORE),
            Serdes.String(),
            STORED.serde(RebalanceJob.class)),
        POOL_PROCESSOR);
    topology.addStateStore(
        Stores.keyValueStoreBuilder(
            Stores.persistentKeyValueStore(EXPANSION_ORDERS_STORE),
            Serdes.String(),
            STORED.serde(Expansion.class)),
        POOL_PROCESSOR);
    topology.addStateStore(health(POOL_HEALTH_STORE), POOL_PROCESSOR);
    Sinks sinks = new Sinks(topology, POOL_PROCESSOR);
    sinks.add(MOVES_SINK, ControlTopic.VOLUME_MOVES, VolumeMove.class);
    sinks.add(POOL_EVENTS_SINK, ControlTopic.POOL_EVENTS, PoolEvent.class);
    sinks.add(REBALANCES_SINK, ControlTopic.POOL_REBALANCES, RebalanceState.class);
    sinks.add(EXPANSIONS_SINK, ControlTopic.POOL_EXPANSIONS, PoolExpansion.class);
    addDeadLetters(topology, POOL_LETTERS_SINK, POOL_PROCESSOR);
  }

  /** One task decides about all sets, because volumes of all partitions may be in one. */
  private void decideOnSnapshots(Topology topology) {
    topology.addSource(
        "snapshot-inputs",
        KEYS,
        BYTES,
        ControlTopic.SNAPSHOT_COMMANDS.topicName(),
        ControlTopic.SNAPSHOT_REPORTS.topicName());
    topology.addProcessor(
        SNAPSHOT_PROCESSOR,
        () -> new SnapshotProcessor(serdes, settings, metrics, poison),
        NODE_EVENTS,
        "snapshot-inputs");
    topology.addStateStore(
        Stores.keyValueStoreBuilder(
            Stores.persistentKeyValueStore(SETS_STORE),
            Serdes.String(),
            STORED_SETS.serde(SnapshotSet.class)),
        SNAPSHOT_PROCESSOR);
    topology.addStateStore(
        Stores.keyValueStoreBuilder(
            Stores.persistentKeyValueStore(SCHEDULES_STORE),
            Serdes.String(),
            STORED_SETS.serde(Schedule.class)),
        SNAPSHOT_PROCESSOR);
    topology.addStateStore(health(SNAPSHOT_HEALTH_STORE), SNAPSHOT_PROCESSOR);
    Sinks sinks = new Sinks(topology, SNAPSHOT_PROCESSOR);
    sinks.add(TASKS_SINK, ControlTopic.VOLUME_TASKS, VolumeTaskRecord.class);
    sinks.add(SNAPSHOT_EVENTS_SINK, ControlTopic.SNAPSHOT_EVENTS, SnapshotEvent.class);
    sinks.add(SCHEDULES_SINK, ControlTopic.SNAPSHOT_SCHEDULES, SnapshotScheduleState.class);
    sinks.add(SNAPSHOTS_SINK, ControlTopic.SNAPSHOTS, SnapshotSetState.class);
    addDeadLetters(topology, SNAPSHOT_LETTERS_SINK, SNAPSHOT_PROCESSOR);
  }

  /** Where a processor writes. */
  private final class Sinks {

    private final Topology topology;
    private final String processor;

    Sinks(Topology topology, String processor) {
      this.topology = topology;
      this.processor = processor;
    }

    <T extends SpecificRecord> void add(String sink, ControlTopic topic, Class<T> type) {
      topology.addSink(
          sink, topic.topicName(), KEYS_OUT, serdes.warmSerializer(topic, type), processor);
    }
  }

  private static StoreBuilder<KeyValueStore<String, Volume>> volumes() {
    KeyValueBytesStoreSupplier onDisk = Stores.persistentKeyValueStore(VOLUMES_STORE);
    return Stores.keyValueStoreBuilder(onDisk, Serdes.String(), STORED.serde(Volume.class));
  }

  private StoreBuilder<WindowStore<String, Answer>> answers() {
    return Stores.windowStoreBuilder(
        Stores.persistentWindowStore(
            ANSWERS_STORE, settings.answersKept(), settings.answersKept(), false),
        Serdes.String(),
        STORED.serde(Answer.class));
  }

  private static StoreBuilder<KeyValueStore<String, NodeHealth>> health(String store) {
    return Stores.keyValueStoreBuilder(
        Stores.inMemoryKeyValueStore(store), Serdes.String(), STORED.serde(NodeHealth.class));
  }
}
