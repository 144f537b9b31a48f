package io.mooring.autopilot;

import io.mooring.autopilot.stream.Samples;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Gives the application a directory for its state, which is gone afterwards, and a file with a good
 * and a bad rule.
 */
public final class ScratchDirectory implements QuarkusTestResourceLifecycleManager {

  public static final String RULE_IN_FILE = "rule-in-file";

  private @Nullable Path directory;

  @Override
  public Map<String, String> start() {
    try {
      Path created = Files.createTempDirectory("mooring-autopilot-");
      directory = created;
      Path rules = created.resolve("rules.yaml");
      Files.writeString(
          rules,
          "kind: Pod\n---\n"
              + Samples.rule("1000Mi", "")
                  .replace("kafka-resize", RULE_IN_FILE)
                  .replace("app: kafka", "app: from-file"));
      return Map.of(
          "kafka-streams.state.dir",
          created.resolve("state").toString(),
          "mooring.autopilot.rules-file",
          rules.toString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void stop() {
    if (directory == null) {
      return;
    }
    try (Stream<Path> files = Files.walk(directory)) {
      List<Path> deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
      for (Path file : deepestFirst) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
