package io.mooring.streams;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StaticMembershipTest {

  @TempDir Path directory;

  @Test
  void theNameOutlivesTheProcess() {
    String first = nameAndEnd(directory.resolve("state"));

    assertThat(first).startsWith("autopilot-");
    assertThat(nameAndEnd(directory.resolve("state"))).isEqualTo(first);
    assertThat(nameAndEnd(directory.resolve("other"))).isNotEqualTo(first);
  }

  @Test
  void twoNeverHaveTheSameName() {
    try (StaticMembership first = StaticMembership.in(directory, "autopilot");
        StaticMembership second = StaticMembership.in(directory, "autopilot")) {
      assertThat(first.name()).isPresent();
      assertThat(second.name()).isEmpty();
    }
  }

  @Test
  void withoutADirectoryThereIsNoNameAndNoFailure() throws IOException {
    Path file = Files.createFile(directory.resolve("file"));

    try (StaticMembership none = StaticMembership.in(file.resolve("state"), "autopilot")) {
      assertThat(none.name()).isEmpty();
    }
  }

  private static String nameAndEnd(Path stateDir) {
    try (StaticMembership membership = StaticMembership.in(stateDir, "autopilot")) {
      return membership.name().orElseThrow();
    }
  }
}
