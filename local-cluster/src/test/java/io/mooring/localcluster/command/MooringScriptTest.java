package io.mooring.localcluster.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
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
