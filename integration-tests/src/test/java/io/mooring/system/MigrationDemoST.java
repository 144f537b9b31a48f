package io.mooring.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The demonstration of a migration at small scale: two clusters with a network between them, real
 * brokers on either side, every check, and nothing left behind of either.
 */
@Tag("long")
class MigrationDemoST {

  private static final ClusterScript CLUSTER = new ClusterScript("movetest", 8);
  private static final ClusterScript TARGET = new ClusterScript("movetest-west", 2);

  @TempDir Path folder;

  @AfterEach
  void cleanUp() throws IOException, InterruptedException {
    TARGET.down();
    CLUSTER.down();
  }

  @Test
  void aKafkaClusterUnderLoadIsCopiedAndStartedElsewhere()
      throws IOException, InterruptedException {
    assumeTrue(ClusterScript.isRoot(), "needs root for network namespaces and mounts");
    Path json = folder.resolve("migration.json");
    Path log = folder.resolve("migration.log");

    int status =
        CLUSTER.run(
            log,
            "demo",
            "migration",
            "--scale",
            "small",
            "--json",
            json.toString(),
            "--report",
            folder.resolve("migration.html").toString());

    assertThat(status).as(Files.readString(log)).isZero();
    JsonNode result = new ObjectMapper().readTree(json.toFile());
    assertThat(result.get("checks")).isNotEmpty().allMatch(check -> check.get("held").asBoolean());
    assertThat(result.get("migrations")).hasSize(3);
    JsonNode last = result.get("migrations").get(2);
    assertThat(last.get("row").get("status").asText()).isEqualTo("SUCCESSFUL");
    assertThat(last.get("found").get("ledger").get("acknowledged").asLong()).isGreaterThan(200_000);
    assertThat(CLUSTER.leftovers()).isEmpty();
  }
}
