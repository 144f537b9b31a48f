package io.mooring.benchmarks.autopilot;

import io.mooring.schemas.ControlSerdes;
import io.mooring.schemas.ControlTopic;
import io.mooring.schemas.EventHeaders;
import io.mooring.schemas.FileSystem;
import io.mooring.schemas.IoProfile;
import io.mooring.schemas.PoolPriority;
import io.mooring.schemas.VolumePhase;
import io.mooring.schemas.VolumeSpec;
import io.mooring.schemas.VolumeState;
import io.mooring.schemas.VolumeUsage;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** Writes volumes and measurements as volume-manager and the agents do. */
final class UsageLoad implements AutoCloseable {

  static final long SIZE = 100L << 30;

  private static final String SOURCE = "/mooring/bench/1";
  private static final int HEADER_SIZE = 512;

  private final KafkaProducer<String, byte[]> producer;
  private final Serializer<VolumeState> states;
  private final Serializer<VolumeUsage> usages;

  UsageLoad(Map<String, Object> kafka, ControlSerdes serdes, int lingerMs) {
    Map<String, Object> config = new HashMap<>(kafka);
    config.put(ProducerConfig.LINGER_MS_CONFIG, lingerMs);
    config.put(ProducerConfig.BATCH_SIZE_CONFIG, HEADER_SIZE * 512);
    producer = new KafkaProducer<>(config, new StringSerializer(), new ByteArraySerializer());
    states = serdes.serializer(ControlTopic.VOLUMES, VolumeState.class);
    usages = serdes.serializer(ControlTopic.VOLUME_USAGE, VolumeUsage.class);
  }

  void describe(String id, String app) {
    VolumeState state =
        VolumeState.newBuilder()
            .setVolumeId(id)
            .setName(id)
            .setSizeBytes(SIZE)
            .setSpec(
                VolumeSpec.newBuilder()
                    .setRepl(1)
                    .setPriorityIo(PoolPriority.LOW)
                    .setIoProfile(IoProfile.NONE)
                    .setFs(FileSystem.EXT4)
                    .setLabels(Map.of("app", app))
                    .build())
            .setEpoch(1)
            .setGeneration(1)
            .setPhase(VolumePhase.PUBLISHED)
            .setHolder("n1")
            .setReplicas(List.of())
            .setUpdatedAt(Instant.now())
            .build();
    send(ControlTopic.VOLUMES, id, state, states);
  }

  void measure(String id, double fill) {
    VolumeUsage usage =
        new VolumeUsage(id, "n1", Instant.now(), SIZE, SIZE, (long) (SIZE * fill), 1000L, 10L, -1L);
    send(ControlTopic.VOLUME_USAGE, id, usage, usages);
  }

  /** Returns when everything is acknowledged. */
  void flush() {
    producer.flush();
  }

  private <T extends SpecificRecord> void send(
      ControlTopic topic, String key, T value, Serializer<T> serializer) {
    ProducerRecord<String, byte[]> envelope =
        new ProducerRecord<>(topic.topicName(), null, key, null);
    EventHeaders.root(EventHeaders.typeOf(value), SOURCE, key).writeTo(envelope.headers());
    byte[] bytes = serializer.serialize(topic.topicName(), envelope.headers(), value);
    producer.send(new ProducerRecord<>(topic.topicName(), null, key, bytes, envelope.headers()));
  }

  @Override
  public void close() {
    producer.close();
  }
}
