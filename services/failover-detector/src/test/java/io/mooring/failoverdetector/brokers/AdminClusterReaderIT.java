package io.mooring.failoverdetector.brokers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mooring.testsupport.KafkaCluster;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AdminClusterReaderIT {

  private static final int SILENT = 2;

  /**
   * A node that dies right after its broker registered accepts a connection and answers nothing on
   * it. The broker's address then belongs to another node, and nothing tells the client.
   */
  @Test
  void aConnectionThatNeverAnswersDoesNotHideTheNextProcess() throws Exception {
    try (MutableRelay relay = new MutableRelay();
        KafkaCluster cluster = KafkaCluster.start(2, Map.of(SILENT, relay.port()));
        Tethers tethers = new Tethers();
        AdminClusterReader reader =
            new AdminClusterReader(
                "127.0.0.1:" + cluster.port(KafkaCluster.CONTROLLER_BROKER),
                Duration.ofSeconds(2),
                tethers,
                new SilentBrokers("kafka"))) {
      await()
          .atMost(Duration.ofSeconds(10))
          .until(() -> reader.read().brokers().containsKey(SILENT) && relay.taken() >= 2);
      assertThat(reader.read().answering()).containsExactly(KafkaCluster.CONTROLLER_BROKER);

      relay.speak(cluster.port(SILENT));
      await()
          .atMost(Duration.ofSeconds(8))
          .pollInterval(Duration.ofMillis(250))
          .until(() -> reader.read().answering().contains(SILENT));
    }
  }
}
