package io.mooring.localcluster.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooring.localcluster.LocalClusterException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClassArchivesTest {

  @TempDir Path directory;

  @Test
  void aRecordedArchiveIsUsedUntilTheProgramChanges() throws IOException {
    ClassArchives archives = new ClassArchives(directory.resolve("aot"));
    Path jar = Files.writeString(directory.resolve("a.jar"), "one");
    JavaProgram program = program(jar);
    assertThat(archives.use(program)).isEmpty();

    record(archives, program);
    assertThat(archives.isTrained(program)).isTrue();
    assertThat(archives.use(program)).anyMatch(option -> option.startsWith("-XX:AOTCache="));

    Files.writeString(jar, "another");
    assertThat(archives.isTrained(program)).isFalse();
    assertThat(archives.use(program)).isEmpty();
  }

  @Test
  void aNewArchiveTakesThePlaceOfOldOnes() throws IOException {
    ClassArchives archives = new ClassArchives(directory.resolve("aot"));
    Path jar = Files.writeString(directory.resolve("a.jar"), "one");
    record(archives, program(jar));
    Files.writeString(jar, "another");
    record(archives, program(jar));

    try (var files = Files.list(directory.resolve("aot"))) {
      assertThat(files).hasSize(1);
    }
  }

  @Test
  void aRecordingThatDidNotHappenIsAnError() {
    ClassArchives archives = new ClassArchives(directory);

    assertThatThrownBy(
            () -> archives.publish(new JavaProgram("x", List.of(), List.of(), List.of())))
        .isInstanceOf(LocalClusterException.class)
        .hasMessageStartingWith("LCL-006");
  }

  private static void record(ClassArchives archives, JavaProgram program) throws IOException {
    String option = archives.record(program).getFirst();
    Files.writeString(Path.of(option.substring(option.indexOf('=') + 1)), "archive");
    archives.publish(program);
  }

  private static JavaProgram program(Path jar) {
    return new JavaProgram("x", List.of("-jar", jar.toString()), List.of(jar), List.of());
  }
}
