package io.mooring.storage.replication;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Plays {@code scenarios/*.txt}: the behaviour of a head, message by message, for people to read.
 * After a wanted change run with {@code -Dscenarios.rewrite=true} and review the difference.
 */
final class ScenariosTest {
  private static final Path FOLDER = Path.of("src/test/resources/scenarios");

  static Stream<Path> scenarios() throws IOException {
    try (Stream<Path> files = Files.list(FOLDER)) {
      return files.sorted().toList().stream();
    }
  }

  @ParameterizedTest
  @MethodSource("scenarios")
  void headBehavesAsWritten(Path file) throws IOException {
    List<String> expected = Files.readAllLines(file);

    List<String> actual = play(expected);

    if (Boolean.getBoolean("scenarios.rewrite")) {
      Files.write(file, actual);
    } else {
      assertThat(actual).isEqualTo(expected);
    }
  }

  private static List<String> play(List<String> script) {
    List<String> played = new ArrayList<>();
    Scenario scenario = null;
    for (String line : script) {
      if (line.startsWith(">")) {
        continue;
      }
      played.add(line);
      if (line.isBlank() || line.startsWith("#")) {
        continue;
      }
      if (scenario == null) {
        scenario = new Scenario(line);
      } else {
        scenario.run(line).forEach(effect -> played.add("> " + effect));
      }
    }
    return played;
  }
}
