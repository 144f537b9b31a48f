package io.mooring.storage.linux;

import io.mooring.storage.linux.keeper.KeeperClient;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A JVM of its own that serves a FUSE file and can be killed: mounts it and deposits the connection
 * with a keeper, or resumes it when the keeper has one. Ends with its parent, by end of input.
 */
final class FuseServerProcess {
  private static final String DEPOSIT = "volume";

  private final Process process;

  private FuseServerProcess(Process process) {
    this.process = process;
  }

  /** Returns when the file is being served. */
  static FuseServerProcess start(Path keeperSocket, Path backing, Path mountPoint, Path errors)
      throws Exception {
    Process process =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Xmx64m",
                    "-XX:+UseSerialGC",
                    "--enable-native-access=ALL-UNNAMED",
                    "-cp",
                    codeOf(FuseFile.class) + ":" + codeOf(FuseServerProcess.class),
                    FuseServerProcess.class.getName(),
                    keeperSocket.toString(),
                    backing.toString(),
                    mountPoint.toString()))
            .redirectError(ProcessBuilder.Redirect.appendTo(errors.toFile()))
            .start();
    BufferedReader output =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    String line = output.readLine();
    if (line == null) {
      throw new IOException("the serving process ended at once; see " + errors);
    }
    return new FuseServerProcess(process);
  }

  /** SIGKILL. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  public static void main(String[] arguments) throws Exception {
    KeeperClient keeper = new KeeperClient(Path.of(arguments[0]));
    Path mountPoint = Path.of(arguments[2]);
    BlockFile backing = BlockFile.open(Path.of(arguments[1]), BlockFile.Access.READ_WRITE);
    FileBackedDevice device = new FileBackedDevice(backing);
    Optional<Descriptor> deposited = keeper.fetch(DEPOSIT);
    if (deposited.isPresent()) {
      FuseFile.resume(deposited.get(), mountPoint, device, FuseFile.DEFAULT_THREADS);
    } else {
      FuseFile file = FuseFile.mount(mountPoint, device, FuseFile.DEFAULT_THREADS);
      keeper.deposit(DEPOSIT, file.connection());
    }
    System.out.println(deposited.isPresent() ? "resumed" : "mounted");
    if (System.in.read() < 0) {
      System.exit(0);
    }
  }

  private static Path codeOf(Class<?> type) throws Exception {
    return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
  }
}
