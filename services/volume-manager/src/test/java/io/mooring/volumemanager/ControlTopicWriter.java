package io.mooring.volumemanager;

import io.mooring.schemas.ControlSerdes;
import io.mooring.schemas.ControlTopic;
import io.mooring.schemas.DeadLetter;
import io.mooring.schemas.Decoded;
import io.mooring.schemas.EventHeaders;
import io.mooring.schemas.NodeDescriptor;
import io.mooring.schemas.PoolDescriptor;
import io.mooring.schemas.PoolPriority;
import io.mooring.schemas.RecordDecoder;
import io.mooring.testsupport.ControlPlane;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** Writes control topics as agents and the failure detector do, and as nobody should. */
final class ControlTopicWriter implements AutoCloseable {

  private static final long POOL_BYTES = 1L << 34;

  private final ControlPlane controlPlane;
  private final ControlSerdes serdes;
  private final Producer<String, byte[]> producer;

  ControlTopicWriter(ControlPlane controlPlane) {
    this.controlPlane = controlPlane;
    this.serdes = controlPlane.serdes();
    this.producer =
        new KafkaProducer<>(
            controlPlane.clientConfig(), new StringSerializer(), new ByteArraySerializer());
  }

  void registerNode(String node) {
    send(
        ControlTopic.NODES,
        node,
        NodeDescriptor.newBuilder()
            .setNodeId(node)
            .setIncarnation("i1")
            .setHost("10.0.0.1")
            .setReplicationPort(7420)
            .setProbePort(7421)
            .setRestPort(7400)
            .setPools(
                List.of(
                    PoolDescriptor.newBuilder()
                        .setPoolId("pool")
                        .setPriority(PoolPriority.HIGH)
                        .setCapacityBytes(POOL_BYTES)
                        .setFreeBytes(POOL_BYTES)
                        .build()))
            .setLabels(Map.of())
            .setUpdatedAt(Instant.now())
            .build());
  }

  /** Writes a record and returns its envelope. */
  EventHeaders send(ControlTopic topic, String key, SpecificRecord value) {
    return sendAs(topic, topic, key, value);
  }

  /** Writes a value of one topic to another. */
  EventHeaders sendAs(ControlTopic target, ControlTopic topic, String key, SpecificRecord value) {
    EventHeaders headers = EventHeaders.root(EventHeaders.typeOf(value), "/mooring/test/1", key);
    ProducerRecord<String, byte[]> record =
        new ProducerRecord<>(target.topicName(), null, key, null);
    headers.writeTo(record.headers());
    byte[] bytes = bytes(topic, value, record);
    send(new ProducerRecord<>(target.topicName(), null, key, bytes, record.headers()));
    return headers;
  }

  @SuppressWarnings("unchecked")
  private <T extends SpecificRecord> byte[] bytes(
      ControlTopic topic, SpecificRecord value, ProducerRecord<?, ?> record) {
    Class<T> type = (Class<T>) topic.valueType();
    return serdes
        .serializer(topic, type)
        .serialize(topic.topicName(), record.headers(), type.cast(value));
  }

  void sendGarbage(ControlTopic topic, String key, byte[] garbage) {
    ProducerRecord<String, byte[]> record =
        new ProducerRecord<>(topic.topicName(), null, key, garbage);
    EventHeaders.root("io.mooring.Garbage", "/mooring/test/1", key).writeTo(record.headers());
    send(record);
  }

  /** Original topics of all dead letters so far. */
  Set<String> deadLetterTopics() {
    RecordDecoder<DeadLetter> decoder =
        new RecordDecoder<>(serdes, ControlTopic.DEAD_LETTERS, DeadLetter.class);
    Map<String, Object> config = new HashMap<>(controlPlane.clientConfig());
    config.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    TopicPartition partition = new TopicPartition(ControlTopic.DEAD_LETTERS.topicName(), 0);
    Set<String> topics = new HashSet<>();
    try (var consumer =
        new KafkaConsumer<>(config, new StringDeserializer(), new ByteArrayDeserializer())) {
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      long end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
      while (consumer.position(partition) < end) {
        for (var record : consumer.poll(Duration.ofMillis(200))) {
          if (decoder.decode(record.headers(), record.value())
              instanceof Decoded.Value<DeadLetter>(DeadLetter letter)) {
            topics.add(letter.getTopic());
          }
        }
      }
    }
    return topics;
  }

  private void send(ProducerRecord<String, byte[]> record) {
    try {
      producer.send(record).get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("could not write " + record.topic(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  @Override
  public void close() {
    producer.close();
  }
}
