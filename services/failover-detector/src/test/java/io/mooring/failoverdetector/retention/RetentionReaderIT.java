package io.mooring.failoverdetector.retention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import io.mooring.schemas.BrokerRetention;
import io.mooring.schemas.LogDirectoryRetention;
import io.mooring.testsupport.KafkaCluster;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What a real Kafka says of its logs. */
class RetentionReaderIT {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final long MIB = 1L << 20;
  private static final long SEGMENT = MIB;
  private static final long LIMIT = 4 * MIB;
  private static final long RETENTION_MS = Duration.ofHours(12).toMillis();

  private static KafkaCluster cluster;
  private static Admin admin;

  @BeforeAll
  static void fill() throws Exception {
    cluster = KafkaCluster.start(2);
    admin = Admin.create(Map.of("bootstrap.servers", cluster.bootstrapServers()));
    String segment = Long.toString(SEGMENT);
    admin
        .createTopics(
            List.of(
                topic(
                    "sized",
                    Map.of(
                        "retention.bytes",
                        Long.toString(LIMIT),
                        "retention.ms",
                        "-1",
                        "segment.bytes",
                        segment)),
                topic(
                    "aged",
                    Map.of("retention.ms", Long.toString(RETENTION_MS), "segment.bytes", segment)),
                topic("compacted", Map.of("cleanup.policy", "compact")),
                topic(
                    "both",
                    Map.of(
                        "cleanup.policy",
                        "compact,delete",
                        "retention.bytes",
                        Long.toString(LIMIT))),
                topic("kept", Map.of("retention.ms", "-1"))))
        .all()
        .get();
    long now = System.currentTimeMillis();
    try (var producer = producer()) {
      for (int i = 0; i < 8; i++) {
        // Eleven, ten and so on hours old: one MiB each.
        long at = now - Duration.ofHours(11 - i).toMillis();
        for (int part = 0; part < 16; part++) {
          producer.send(new ProducerRecord<>("aged", 0, at, null, new byte[(int) MIB / 16]));
        }
      }
    }
  }

  @AfterAll
  static void stop() {
    admin.close();
    cluster.close();
  }

  @Test
  void retentionIsReadAsKafkaKeepsIt() throws Exception {
    LogReading reading = new RetentionReader(admin).read();

    TopicRetention sized = reading.topics().get("sized");
    assertThat(sized.bytesMax()).isEqualTo(LIMIT);
    assertThat(sized.limitsAge()).isFalse();
    assertThat(sized.segmentBytes()).isEqualTo(SEGMENT);
    assertThat(sized.deleteDelayMs()).isEqualTo(60_000);
    TopicRetention aged = reading.topics().get("aged");
    assertThat(aged.limitsBytes()).isFalse();
    assertThat(aged.ageMsMax()).isEqualTo(RETENTION_MS);
    assertThat(reading.topics().get("compacted").isNone()).isTrue();
    assertThat(reading.topics().get("kept").isNone()).isTrue();
    assertThat(reading.topics().get("both"))
        .matches(TopicRetention::limitsBytes)
        .matches(both -> !both.limitsAge());
    assertThat(reading.brokers()).hasSize(2).allMatch(broker -> broker.checkMs() == 300_000);
    LogReading.Directory directory = reading.brokers().getFirst().directories().getFirst();
    assertThat(directory.fsSizeBytes()).isGreaterThan(directory.fsUsedBytes()).isPositive();
    assertThat(directory.replicas().get(new TopicPartition("aged", 0)).sizeBytes())
        .isBetween(8 * MIB, 9 * MIB);

    // Parts of the retention time are hours: after one, one of eight has become older than twelve.
    List<Double> expiring = reading.expiring().get(new TopicPartition("aged", 0));
    assertThat(expiring).hasSize(11);
    assertThat(expiring.get(0)).isCloseTo(1 / 8.0, within(0.01));
    assertThat(expiring.get(4)).isCloseTo(5 / 8.0, within(0.01));
    assertThat(expiring.getLast()).isEqualTo(1.0);
    assertThat(reading.expiring()).containsOnlyKeys(new TopicPartition("aged", 0));
  }

  @Test
  void theFactHasTheCeilingOfWhatIsWritten() throws Exception {
    BlockingQueue<BrokerRetention> facts = new LinkedBlockingQueue<>();
    PodNames pods = new PodNames(Optional.of("kafka-{id}"), Optional.of("prod"));
    try (var producer = producer();
        var poller =
            RetentionPoller.start(
                "orders", cluster.bootstrapServers(), Duration.ofSeconds(2), pods, facts::addAll)) {
      assertThat(poller).isNotNull();
      LogDirectoryRetention directory =
          await()
              .atMost(PATIENCE)
              .until(
                  () -> {
                    producer.send(new ProducerRecord<>("sized", new byte[(int) MIB / 8])).get();
                    return facts.stream()
                        .filter(fact -> fact.getBrokerId() == 2)
                        .map(fact -> fact.getDirectories().getFirst())
                        .filter(told -> told.getInflowBytesPerSecond() > MIB / 16)
                        .filter(told -> told.getLogBytes() > 13 * MIB)
                        .findFirst()
                        .orElse(null);
                  },
                  told -> told != null);

      assertThat(facts.peek().getPod()).startsWith("kafka-");
      long agedBytes = 8 * MIB;
      long sizedNow = directory.getLogBytes() - agedBytes - directory.getUnlimitedBytes();
      long most =
          directory.getHorizons().stream()
              .filter(horizon -> horizon.getWithinMs() == Duration.ofDays(1).toMillis())
              .findFirst()
              .orElseThrow()
              .getLogBytesMax();
      // Without retention a day of it would be gigabytes.
      double inflow = directory.getInflowBytesPerSecond();
      assertThat(sizedNow).isGreaterThan(LIMIT);
      assertThat(most)
          .isGreaterThanOrEqualTo(LIMIT + SEGMENT + agedBytes)
          .isLessThan((long) (inflow * Duration.ofDays(1).toSeconds() / 4));
      assertThat(directory.getCeilingBytes()).isNull();
      assertThat(directory.getDeletesWithinMs())
          .isBetween(Duration.ofHours(1).toMillis(), Duration.ofHours(4).toMillis());
    }
  }

  private static NewTopic topic(String name, Map<String, String> config) {
    return new NewTopic(name, 1, (short) 2).configs(config);
  }

  private static KafkaProducer<byte[], byte[]> producer() {
    return new KafkaProducer<>(
        Map.of("bootstrap.servers", (Object) cluster.bootstrapServers(), "acks", "all"),
        new ByteArraySerializer(),
        new ByteArraySerializer());
  }
}
