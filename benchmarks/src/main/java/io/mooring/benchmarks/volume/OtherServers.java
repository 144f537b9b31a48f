package io.mooring.benchmarks.volume;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The NBD servers to compare with, each set as its users would for speed, on one plain file. */
final class OtherServers {

  private static final String ADDRESS = "127.0.0.1";

  private final Path directory;
  private final Path file;

  OtherServers(Path directory, long sizeBytes) throws IOException {
    this.directory = directory;
    this.file = directory.resolve("plain");
    try (RandomAccessFile created = new RandomAccessFile(file.toFile(), "rw")) {
      created.setLength(sizeBytes);
    }
  }

  NbdContender nbdkit() throws IOException, InterruptedException {
    int port = Loopback.freePort();
    return inForeground(
        "nbdkit", port, List.of("nbdkit", "-f", "-i", ADDRESS, "-p", "" + port, "file", "" + file));
  }

  NbdContender qemuNbd() throws IOException, InterruptedException {
    int port = Loopback.freePort();
    return inForeground(
        "qemu-nbd",
        port,
        List.of(
            "qemu-nbd",
            "--persistent",
            "--format=raw",
            "--cache=writeback",
            "--aio=io_uring",
            "--shared=8",
            "--export-name=" + NbdContender.EXPORT,
            "--bind=" + ADDRESS,
            "--port=" + port,
            file.toString()));
  }

  /** As a daemon: in the foreground it ends with its first client. */
  NbdContender nbdServer() throws IOException, InterruptedException {
    int port = Loopback.freePort();
    Path config = directory.resolve("nbd-server.conf");
    Path pid = directory.resolve("nbd-server.pid");
    Files.writeString(
        config,
        """
        [generic]
        listenaddr = %s
        port = %d
        allowlist = true
        [%s]
        exportname = %s
        flush = true
        fua = true
        """
            .formatted(ADDRESS, port, NbdContender.EXPORT, file));
    Process starter =
        logged("nbd-server", List.of("nbd-server", "-C", config.toString(), "-p", pid.toString()));
    // It forks and ends well before its child listens.
    Loopback.awaitAnswer(Loopback.port(port), () -> starter.isAlive() || starter.exitValue() == 0);
    long daemon = Long.parseLong(Files.readString(pid).strip());
    return NbdContender.at(
        port, "nbd-server", () -> ProcessHandle.of(daemon).ifPresent(ProcessHandle::destroy));
  }

  private NbdContender inForeground(String name, int port, List<String> command)
      throws IOException, InterruptedException {
    Process process = logged(name, command);
    Loopback.awaitAnswer(Loopback.port(port), process::isAlive);
    return NbdContender.at(
        port,
        name,
        () -> {
          process.destroy();
          process.waitFor();
        });
  }

  private Process logged(String name, List<String> command) throws IOException {
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(directory.resolve(name + ".log").toFile())
        .start();
  }
}
