package io.mooring.localcluster.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(20)
class SupervisedProcessTest {

  @TempDir Path directory;

  private final BlockingQueue<LocalProcess> started = new LinkedBlockingQueue<>();

  @Test
  void aCrashedProcessIsStartedAgainAndAStoppedOneIsNot() throws InterruptedException {
    SupervisedProcess process = sleeper();
    process.start();
    LocalProcess first = next();

    process.crash();
    first.await();
    LocalProcess second = next();
    assertThat(second.pid()).isNotEqualTo(first.pid());
    assertThat(process.restarts()).isOne();

    process.stop(Duration.ofSeconds(5));
    assertThat(second.isAlive()).isFalse();
    assertThat(process.isAlive()).isFalse();
    assertThat(started).isEmpty();
  }

  @Test
  void anAbandonedProcessIsLeftAlone() throws InterruptedException {
    SupervisedProcess process = sleeper();
    process.start();
    LocalProcess running = next();

    process.abandon();

    assertThat(running.isAlive()).isTrue();
    running.kill();
    running.await();
    assertThat(started).isEmpty();
  }

  @Test
  void startingTwiceStartsOnce() throws InterruptedException {
    SupervisedProcess process = sleeper();
    process.start();
    process.start();
    next();

    assertThat(started).isEmpty();
    process.stop(Duration.ofSeconds(5));
  }

  private SupervisedProcess sleeper() {
    ProcessSpec spec =
        new ProcessSpec(
            "sleeper", List.of("sleep", "60"), Map.of(), directory.resolve("sleeper.log"));
    return new SupervisedProcess(
        "sleeper",
        () -> {
          LocalProcess process = LocalProcess.start(spec, List.of());
          started.add(process);
          return process;
        });
  }

  private LocalProcess next() throws InterruptedException {
    LocalProcess process = started.poll(10, TimeUnit.SECONDS);
    assertThat(process).isNotNull();
    return process;
  }
}
