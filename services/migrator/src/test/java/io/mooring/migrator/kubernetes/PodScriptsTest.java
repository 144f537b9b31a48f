package io.mooring.migrator.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The very scripts that run in pods, by this machine's shell. */
class PodScriptsTest {

  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final PodExec.Target POD = new PodExec.Target("kafka", "broker-0", "kafka");
  private static final PodScripts.Place PLACE =
      new PodScripts.Place("broker-0", "kafka", List.of("/data/a", "/data/b"));

  @TempDir private Path folder;
  private final PodScripts scripts = new PodScripts();
  private ShellOfPods shell;

  @BeforeEach
  void open() {
    shell = new ShellOfPods(folder);
  }

  @AfterEach
  void close() {
    shell.close();
  }

  @Test
  void aCommandSeesItsPodAndTellsHowItEnded() throws IOException {
    begin("one", 60, "echo $POD_NAME $POD_NAMESPACE $DATA_DIR; echo $DATA_DIRS >&2; exit 3");
    awaitStatus("one", "ENDED 3\nbroker-0 kafka /data/a\n/data/a /data/b\n");
    end("one");
    assertThat(status("one")).isEqualTo("GONE\n");
    assertThat(folder.resolve("broker-0")).isEmptyDirectory();
  }

  @Test
  void aCommandThatWasBegunIsNotBegunAgain() throws IOException {
    begin("twice", 60, "echo x >>" + folder + "/count; " + "${WAIT_CMD}");
    begin("twice", 60, "echo x >>" + folder + "/count");
    awaitStatus("twice", "READY\n");
    end("twice");
    assertThat(folder.resolve("count")).hasContent("x");
  }

  @Test
  void whoWaitsGoesOnToItsEndWhenItIsEnded() throws IOException {
    // Also where the shell does not look, as in the text of another program.
    begin("wait", 60, "sh -c 'trap \"\" TERM; ${WAIT_CMD}; echo over >" + folder + "/over'");
    awaitStatus("wait", "READY\n");
    end("wait");
    assertThat(folder.resolve("over")).hasContent("over");
  }

  @Test
  void whatDoesNotEndIsEndedWithAllThatItBegan() throws IOException {
    begin(
        "kill",
        60,
        "sleep 321 & trap '' TERM; echo $$ $! >%1$s/new; mv %1$s/new %1$s/all; wait; sleep 322"
            .formatted(folder));
    await().atMost(PATIENCE).until(() -> Files.exists(folder.resolve("all")));
    awaitStatus("kill", "RUNNING\n");
    end("kill");
    for (String id : Files.readString(folder.resolve("all")).strip().split(" ")) {
      await().atMost(PATIENCE).until(() -> ProcessHandle.of(Long.parseLong(id)).isEmpty());
    }
  }

  @Test
  void whatTakesTooLongIsEnded() throws IOException {
    begin("late", 1, "echo begun; sleep 323");
    awaitStatus("late", "LATE\nbegun\n");
    end("late");
  }

  @Test
  void whatWasKilledIsNotTakenForRunningNorForDone() throws IOException {
    begin("lost", 60, "sleep 324");
    Path worker = folder.resolve("broker-0/mooring-lost/worker");
    String told = Files.readString(worker);
    ProcessHandle process = ProcessHandle.of(Long.parseLong(told.split(" ")[0])).orElseThrow();
    List<ProcessHandle> all = process.descendants().toList();
    process.destroyForcibly();
    all.forEach(ProcessHandle::destroyForcibly);
    awaitStatus("lost", "LOST\n");
    // A container that was started again gives the same ids to others.
    String other = "%d 1 %d %1$d".formatted(ProcessHandle.current().pid(), 0);
    Files.writeString(worker, other + "\n");
    assertThat(status("lost")).isEqualTo("LOST\n");
    end("lost");
    assertThat(ProcessHandle.current().isAlive()).isTrue();
  }

  @Test
  void onlyTheEndOfALongOutputIsTold() throws IOException {
    begin("long", 60, "i=0; while [ $i -lt 2000 ]; do echo line $i; i=$((i+1)); done");
    await().atMost(PATIENCE).until(() -> status("long").startsWith("ENDED 0"));
    assertThat(status("long")).endsWith("line 1999\n").hasSizeLessThan(4200);
    end("long");
  }

  @Test
  void aPodThatCannotBeWrittenToSaysSo() throws IOException {
    PodExec.Answer answer =
        shell.run(
            new PodExec.Target("kafka", "broker-0/../missing-parent/x", "kafka"),
            scripts.begin("nowhere/nested", 60, "true", PLACE));
    assertThat(answer.exitCode()).isEqualTo(1);
    assertThat(answer.output()).contains("can be written to");
  }

  private void begin(String id, long seconds, String command) throws IOException {
    PodExec.Answer answer = shell.run(POD, scripts.begin(id, seconds, command, PLACE));
    assertThat(answer.output()).isEmpty();
    assertThat(answer.exitCode()).isZero();
  }

  private String status(String id) throws IOException {
    return shell.run(POD, scripts.status(id)).output();
  }

  private void awaitStatus(String id, String expected) {
    await().atMost(PATIENCE).untilAsserted(() -> assertThat(status(id)).isEqualTo(expected));
  }

  private void end(String id) throws IOException {
    PodExec.Answer answer = shell.run(POD, scripts.end(id));
    assertThat(answer).isEqualTo(new PodExec.Answer(0, ""));
  }
}
