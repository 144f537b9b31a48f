package io.mooring.migrator.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mooring.migrator.kafka.KafkaReport.Finding;
import io.mooring.testsupport.KafkaCluster;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.record.FileLogInputStream.FileChannelRecordBatch;
import org.apache.kafka.common.record.FileRecords;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.LongDeserializer;
import org.apache.kafka.common.serialization.LongSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Brokers whose directories are copied while producers write, and brokers that are started on the
 * copy: whole, and as if file systems had not been flushed.
 */
@Tag("long")
class KafkaSnapshotIT {

  private static final Duration LIMIT = Duration.ofSeconds(90);
  private static final int PARTITIONS = 4;
  private static final int BROKERS = 3;

  private static KafkaCluster source;

  @BeforeAll
  static void startBrokers() {
    source = KafkaCluster.start(BROKERS);
  }

  @AfterAll
  static void stopBrokers() {
    source.close();
  }

  @Test
  void whatWasFlushedIsAllThereAndWhatWasNotIsToldToTheRecord() throws Exception {
    try (Admin admin = Admin.create(config(source))) {
      for (String topic : List.of("orders", "purged", "gone")) {
        NewTopic wanted = new NewTopic(topic, PARTITIONS, (short) BROKERS);
        Map<String, String> forEver = Map.of("min.insync.replicas", "2", "retention.ms", "-1");
        admin.createTopics(List.of(wanted.configs(forEver))).all().get();
      }
      Ledger ledger = new Ledger(source);
      try (Writers writers = new Writers(ledger)) {
        await().atMost(LIMIT).until(() -> ledger.acknowledged("orders", 1) > 200);
        commit("billing", 40);
        decided(source, "purged", 60);

        KafkaCut before =
            new io.mooring.migrator.kafka.KafkaCluster(source.bootstrapServers()).cut();
        admin
            .deleteRecords(
                Map.of(new TopicPartition("purged", 0), RecordsToDelete.beforeOffset(20)))
            .all()
            .get();
        admin.deleteTopics(Set.of("gone")).all().get();
        admin.createTopics(List.of(new NewTopic("late", 1, (short) BROKERS))).all().get();
        commit("billing", 50);
        Copy whole = new Copy(before, ledger, _ -> {});
        assertWhole(whole);
        Copy torn = new Copy(before, ledger, directories -> tear(directories, before));
        assertTorn(torn, before);
        writers.assertAlive();
      }
    }
  }

  private void assertWhole(Copy copy) throws Exception {
    try (copy) {
      KafkaReport report = copy.check();
      assertThat(report.findings()).isEmpty();
      assertThat(report.good()).isTrue();
      assertThat(report.recordsMissing()).isZero();
      assertThat(report.partitions()).isGreaterThan(2 * PARTITIONS);
      assertThat(report.groupOffsets()).isEqualTo(1);
      // The ledger of the producers is a second witness.
      assertThat(copy.lostFromLedger()).isEmpty();
    }
  }

  private void assertTorn(Copy copy, KafkaCut before) throws Exception {
    try (copy) {
      long end = end(before, "orders", 1);
      KafkaReport report = copy.check();
      assertThat(report.good()).isFalse();
      assertThat(report.findings())
          .containsExactly(new Finding("partition orders-1", "end " + end, "end " + end / 2));
      assertThat(report.recordsMissing()).isEqualTo(end - end / 2);
      assertThat(copy.lostFromLedger()).hasSize((int) (end - end / 2));

      // As long as before, but with other records: a length would not tell.
      produce(copy.cluster(), "orders", 1, (int) (end - end / 2) + 10);
      KafkaReport longer = copy.check();
      assertThat(longer.recordsMissing()).isEqualTo(end - end / 2);
      assertThat(longer.findings())
          .singleElement()
          .satisfies(finding ->
              assertThat(finding.found()).isEqualTo("others from %d on".formatted(end / 2)));
    }
  }

  /** Brokers on a copy, and what must be there at least. */
  private static final class Copy implements AutoCloseable {
    private final KafkaCluster cluster;
    private final KafkaCut cut;
    private final Ledger ledger;

    Copy(KafkaCut before, Ledger ledger, java.util.function.Consumer<List<Path>> change)
        throws IOException {
      this.cluster = source.copy(change);
      KafkaCut after = new io.mooring.migrator.kafka.KafkaCluster(source.bootstrapServers()).cut();
      this.cut = before.stillThereIn(after);
      this.ledger = ledger;
    }

    KafkaCluster cluster() {
      return cluster;
    }

    /** As soon as all partitions have leaders and the brokers have met. */
    KafkaReport check() {
      io.mooring.migrator.kafka.KafkaCluster checked =
          new io.mooring.migrator.kafka.KafkaCluster(cluster.bootstrapServers());
      KafkaReport[] report = new KafkaReport[1];
      await()
          .atMost(LIMIT)
          .ignoreExceptions()
          .until(() -> {
            report[0] = checked.check(cut);
            return report[0].findings().stream()
                .noneMatch(finding -> finding.found().equals("no leader"));
          });
      return report[0];
    }

    List<Long> lostFromLedger() {
      return ledger.lost(cluster, cut);
    }

    @Override
    public void close() {
      cluster.close();
    }
  }

  private static long end(KafkaCut cut, String topic, int partition) {
    return cut.byPartition().get(new TopicPartition(topic, partition)).highWatermark();
  }

  /** The second half of what the cut says of one partition has not reached any disk. */
  private static void tear(List<Path> directories, KafkaCut cut) {
    long keep = end(cut, "orders", 1) / 2;
    for (Path directory : directories) {
      try (Stream<Path> files = Files.list(directory.resolve("orders-1"))) {
        for (Path file : files.filter(each -> each.toString().endsWith(".log")).toList()) {
          truncate(file, keep);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private static void truncate(Path file, long end) throws IOException {
    try (FileRecords records = FileRecords.open(file.toFile(), true)) {
      for (FileChannelRecordBatch batch : records.batches()) {
        if (batch.baseOffset() >= end) {
          assertThat(batch.baseOffset()).isEqualTo(end);
          records.truncateTo(batch.position());
          return;
        }
      }
    }
  }

  /** What was acknowledged, and where. */
  private static final class Ledger {
    private final Map<TopicPartition, Map<Long, Long>> records = new ConcurrentHashMap<>();
    private final KafkaCluster cluster;

    Ledger(KafkaCluster cluster) {
      this.cluster = cluster;
    }

    void write(KafkaProducer<Long, byte[]> producer, int partition, long number)
        throws InterruptedException, ExecutionException {
      long offset =
          producer
              .send(new ProducerRecord<>("orders", partition, number, new byte[100]))
              .get()
              .offset();
      records
          .computeIfAbsent(new TopicPartition("orders", partition), _ -> new ConcurrentHashMap<>())
          .put(offset, number);
    }

    int acknowledged(String topic, int partition) {
      return records.getOrDefault(new TopicPartition(topic, partition), Map.of()).size();
    }

    /** Numbers below the cut that are not where they were. */
    List<Long> lost(KafkaCluster copy, KafkaCut cut) {
      List<Long> lost = new ArrayList<>();
      Map<String, Object> config = new HashMap<>(config(copy));
      config.put("auto.offset.reset", "earliest");
      try (KafkaConsumer<Long, byte[]> consumer =
          new KafkaConsumer<>(config, new LongDeserializer(), new ByteArrayDeserializer())) {
        records.forEach((partition, expected) -> {
          long end = cut.byPartition().get(partition).highWatermark();
          Map<Long, Long> there = read(consumer, partition, end);
          expected.forEach((offset, number) -> {
            if (offset < end && !number.equals(there.get(offset))) {
              lost.add(number);
            }
          });
        });
      }
      return lost;
    }

    private static Map<Long, Long> read(
        KafkaConsumer<Long, byte[]> consumer, TopicPartition partition, long end) {
      Map<Long, Long> there = new HashMap<>();
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      long last = Math.min(end, consumer.endOffsets(List.of(partition)).get(partition));
      while (consumer.position(partition) < last) {
        for (ConsumerRecord<Long, byte[]> record : consumer.poll(Duration.ofMillis(200))) {
          there.put(record.offset(), record.key());
        }
      }
      return there;
    }

    private KafkaProducer<Long, byte[]> producer() {
      Map<String, Object> config = new HashMap<>(config(cluster));
      config.put(ProducerConfig.ACKS_CONFIG, "all");
      return new KafkaProducer<>(config, new LongSerializer(), new ByteArraySerializer());
    }
  }

  /** One producer for each partition, which waits for each acknowledgement. */
  private static final class Writers implements AutoCloseable {
    private final AtomicBoolean stop = new AtomicBoolean();
    private final List<Thread> threads = new ArrayList<>();

    Writers(Ledger ledger) {
      for (int i = 0; i < PARTITIONS; i++) {
        int partition = i;
        threads.add(
            Thread.ofPlatform()
                .start(() -> {
                  try (KafkaProducer<Long, byte[]> producer = ledger.producer()) {
                    for (long n = partition * 1_000_000L; !stop.get(); n++) {
                      ledger.write(producer, partition, n);
                    }
                  } catch (InterruptedException | ExecutionException e) {
                    throw new IllegalStateException(e);
                  }
                }));
      }
    }

    /** The source has served all the time. */
    void assertAlive() {
      assertThat(threads).allMatch(Thread::isAlive);
    }

    @Override
    public void close() {
      stop.set(true);
      await().atMost(LIMIT).until(() -> threads.stream().noneMatch(Thread::isAlive));
    }
  }

  private static void commit(String group, long offset) {
    Map<String, Object> config = new HashMap<>(config(source));
    config.put("group.id", group);
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      consumer.commitSync(Map.of(new TopicPartition("orders", 0), new OffsetAndMetadata(offset)));
    }
  }

  /** In transactions, some of which are given up. */
  private static void decided(KafkaCluster cluster, String topic, int records) {
    Map<String, Object> config = new HashMap<>(config(cluster));
    config.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, "deciding");
    try (KafkaProducer<Long, byte[]> producer =
        new KafkaProducer<>(config, new LongSerializer(), new ByteArraySerializer())) {
      producer.initTransactions();
      for (long i = 0; i < records; i++) {
        producer.beginTransaction();
        producer.send(new ProducerRecord<>(topic, 0, i, new byte[10]));
        if (i % 5 == 0) {
          producer.abortTransaction();
        } else {
          producer.commitTransaction();
        }
      }
    }
  }

  private static void produce(KafkaCluster cluster, String topic, int partition, int records) {
    try (KafkaProducer<Long, byte[]> producer =
        new KafkaProducer<>(config(cluster), new LongSerializer(), new ByteArraySerializer())) {
      for (long i = 0; i < records; i++) {
        producer.send(new ProducerRecord<>(topic, partition, -i, new byte[10]));
      }
      producer.flush();
    }
  }

  private static Map<String, Object> config(KafkaCluster cluster) {
    return Map.of("bootstrap.servers", cluster.bootstrapServers());
  }
}
