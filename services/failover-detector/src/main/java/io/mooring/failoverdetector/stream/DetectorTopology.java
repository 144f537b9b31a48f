package io.mooring.failoverdetector.stream;

import io.mooring.schemas.BrokerEvent;
import io.mooring.schemas.BrokerRetention;
import io.mooring.schemas.ControlSerdes;
import io.mooring.schemas.ControlTopic;
import io.mooring.schemas.DeadLetter;
import io.mooring.schemas.NodeEvent;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.AutoOffsetReset;
import org.apache.kafka.streams.Topology;

/** Wires the one processor to its topics. */
public final class DetectorTopology {

  private static final String HEARTBEATS = "heartbeats";
  private static final String DESCRIPTORS = "descriptors";
  private static final String DETECTOR = "detector";

  private DetectorTopology() {}

  /**
   * Fails if the registry cannot be reached: every schema that will be written is looked up here,
   * once.
   */
  public static Topology build(ControlSerdes serdes, DetectorParts parts) {
    ByteArrayDeserializer bytes = new ByteArrayDeserializer();
    Topology topology =
        new Topology()
            // The first run ever begins with the present: old beats say nothing about now.
            .addSource(
                AutoOffsetReset.latest(),
                HEARTBEATS,
                bytes,
                bytes,
                ControlTopic.NODE_HEARTBEATS.topicName())
            .addSource(
                AutoOffsetReset.earliest(),
                DESCRIPTORS,
                bytes,
                bytes,
                ControlTopic.NODES.topicName())
            .addProcessor(
                DETECTOR, () -> new DetectorProcessor(serdes, parts), HEARTBEATS, DESCRIPTORS);
    DetectorStores.builders().forEach(store -> topology.addStateStore(store, DETECTOR));
    addSink(topology, serdes, ControlTopic.NODE_EVENTS, NodeEvent.class);
    addSink(topology, serdes, ControlTopic.BROKER_EVENTS, BrokerEvent.class);
    addSink(topology, serdes, ControlTopic.DEAD_LETTERS, DeadLetter.class);
    addRetentionSink(topology, serdes);
    return topology;
  }

  /** A copy for each partition: the volume of a broker may be in any. */
  private static void addRetentionSink(Topology topology, ControlSerdes serdes) {
    ControlTopic topic = ControlTopic.BROKER_RETENTION;
    topology.addSink(
        topic.topicName(),
        topic.topicName(),
        new StringSerializer(),
        serdes.warmSerializer(topic, BrokerRetention.class),
        (_, _, _, partitions) ->
            Optional.of(
                IntStream.range(0, partitions).boxed().collect(Collectors.toUnmodifiableSet())),
        DETECTOR);
  }

  /** Sinks are named after their topics. */
  private static <T extends SpecificRecord> void addSink(
      Topology topology, ControlSerdes serdes, ControlTopic topic, Class<T> type) {
    topology.addSink(
        topic.topicName(),
        topic.topicName(),
        new StringSerializer(),
        serdes.warmSerializer(topic, type),
        DETECTOR);
  }
}
