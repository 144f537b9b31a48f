package io.mooring.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The demonstration of a migration at small scale, and of a failover with its way back: two
 * clusters with a network between them, real brokers on either side, every check, and nothing left
 * behind of either.
 */
@Tag("long")
class MigrationDemoST {

  private static final String NEEDS_ROOT = "needs root for network namespaces and mounts";
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
    JsonNode result = demonstrated();

    assertThat(result.get("migrations")).hasSize(2);
    JsonNode last = result.get("migrations").get(1);
    assertThat(last.get("row").get("status").asText()).isEqualTo("SUCCESSFUL");
    assertThat(last.get("found").get("ledger").get("acknowledged").asLong()).isGreaterThan(200_000);
  }

  @Test
  void anApplicationFailsOverAndBackWithEveryAcknowledgedRecord()
      throws IOException, InterruptedException {
    JsonNode result = demonstrated("--failover", "planned");

    assertThat(result.get("written").get("notMoved").asLong()).isZero();
    assertThat(result.get("written").get("onTarget").asLong()).isPositive();
    assertThat(result.get("back").get("ledger").get("acknowledged").asLong())
        .isEqualTo(
            result.get("written").get("onSource").asLong()
                + result.get("written").get("onTarget").asLong());
  }

  @Test
  void aTargetStartsWhatItHasOfASourceThatIsLostAndGivesItBackToItLater()
      throws IOException, InterruptedException {
    JsonNode result = demonstrated("--failover", "lost");

    assertThat(result.get("away").get("ledger").get("lost").asLong()).isZero();
    assertThat(result.get("back").get("ledger").get("lost").asLong()).isZero();
    assertThat(result.get("away").get("ledger").get("acknowledged").asLong())
        .isGreaterThan(100_000);
  }

  @Test
  void whoeverInterruptsItWhileTheTargetStartsLeavesNothing()
      throws IOException, InterruptedException {
    assumeTrue(ClusterScript.isRoot(), NEEDS_ROOT);
    Path log = folder.resolve("interrupted.log");

    int status =
        CLUSTER.interrupt(log, "starting the target", "demo", "migration", "--scale", "small");

    assertThat(status).as(Files.readString(log)).isEqualTo(130);
    assertThat(CLUSTER.leftovers()).isEmpty();
  }

  private JsonNode demonstrated(String... options) throws IOException, InterruptedException {
    assumeTrue(ClusterScript.isRoot(), NEEDS_ROOT);
    Path json = folder.resolve("migration.json");
    Path log = folder.resolve("migration.log");
    List<String> words = new ArrayList<>(List.of("demo", "migration", "--scale", "small"));
    words.addAll(List.of("--json", json.toString()));
    words.addAll(List.of("--report", folder.resolve("migration.html").toString()));
    words.addAll(List.of(options));

    int status = CLUSTER.run(log, words.toArray(String[]::new));

    assertThat(status).as(Files.readString(log)).isZero();
    JsonNode result = new ObjectMapper().readTree(json.toFile());
    assertThat(result.get("checks")).isNotEmpty().allMatch(check -> check.get("held").asBoolean());
    assertThat(CLUSTER.leftovers()).isEmpty();
    return result;
  }
}
