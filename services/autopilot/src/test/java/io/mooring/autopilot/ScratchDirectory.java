package io.mooring.autopilot;

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

/** Gives the application a directory for its state that is gone afterwards. */
public final class ScratchDirectory implements QuarkusTestResourceLifecycleManager {

  private @Nullable Path directory;

  @Override
  public Map<String, String> start() {
    try {
      Path created = Files.createTempDirectory("mooring-autopilot-");
      directory = created;
      return Map.of("kafka-streams.state.dir", created.toString());
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
