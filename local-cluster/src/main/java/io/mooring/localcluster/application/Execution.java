package io.mooring.localcluster.application;

import io.mooring.localcluster.orchestrator.PodRuntime;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** A command in the pods that matched when it was asked for. */
final class Execution {

  private static final int OUTPUT_BYTES_MAX = 4096;

  /** How a command, or all of them, stands. */
  enum Phase {
    RUNNING,
    DONE,
    FAILED
  }

  /**
   * The command in one pod.
   *
   * @param waiting file that exists once the command waits to be ended
   */
  record Run(
      String pod, PodRuntime.RunningPod process, Path output, Path waiting, long deadlineNanos) {

    Phase phase() {
      if (process.isAlive()) {
        return Phase.RUNNING;
      }
      return exitCode() == 0 ? Phase.DONE : Phase.FAILED;
    }

    /** Exit status; to be asked for once it has ended. */
    int exitCode() {
      try {
        return process.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return -1;
      }
    }

    boolean isReady() {
      return !process.isAlive() || Files.exists(waiting);
    }

    boolean isOverdue() {
      return process.isAlive() && System.nanoTime() - deadlineNanos > 0;
    }

    String lastOutput() {
      try (RandomAccessFile file = new RandomAccessFile(output.toFile(), "r")) {
        long from = Math.max(0, file.length() - OUTPUT_BYTES_MAX);
        byte[] tail = new byte[Math.toIntExact(file.length() - from)];
        file.seek(from);
        file.readFully(tail);
        return new String(tail, StandardCharsets.UTF_8);
      } catch (java.io.FileNotFoundException e) {
        return "";
      } catch (IOException e) {
        throw new UncheckedIOException("cannot read " + output, e);
      }
    }
  }

  private final List<Run> runs;

  Execution(List<Run> runs) {
    this.runs = List.copyOf(runs);
  }

  List<Run> runs() {
    return runs;
  }

  /** Failed if one command has, once all have ended. */
  Phase phase() {
    if (runs.stream().anyMatch(run -> run.phase() == Phase.RUNNING)) {
      return Phase.RUNNING;
    }
    return runs.stream().allMatch(run -> run.phase() == Phase.DONE) ? Phase.DONE : Phase.FAILED;
  }

  boolean isReady() {
    return runs.stream().allMatch(Run::isReady);
  }

  /** Ends what runs too long. */
  void endOverdue() {
    runs.stream().filter(Run::isOverdue).forEach(run -> run.process().kill());
  }

  /** Lets those that wait go on to their end, then ends what still runs. */
  void end(Duration grace) throws InterruptedException {
    try {
      for (Run run : runs) {
        Files.deleteIfExists(run.waiting());
      }
      long deadline = System.nanoTime() + grace.toNanos();
      while (phase() == Phase.RUNNING && System.nanoTime() - deadline < 0) {
        Thread.sleep(Duration.ofMillis(50));
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot end an execution", e);
    } finally {
      kill();
    }
  }

  /** Ends what still runs. */
  void kill() {
    runs.stream().filter(run -> run.process().isAlive()).forEach(run -> run.process().kill());
  }
}
