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
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The demonstration on a cluster of its own: real brokers, a node killed under load, every check,
 * and nothing left behind.
 */
class FailoverST {

  private static final String NAME = "systest";
  private static final long LIMIT_MINUTES = 9;

  @TempDir Path folder;

  @AfterEach
  void cleanUp() throws IOException, InterruptedException {
    if (isRoot()) {
      run(List.of(script(), "down", "--name", NAME), Path.of("/dev/null"));
    }
  }

  @Test
  void brokerComesBackElsewhereWithEveryAcknowledgedRecord()
      throws IOException, InterruptedException {
    assumeTrue(isRoot(), "needs root for network namespaces and mounts");
    Path json = folder.resolve("demo.json");
    Path log = folder.resolve("demo.log");

    int status =
        run(
            List.of(
                script(), "demo", "--name", NAME, "--scale", "small", "--json", json.toString()),
            log);

    assertThat(status).as(Files.readString(log)).isZero();
    JsonNode result = new ObjectMapper().readTree(json.toFile());
    assertThat(result.get("lostRecords").asLong()).isZero();
    assertThat(result.get("bytesCopiedForTheMove").asLong()).isZero();
    assertThat(result.get("ledger").get("acknowledged").asLong()).isPositive();
    assertThat(result.get("checks")).isNotEmpty().allMatch(check -> check.get("held").asBoolean());
    assertThat(leftovers()).isEmpty();
  }

  /** Namespaces and mounts of the cluster that are still there. */
  private static List<String> leftovers() throws IOException {
    Path namespaces = Path.of("/run/netns");
    List<String> left = new ArrayList<>();
    if (Files.isDirectory(namespaces)) {
      try (var names = Files.list(namespaces)) {
        names.map(Path::toString).filter(name -> name.contains(NAME)).forEach(left::add);
      }
    }
    try (var mounts = Files.lines(Path.of("/proc/mounts"))) {
      mounts.filter(mount -> mount.contains(".mooring/" + NAME)).forEach(left::add);
    }
    return left;
  }

  private static int run(List<String> command, Path log) throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("MOORING_BUILT", "1");
    Process process = builder.redirectOutput(log.toFile()).start();
    if (!process.waitFor(LIMIT_MINUTES, TimeUnit.MINUTES)) {
      // The script cleans up on SIGTERM.
      process.destroy();
      process.waitFor(1, TimeUnit.MINUTES);
    }
    return process.waitFor();
  }

  private static String script() {
    Path folder = Path.of("").toAbsolutePath();
    while (!Files.exists(folder.resolve("mvnw"))) {
      folder = folder.getParent();
    }
    return folder.resolve("mooring").toString();
  }

  private static boolean isRoot() throws IOException {
    return (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid") == 0;
  }
}
