package io.mooring.storage.nbd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A program of another project; a test that needs one that is missing is skipped and says so. */
enum ExternalTool {
  NBDINFO("nbdinfo", "libnbd-bin"),
  NBDCOPY("nbdcopy", "libnbd-bin"),
  QEMU_IMG("qemu-img", "qemu-utils"),
  QEMU_IO("qemu-io", "qemu-utils"),
  FIO("fio", "fio");

  private static final long TIMEOUT_SECONDS = 120;

  private final String program;
  private final String debianPackage;

  ExternalTool(String program, String debianPackage) {
    this.program = program;
    this.debianPackage = debianPackage;
  }

  /** Runs it to the end; its output, once it has exited with 0. */
  String run(String... arguments) throws IOException, InterruptedException {
    assumeTrue(
        isInstalled(), () -> "%s is missing: apt-get install %s".formatted(program, debianPackage));
    List<String> command = new ArrayList<>(List.of(program));
    command.addAll(List.of(arguments));
    Path log = Files.createTempFile(program, ".log");
    try {
      return run(command, log);
    } finally {
      Files.delete(log);
    }
  }

  private static String run(List<String> command, Path log)
      throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    boolean exited = process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS);
    process.destroyForcibly().waitFor();
    String output = Files.readString(log, StandardCharsets.UTF_8);
    assertThat(exited).as("%s ended in time: %s", command, output).isTrue();
    assertThat(process.exitValue()).as("%s said %s", command, output).isZero();
    return output;
  }

  private boolean isInstalled() {
    for (String directory : System.getenv("PATH").split(File.pathSeparator)) {
      if (Files.isExecutable(Path.of(directory, program))) {
        return true;
      }
    }
    return false;
  }
}
