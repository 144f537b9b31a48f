package io.mooring.migrator.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Real brokers: one cluster that is backed up, and another that lacks what it had. */
class KafkaCutIT {

  private static io.mooring.testsupport.KafkaCluster source;
  private static io.mooring.testsupport.KafkaCluster other;

  @BeforeAll
  static void startBrokers() {
    source = io.mooring.testsupport.KafkaCluster.start(1);
    other = io.mooring.testsupport.KafkaCluster.start(1);
  }

  @AfterAll
  static void stopBrokers() {
    source.close();
    other.close();
  }

  @Test
  void whatWasCommittedBeforeTheCutMustBeThereAndWhatCameLaterLiesBeyondIt() throws Exception {
    create(source, "orders");
    produce(source, "orders", 30);
    commit(source, "billing", "orders", 20);
    KafkaCut cut = new KafkaCluster(source.bootstrapServers()).cut();
    assertThat(cut.clusterId()).isNotBlank();
    assertThat(cut.partitions())
        .filteredOn(partition -> partition.topic().equals("orders"))
        .singleElement()
        .satisfies(partition -> {
          assertThat(partition.highWatermark()).isEqualTo(30);
          assertThat(partition.leaderEpoch()).isNotNegative();
        });
    assertThat(cut.offsets()).contains(new KafkaCut.GroupOffset("billing", "orders", 0, 20));

    produce(source, "orders", 7);
    KafkaReport same = new KafkaCluster(source.bootstrapServers()).check(cut);
    assertThat(same.good()).isTrue();
    assertThat(same.recordsMissing()).isZero();
    assertThat(same.recordsBeyond()).isGreaterThanOrEqualTo(7);

    create(other, "orders");
    produce(other, "orders", 25);
    KafkaReport less = new KafkaCluster(other.bootstrapServers()).check(cut);
    assertThat(less.good()).isFalse();
    assertThat(less.findings())
        .contains(new KafkaReport.Finding("group billing at orders-0", "20", "none"));
    assertThat(less.findings())
        .anyMatch(finding -> finding.subject().equals("cluster id"))
        .anyMatch(finding ->
            finding.subject().equals("partition orders-0")
                && finding.expected().startsWith("topic id"));
    assertThat(less.recordsMissing()).isGreaterThanOrEqualTo(30);
  }

  @Test
  void aCutIsWrittenAndReadBack() throws Exception {
    KafkaCut cut =
        new KafkaCut(
            "id",
            "2026-01-31T08:00:00Z",
            4,
            5,
            List.of(new KafkaCut.Partition("t", "topic-id", 1, 0, 2, 2, 3)),
            List.of(new KafkaCut.GroupOffset("g", "t", 1, 2)));
    ObjectMapper json = new ObjectMapper();
    assertThat(json.readValue(json.writeValueAsBytes(cut), KafkaCut.class)).isEqualTo(cut);
    String first =
        """
        {"clusterId":"id","readAt":"then","later":1,"offsets":[],
         "partitions":[{"topic":"t","partition":1,"highWatermark":7,"leaderEpoch":3}]}\
        """;
    assertThat(json.readValue(first, KafkaCut.class).partitions().getFirst().highWatermark())
        .isEqualTo(7);
  }

  private static void create(io.mooring.testsupport.KafkaCluster cluster, String topic)
      throws ExecutionException, InterruptedException {
    try (Admin admin = Admin.create(config(cluster))) {
      admin.createTopics(List.of(new NewTopic(topic, 1, (short) 1))).all().get();
    }
  }

  private static void produce(
      io.mooring.testsupport.KafkaCluster cluster, String topic, int records) {
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            config(cluster), new ByteArraySerializer(), new ByteArraySerializer())) {
      for (int i = 0; i < records; i++) {
        producer.send(new ProducerRecord<>(topic, 0, null, new byte[] {(byte) i}));
      }
      producer.flush();
    }
  }

  private static void commit(
      io.mooring.testsupport.KafkaCluster cluster, String group, String topic, long offset) {
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", cluster.bootstrapServers(), "group.id", group),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())) {
      consumer.commitSync(Map.of(new TopicPartition(topic, 0), new OffsetAndMetadata(offset)));
    }
  }

  private static Map<String, Object> config(io.mooring.testsupport.KafkaCluster cluster) {
    return Map.of("bootstrap.servers", cluster.bootstrapServers());
  }
}
