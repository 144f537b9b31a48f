package io.mooring.volumeagent;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.mooring.schemas.ControlTopic;
import io.mooring.schemas.Decoded;
import io.mooring.schemas.EventHeaders;
import io.mooring.schemas.RecordDecoder;
import io.mooring.testsupport.ControlPlane;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Reads one control topic from its beginning and remembers all of it. */
final class ControlTopicProbe<T extends SpecificRecord> implements AutoCloseable {

  record Seen<T>(String key, Optional<EventHeaders> headers, T value) {}

  private final KafkaConsumer<byte[], byte[]> consumer;
  private final RecordDecoder<T> decoder;
  private final List<Seen<T>> seen = new ArrayList<>();

  ControlTopicProbe(ControlPlane controlPlane, ControlTopic topic, Class<T> type) {
    Map<String, Object> config = new HashMap<>(controlPlane.clientConfig());
    config.put("isolation.level", "read_committed");
    this.consumer =
        new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    this.decoder = new RecordDecoder<>(controlPlane.serdes(), topic, type);
    List<TopicPartition> partitions =
        IntStream.range(0, topic.partitions())
            .mapToObj(i -> new TopicPartition(topic.topicName(), i))
            .toList();
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
  }

  /** Everything read so far that matches, after reading what is there now. */
  List<Seen<T>> all(Predicate<T> wanted) {
    for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(200))) {
      if (decoder.decode(record.headers(), record.value()) instanceof Decoded.Value<T>(T value)) {
        seen.add(
            new Seen<>(
                new String(record.key(), UTF_8),
                EventHeaders.readIfValid(record.headers()),
                value));
      }
    }
    return seen.stream().filter(one -> wanted.test(one.value())).toList();
  }

  /** Values of {@link #all}. */
  List<T> values(Predicate<T> wanted) {
    return all(wanted).stream().map(Seen::value).toList();
  }

  @Override
  public void close() {
    consumer.close();
  }
}
