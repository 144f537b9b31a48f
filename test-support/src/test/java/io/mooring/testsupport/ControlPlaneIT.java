package io.mooring.testsupport;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.schemas.ControlSerdes;
import io.mooring.schemas.ControlTopic;
import io.mooring.schemas.ControlTopics;
import io.mooring.schemas.Decoded;
import io.mooring.schemas.NodeEvent;
import io.mooring.schemas.NodeUp;
import io.mooring.schemas.RecordDecoder;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class ControlPlaneIT {

  private static final String TOPIC = ControlTopic.NODE_EVENTS.topicName();
  private static final NodeEvent EVENT = new NodeEvent("n1", "i1", Instant.EPOCH, new NodeUp(0L));

  private static ControlPlane controlPlane;

  @BeforeAll
  static void start() throws InterruptedException {
    controlPlane = ControlPlane.start();
  }

  @AfterAll
  static void stop() {
    controlPlane.close();
  }

  @Test
  void topicsAreCreatedOnce() throws Exception {
    try (Admin admin = Admin.create(controlPlane.clientConfig())) {
      assertThat(ControlTopics.createMissing(admin, 1)).isEmpty();
      assertThat(admin.listTopics().names().get())
          .containsAll(
              List.of(ControlTopic.values()).stream().map(ControlTopic::topicName).toList());
    }
  }

  @Test
  void aRecordTravelsWithItsSchemaThroughTheRegistry() throws Exception {
    ControlSerdes serdes = controlPlane.serdes();
    try (var producer =
        new KafkaProducer<>(
            controlPlane.clientConfig(),
            new StringSerializer(),
            serdes.warmSerializer(ControlTopic.NODE_EVENTS, NodeEvent.class))) {
      producer.send(new ProducerRecord<>(TOPIC, "n1", EVENT)).get();
    }

    var decoder =
        new RecordDecoder<>(controlPlane.serdes(), ControlTopic.NODE_EVENTS, NodeEvent.class);
    ConsumerRecord<String, byte[]> record = firstRecord();
    assertThat(decoder.decode(record.headers(), record.value()))
        .isEqualTo(new Decoded.Value<>(EVENT));
  }

  @Test
  void aContentIdThatTheRegistryDoesNotKnowIsPoison() {
    var decoder =
        new RecordDecoder<>(controlPlane.serdes(), ControlTopic.NODE_EVENTS, NodeEvent.class);

    assertThat(decoder.decode(new RecordHeaders(), new byte[] {0, 0, 1, 0, 0, 1}))
        .isInstanceOf(Decoded.Poison.class);
  }

  private static ConsumerRecord<String, byte[]> firstRecord() {
    try (var consumer =
        new KafkaConsumer<>(
            Map.<String, Object>copyOf(controlPlane.clientConfig()),
            new StringDeserializer(),
            new ByteArrayDeserializer())) {
      var partition = new TopicPartition(TOPIC, 0);
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      return consumer.poll(Duration.ofSeconds(20)).records(partition).getFirst();
    }
  }
}
