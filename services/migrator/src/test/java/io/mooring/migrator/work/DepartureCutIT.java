package io.mooring.migrator.work;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.migrator.kafka.KafkaCut;
import io.mooring.s3server.S3Server;
import io.mooring.schemas.MigrationState;
import io.mooring.testsupport.KafkaCluster;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/** What Kafka had committed is noted before it is stopped, and found when nobody can be asked. */
class DepartureCutIT {

  @TempDir private static Path folder;
  private static S3Server s3;
  private static KafkaCluster kafka;

  private RestoreBed bed;

  @BeforeAll
  static void startBoth() throws Exception {
    s3 = S3Server.start(folder);
    kafka = KafkaCluster.start(1);
    topic("orders");
  }

  @AfterAll
  static void stopBoth() {
    kafka.close();
    s3.close();
  }

  @BeforeEach
  void makeStore(TestInfo test) throws IOException {
    bed =
        new RestoreBed(s3, test.getTestMethod().orElseThrow().getName().toLowerCase(), new byte[1]);
  }

  @AfterEach
  void leaveNothing() {
    bed.close();
  }

  @Test
  void whatWasNotedStaysAsItWasWhoeverAsksAgain() throws Exception {
    DepartureCut cut = cut(kafka.bootstrapServers(), "move-1");
    assertThat(cut.kept()).isEmpty();
    cut.keep(Duration.ofSeconds(60));
    KafkaCut first = cut.kept().orElseThrow();
    assertThat(first.partitions()).extracting(KafkaCut.Partition::topic).contains("orders");
    topic("later");

    DepartureCut next = cut(kafka.bootstrapServers(), "move-1");
    next.keep(Duration.ofSeconds(60));

    assertThat(next.kept()).contains(first);
    assertThat(cut(kafka.bootstrapServers(), "move-2").kept()).as("of another move").isEmpty();
  }

  @Test
  void aKafkaThatDoesNotAnswerHoldsNothingUp() throws Exception {
    try (ServerSocket silent = new ServerSocket(0)) {
      DepartureCut cut = cut("127.0.0.1:" + silent.getLocalPort(), "move-3");
      cut.keep(Duration.ofMillis(300));
      assertThat(cut.kept()).isEmpty();
    }
  }

  @Test
  void namesOfItAreNoNamesOfBackups() {
    MigrationState move = RestoreBed.state("move-4");
    assertThat(BackupNames.isPart(BackupNames.departure(move))).isTrue();
    assertThat(BackupNames.isFit("a-departure")).isFalse();
    assertThat(BackupNames.isFit("departure-a")).isTrue();
  }

  private DepartureCut cut(String bootstrapServers, String name) {
    return new DepartureCut(bed.withKafka(bootstrapServers), RestoreBed.state(name));
  }

  private static void topic(String name) throws Exception {
    try (Admin admin =
        Admin.create(Map.of("bootstrap.servers", (Object) kafka.bootstrapServers()))) {
      admin.createTopics(List.of(new NewTopic(name, 1, (short) 1))).all().get();
    }
  }
}
