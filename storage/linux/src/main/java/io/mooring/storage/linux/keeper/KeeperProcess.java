package io.mooring.storage.linux.keeper;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** Starts the keeper so that it survives its starter. */
public final class KeeperProcess {
  private static final Duration POLL_INTERVAL = Duration.ofMillis(20);

  private KeeperProcess() {}

  /**
   * The keeper at the socket, started if none answers there. Its messages go to a {@code .log} file
   * beside the socket.
   */
  public static KeeperClient ensureRunning(Path socket, Duration limit) throws IOException {
    KeeperClient client = new KeeperClient(socket);
    if (answers(client)) {
      return client;
    }
    Path log = socket.resolveSibling(socket.getFileName() + ".log");
    new ProcessBuilder(command(socket))
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
        .start();
    long deadline = System.nanoTime() + limit.toNanos();
    while (!answers(client)) {
      if (System.nanoTime() > deadline) {
        throw new IOException(
            "no keeper answers at %s within %s of being started; see %s"
                .formatted(socket, limit, log));
      }
      pause();
    }
    return client;
  }

  /**
   * A session of its own, so that a signal to the starter's group or terminal does not reach it,
   * and no parent, so that nobody has to wait for it.
   */
  private static List<String> command(Path socket) {
    return List.of(
        "setsid",
        "--fork",
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-Xmx16m",
        "-XX:+UseSerialGC",
        "-XX:TieredStopAtLevel=1",
        "-Xshare:auto",
        "--enable-native-access=ALL-UNNAMED",
        "-cp",
        ownCode().toString(),
        KeeperMain.class.getName(),
        socket.toAbsolutePath().toString());
  }

  /** The jar or directory of this class holds all the keeper needs. */
  private static Path ownCode() {
    try {
      return Path.of(
          KeeperProcess.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException("the location of the running code is no path", e);
    }
  }

  private static boolean answers(KeeperClient client) {
    try {
      client.list();
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private static void pause() throws IOException {
    try {
      Thread.sleep(POLL_INTERVAL);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while waiting for the keeper to start");
    }
  }
}
