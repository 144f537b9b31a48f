package io.mooring.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Files that are generated from code and committed: checked in every build, rewritten on request.
 */
final class CommittedFiles {

  private static final String REGENERATE = "mooring.regenerate";

  private CommittedFiles() {}

  static void check(Path file, String expected) throws IOException {
    if (Boolean.getBoolean(REGENERATE)) {
      Files.createDirectories(file.getParent());
      Files.writeString(file, expected);
    }
    assertThat(file)
        .as("run ./mvnw -pl schemas test -D%s=true and commit the result", REGENERATE)
        .hasContent(expected);
  }
}
