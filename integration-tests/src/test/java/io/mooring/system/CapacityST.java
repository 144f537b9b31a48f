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
 * The demonstration of capacity on a cluster of its own, at small scale: real brokers whose volumes
 * grow by the paper's rule, every check, and nothing left behind.
 */
@Tag("long")
class CapacityST {

  private static final ClusterScript CLUSTER = new ClusterScript("captest", 6);

  @TempDir Path folder;

  @AfterEach
  void cleanUp() throws IOException, InterruptedException {
    CLUSTER.down();
  }

  @Test
  void volumesGrowByThePapersTableWhileBrokersWrite() throws IOException, InterruptedException {
    assumeTrue(ClusterScript.isRoot(), "needs root for network namespaces and mounts");
    Path json = folder.resolve("capacity.json");
    Path log = folder.resolve("capacity.log");

    int status =
        CLUSTER.run(
            log,
            "demo",
            "capacity",
            "--scale",
            "small",
            "--json",
            json.toString(),
            "--report",
            folder.resolve("capacity.html").toString());

    assertThat(status).as(Files.readString(log)).isZero();
    JsonNode result = new ObjectMapper().readTree(json.toFile());
    assertThat(result.get("checks")).isNotEmpty().allMatch(check -> check.get("held").asBoolean());
    assertThat(result.get("rows")).hasSize(6).allMatch(row -> row.get("decidedSecond").isNumber());
    assertThat(result.get("brokers").get(0).get("points"))
        .extracting(point -> point.get("volumeBytes").asLong() >> 20)
        .containsOnly(400L, 800L, 1000L);
    assertThat(CLUSTER.leftovers()).isEmpty();
  }
}
