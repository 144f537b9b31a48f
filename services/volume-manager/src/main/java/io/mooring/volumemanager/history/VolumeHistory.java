package io.mooring.volumemanager.history;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mooring.schemas.ControlSerdes;
import io.mooring.schemas.ControlTopic;
import io.mooring.schemas.Decoded;
import io.mooring.schemas.EventHeaders;
import io.mooring.schemas.NodeEvent;
import io.mooring.schemas.RecordDecoder;
import io.mooring.schemas.VolumeCommand;
import io.mooring.schemas.VolumeEvent;
import io.mooring.schemas.VolumeReport;
import io.mooring.schemas.VolumeTaskRecord;
import io.mooring.volumemanager.VolumeManager;
import io.mooring.volumemanager.volume.VolumeId;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.common.utils.Utils;

/**
 * Reads the story of a volume back from the control topics: its commands, reports and events, and
 * the judgements about nodes that belong to the same incidents. Nothing is kept for this, so it
 * costs a read of the volume's partitions from the wanted time on.
 */
@ApplicationScoped
public class VolumeHistory {

  private static final Duration POLL = Duration.ofMillis(500);
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private final VolumeManager manager;
  private final ObjectMapper json;

  VolumeHistory(VolumeManager manager, ObjectMapper json) {
    this.manager = manager;
    this.json = json;
  }

  /** What happened since a time, oldest first. */
  public List<HistoryEntry> of(VolumeId volume, Instant since) {
    VolumeManager.Connected parts = manager.connected();
    Map<ControlTopic, RecordDecoder<?>> decoders = decoders(parts.serdes());
    List<HistoryEntry> own = new ArrayList<>();
    List<HistoryEntry> judgements = new ArrayList<>();
    for (ConsumerRecord<String, byte[]> record : read(parts.kafka(), volume, since)) {
      ControlTopic topic = ControlTopic.named(record.topic()).orElseThrow();
      if (topic == ControlTopic.NODE_EVENTS) {
        entry(record, decoders.get(topic)).forEach(judgements::add);
      } else if (volume.value().equals(record.key())) {
        entry(record, decoders.get(topic)).forEach(own::add);
      }
    }
    Set<UUID> incidents =
        own.stream()
            .map(HistoryEntry::correlationId)
            .collect(Collectors.toCollection(HashSet::new));
    return Stream.concat(
            own.stream(),
            judgements.stream().filter(entry -> incidents.contains(entry.correlationId())))
        .sorted(Comparator.comparing(HistoryEntry::at))
        .toList();
  }

  private static Map<ControlTopic, RecordDecoder<?>> decoders(ControlSerdes serdes) {
    Map<ControlTopic, RecordDecoder<?>> decoders = new EnumMap<>(ControlTopic.class);
    put(decoders, serdes, ControlTopic.VOLUME_COMMANDS, VolumeCommand.class);
    put(decoders, serdes, ControlTopic.VOLUME_TASKS, VolumeTaskRecord.class);
    put(decoders, serdes, ControlTopic.VOLUME_REPORTS, VolumeReport.class);
    put(decoders, serdes, ControlTopic.VOLUME_EVENTS, VolumeEvent.class);
    put(decoders, serdes, ControlTopic.NODE_EVENTS, NodeEvent.class);
    return decoders;
  }

  private static <T extends SpecificRecord> void put(
      Map<ControlTopic, RecordDecoder<?>> decoders,
      ControlSerdes serdes,
      ControlTopic topic,
      Class<T> type) {
    decoders.put(topic, new RecordDecoder<>(serdes, topic, type));
  }

  private Stream<HistoryEntry> entry(
      ConsumerRecord<String, byte[]> record, RecordDecoder<?> decoder) {
    return EventHeaders.readIfValid(record.headers()).stream()
        .flatMap(headers ->
            decoder.decode(record.headers(), record.value())
                    instanceof Decoded.Value<?>(SpecificRecord value)
                ? Stream.of(entry(record.topic(), headers, value))
                : Stream.empty());
  }

  private HistoryEntry entry(String topic, EventHeaders headers, SpecificRecord value) {
    try {
      return new HistoryEntry(
          headers.time(),
          headers.id(),
          headers.type(),
          headers.source(),
          headers.correlationId(),
          headers.causationId(),
          topic,
          // An Avro record prints itself as JSON.
          json.readTree(value.toString()));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("an Avro record did not print as JSON", e);
    }
  }

  private static List<ConsumerRecord<String, byte[]>> read(
      Map<String, Object> kafka, VolumeId volume, Instant since) {
    Map<String, Object> config = new HashMap<>(kafka);
    config.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    config.put(ConsumerConfig.CLIENT_ID_CONFIG, "volume-manager-history");
    List<ConsumerRecord<String, byte[]>> found = new ArrayList<>();
    try (Consumer<String, byte[]> consumer =
        new KafkaConsumer<>(config, new StringDeserializer(), new ByteArrayDeserializer())) {
      Map<TopicPartition, Long> starts = seek(consumer, partitionsOf(volume), since);
      Map<TopicPartition, Long> ends = consumer.endOffsets(starts.keySet());
      Instant deadline = Instant.now().plus(LIMIT);
      while (ends.entrySet().stream().anyMatch(e -> consumer.position(e.getKey()) < e.getValue())
          && Instant.now().isBefore(deadline)) {
        consumer.poll(POLL).forEach(found::add);
      }
    }
    return found;
  }

  /** All topics are partitioned alike by volume, and the node events have one partition. */
  private static List<TopicPartition> partitionsOf(VolumeId volume) {
    byte[] key = new StringSerializer().serialize("", volume.value());
    int partition = Utils.toPositive(Utils.murmur2(key)) % ControlTopic.VOLUME_EVENTS.partitions();
    return List.of(
        new TopicPartition(ControlTopic.VOLUME_COMMANDS.topicName(), partition),
        new TopicPartition(ControlTopic.VOLUME_TASKS.topicName(), partition),
        new TopicPartition(ControlTopic.VOLUME_REPORTS.topicName(), partition),
        new TopicPartition(ControlTopic.VOLUME_EVENTS.topicName(), partition),
        new TopicPartition(ControlTopic.NODE_EVENTS.topicName(), 0));
  }

  private static Map<TopicPartition, Long> seek(
      Consumer<String, byte[]> consumer, List<TopicPartition> partitions, Instant since) {
    consumer.assign(partitions);
    Map<TopicPartition, OffsetAndTimestamp> found =
        consumer.offsetsForTimes(
            partitions.stream().collect(Collectors.toMap(p -> p, _ -> since.toEpochMilli())));
    Map<TopicPartition, Long> starts = new HashMap<>();
    Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
    for (TopicPartition partition : partitions) {
      OffsetAndTimestamp start = found.get(partition);
      long offset = start != null ? start.offset() : Objects.requireNonNull(ends.get(partition));
      consumer.seek(partition, offset);
      starts.put(partition, offset);
    }
    return starts;
  }
}
