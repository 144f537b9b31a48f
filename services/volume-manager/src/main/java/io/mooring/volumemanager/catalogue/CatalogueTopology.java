package io.mooring.volumemanager.catalogue;

import io.mooring.schemas.ControlSerdes;
import io.mooring.schemas.ControlTopic;
import io.mooring.schemas.DeadLetter;
import io.mooring.schemas.VolumeEvent;
import io.mooring.schemas.VolumeState;
import io.mooring.streams.StoreJson;
import io.mooring.volumemanager.placement.ProvisioningLedger;
import io.mooring.volumemanager.placement.ProvisioningLedger.Footprint;
import io.mooring.volumemanager.volume.Volume;
import io.mooring.volumemanager.volume.VolumeFact;
import io.mooring.volumemanager.volume.VolumePhase;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;
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
 * mooring.volume.reports  ---+--> VolumeProcessor --> mooring.volumes
 * node verdicts (internal) --+     volumes, answers   mooring.volume.events
 *        ^                         node health        mooring.dead-letters
 *        | every partition
 * mooring.node.events
 *
 * mooring.nodes, mooring.volumes --> global stores, read for placement
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
  static final String FOOTPRINTS_STORE = "footprints";

  static final String STATE_SINK = "state-sink";
  static final String EVENTS_SINK = "events-sink";
  static final String DEAD_LETTERS_SINK = "dead-letters-sink";
  static final String VERDICTS_SINK = "verdicts-sink";
  static final String NODE_LETTERS_SINK = "node-letters-sink";

  private static final String VOLUME_PROCESSOR = "volume-processor";

  private static final StoreJson STORED = new StoreJson(VolumePhase.class, VolumeFact.class);
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
    return topology;
  }

  private void addGlobalStores(Topology topology) {
    topology.addGlobalStore(
        Stores.keyValueStoreBuilder(
                Stores.inMemoryKeyValueStore(NODES_STORE),
                Serdes.String(),
                STORED.serde(NodeProfile.class))
            .withLoggingDisabled(),
        "nodes-source",
        KEYS,
        BYTES,
        ControlTopic.NODES.topicName(),
        "node-registrar",
        () -> new NodeRegistrar(serdes, globalDeadLetters));
    topology.addGlobalStore(
        Stores.keyValueStoreBuilder(
                Stores.inMemoryKeyValueStore(FOOTPRINTS_STORE),
                Serdes.String(),
                STORED.serde(Footprint.class))
            .withLoggingDisabled(),
        "states-source",
        KEYS,
        BYTES,
        ControlTopic.VOLUMES.topicName(),
        "footprint-recorder",
        () -> new FootprintRecorder(serdes, ledger, globalDeadLetters));
  }

  private void multicastNodeEvents(Topology topology) {
    StreamPartitioner<String, byte[]> toAll =
        (_, _, _, partitions) ->
            Optional.of(IntStream.range(0, partitions).boxed().collect(Collectors.toSet()));
    topology.addSource("node-events", KEYS, BYTES, ControlTopic.NODE_EVENTS.topicName());
    topology.addProcessor("verdict-filter", () -> new VerdictFilter(serdes, poison), "node-events");
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
        ControlTopic.VOLUME_REPORTS.topicName(),
        VERDICTS_TOPIC);
    topology.addProcessor(
        VOLUME_PROCESSOR,
        () -> new VolumeProcessor(serdes, settings, ledger, metrics, poison),
        "volume-inputs");
    topology.addStateStore(volumes(), VOLUME_PROCESSOR);
    topology.addStateStore(answers(), VOLUME_PROCESSOR);
    topology.addStateStore(health(), VOLUME_PROCESSOR);
    topology.addSink(
        STATE_SINK,
        ControlTopic.VOLUMES.topicName(),
        KEYS_OUT,
        serdes.warmSerializer(ControlTopic.VOLUMES, VolumeState.class),
        VOLUME_PROCESSOR);
    topology.addSink(
        EVENTS_SINK,
        ControlTopic.VOLUME_EVENTS.topicName(),
        KEYS_OUT,
        serdes.warmSerializer(ControlTopic.VOLUME_EVENTS, VolumeEvent.class),
        VOLUME_PROCESSOR);
    addDeadLetters(topology, DEAD_LETTERS_SINK, VOLUME_PROCESSOR);
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

  private static StoreBuilder<KeyValueStore<String, NodeHealth>> health() {
    return Stores.keyValueStoreBuilder(
        Stores.inMemoryKeyValueStore(HEALTH_STORE),
        Serdes.String(),
        STORED.serde(NodeHealth.class));
  }
}
