package io.mooring.testsupport;

import io.mooring.schemas.ControlSerdes;
import io.mooring.schemas.ControlTopic;
import io.mooring.schemas.EventHeaders;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Properties;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.test.TestRecord;
import org.jspecify.annotations.Nullable;

/** A topology without Kafka, with the real serdes: records go in and come out at once. */
public final class TopologyBed implements AutoCloseable {

  private final ControlSerdes serdes;
  private final TopologyTestDriver driver;

  /**
   * Starts the topology.
   *
   * @param now its clock, which moves with {@link #pass} only
   */
  public TopologyBed(Topology topology, ControlSerdes serdes, Path stateDir, Instant now) {
    Properties config = new Properties();
    config.put(StreamsConfig.APPLICATION_ID_CONFIG, "test");
    config.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "none:1");
    config.put(StreamsConfig.STATE_DIR_CONFIG, stateDir.toString());
    this.serdes = serdes;
    this.driver = new TopologyTestDriver(topology, config, now);
  }

  /** Puts a record in whose chain of causes begins with it. */
  public EventHeaders pipe(ControlTopic topic, String key, SpecificRecord value) {
    return pipe(topic, key, value, null);
  }

  /** Puts a record in; it names its cause if there is one. */
  public EventHeaders pipe(
      ControlTopic topic, String key, SpecificRecord value, @Nullable EventHeaders cause) {
    RecordHeaders headers = headers(EventHeaders.typeOf(value), cause);
    send(topic, key, bytes(topic, value), headers);
    return EventHeaders.read(headers);
  }

  /** Puts a tombstone in. */
  public void tombstone(ControlTopic topic, String key) {
    send(topic, key, null, headers("io.mooring.Tombstone"));
  }

  /** Puts any bytes in, under any headers. */
  public void send(ControlTopic topic, String key, byte @Nullable [] value, RecordHeaders headers) {
    TestInputTopic<String, byte[]> input =
        driver.createInputTopic(
            topic.topicName(), new StringSerializer(), new ByteArraySerializer());
    input.pipeInput(new TestRecord<>(key, value, headers));
  }

  /** A record as it is written. */
  @SuppressWarnings("unchecked")
  public <T extends SpecificRecord> byte[] bytes(ControlTopic topic, SpecificRecord value) {
    Class<T> type = (Class<T>) topic.valueType();
    return serdes.serializer(topic, type).serialize(topic.topicName(), type.cast(value));
  }

  /** Headers of a record whose chain of causes begins with it. */
  public static RecordHeaders headers(String type) {
    return headers(type, null);
  }

  private static RecordHeaders headers(String type, @Nullable EventHeaders cause) {
    RecordHeaders headers = new RecordHeaders();
    EventHeaders written =
        cause == null
            ? EventHeaders.root(type, "/mooring/test/1", "subject")
            : EventHeaders.causedBy(cause, type, "/mooring/test/1", "subject");
    written.writeTo(headers);
    return headers;
  }

  /** What comes out on a topic. */
  public <T extends SpecificRecord> TestOutputTopic<String, T> output(
      ControlTopic topic, Class<T> type) {
    return driver.createOutputTopic(
        topic.topicName(), new StringDeserializer(), serdes.deserializer(topic, type));
  }

  /** Lets time pass. */
  public void pass(Duration time) {
    driver.advanceWallClockTime(time);
  }

  @Override
  public void close() {
    driver.close();
  }
}
