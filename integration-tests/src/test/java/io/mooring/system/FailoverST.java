package io.mooring.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The demonstration on a cluster of its own: real brokers, a node killed under load, every check,
 * and nothing left behind.
 */
class FailoverST {

  private static final ClusterScript CLUSTER = new ClusterScript("systest", 9);

  @TempDir Path folder;

  @AfterEach
  void cleanUp() throws IOException, InterruptedException {
    CLUSTER.down();
  }

  @Test
  void brokerComesBackElsewhereWithEveryAcknowledgedRecord()
      throws IOException, InterruptedException {
    assumeTrue(ClusterScript.isRoot(), "needs root for network namespaces and mounts");
    Path json = folder.resolve("demo.json");
    Path log = folder.resolve("demo.log");

    int status = CLUSTER.run(log, "demo", "--scale", "small", "--json", json.toString());

    assertThat(status).as(Files.readString(log)).isZero();
    JsonNode result = new ObjectMapper().readTree(json.toFile());
    assertThat(result.get("lostRecords").asLong()).isZero();
    assertThat(result.get("bytesCopiedForTheMove").asLong()).isZero();
    assertThat(result.get("ledger").get("acknowledged").asLong()).isPositive();
    assertThat(result.get("checks")).isNotEmpty().allMatch(check -> check.get("held").asBoolean());
    assertThat(CLUSTER.leftovers()).isEmpty();
  }
}
