package io.mooring.localcluster.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MooringScriptTest {

  private static final Path HOME = Path.of("").toAbsolutePath().getParent();

  @Test
  void theScriptIsWellFormedAndExecutable() throws IOException, InterruptedException {
    assertThat(run("bash", "-n", script())).isEqualTo(new Outcome(0, ""));
    assertThat(Files.isExecutable(Path.of(script()))).isTrue();
    assertThat(Files.isExecutable(HOME.resolve(".ci/run"))).isTrue();
  }

  @Test
  void helpListsEveryCommand() throws IOException, InterruptedException {
    Outcome help = run(script(), "--help");

    assertThat(help.status()).isZero();
    assertThat(help.output())
        .contains(
            "demo migration",
            "demo capacity",
            "up",
            "down",
            "status",
            "test",
            "bench",
            "drill",
            "fault",
            "logs");
  }

  @Test
  void anUnknownCommandIsRefusedWithTheUsage() throws IOException, InterruptedException {
    Outcome outcome = run(script(), "dance");

    assertThat(outcome.status()).isOne();
    assertThat(outcome.output()).contains("usage:").contains("there is no command 'dance'");
  }

  @ParameterizedTest
  @ValueSource(strings = {"../x", "X", "a b", "-a"})
  void aNameThatCouldBeAPathIsRefused(String name) throws IOException, InterruptedException {
    Outcome outcome = run(script(), "down", "--name", name);

    assertThat(outcome.status()).isOne();
    assertThat(outcome.output()).contains("the name '" + name + "' must be");
  }

  @Test
  void logsOfTheLastThreeRunsThatBrokeOutliveTheNextRun(@TempDir Path folder)
      throws IOException, InterruptedException {
    Path cluster = folder.resolve("demo");
    for (String old : List.of("20260101T000000Z", "20260102T000000Z", "20260103T000000Z")) {
      Files.createDirectories(cluster.resolve("logs-broken-" + old));
    }
    Path log = Files.createDirectory(cluster.resolve("logs")).resolve("migrator.log");
    Files.writeString(log, "why");

    Outcome outcome =
        run(
            "bash",
            "-c",
            function("say")
                + function("keep_broken_logs")
                + """
                set -euo pipefail
                run_dir=%s
                keep_broken_logs demo
                """
                    .formatted(folder));
    Files.delete(log);

    assertThat(outcome.status()).isZero();
    Path kept = Path.of(outcome.output().strip().replaceFirst(".* ", ""));
    assertThat(kept.resolve("migrator.log")).hasContent("why");
    try (Stream<Path> left = Files.list(cluster)) {
      assertThat(left)
          .containsExactlyInAnyOrder(
              cluster.resolve("logs"),
              cluster.resolve("logs-broken-20260102T000000Z"),
              cluster.resolve("logs-broken-20260103T000000Z"),
              kept);
    }
  }

  /** A function of the script, as it is written there. */
  private static String function(String name) throws IOException {
    String text = Files.readString(HOME.resolve("mooring"));
    Matcher found =
        Pattern.compile("^" + name + "\\(\\) \\{(.*\\}| *\\n(.*\\n)*?\\})$", Pattern.MULTILINE)
            .matcher(text);
    assertThat(found.find()).as(name).isTrue();
    return found.group() + "\n";
  }

  private static String script() {
    return HOME.resolve("mooring").toString();
  }

  private static Outcome run(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(List.of(command)).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Outcome(process.waitFor(), output);
  }

  private record Outcome(int status, String output) {}
}
