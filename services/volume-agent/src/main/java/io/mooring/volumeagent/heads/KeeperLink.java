package io.mooring.volumeagent.heads;

import io.mooring.storage.linux.keeper.KeeperClient;
import io.mooring.storage.linux.keeper.KeeperProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** The way to the keeper, which is started when it is first needed and does not run. */
public final class KeeperLink {

  private static final Duration START_LIMIT = Duration.ofSeconds(20);

  private final Path socket;

  /**
   * @param directory where the keeper's socket and log are
   */
  public KeeperLink(Path directory) {
    this.socket = directory.resolve("keeper.sock");
  }

  /**
   * A keeper that answers.
   *
   * @throws IOException if it could not be started
   */
  public synchronized KeeperClient client() throws IOException {
    Files.createDirectories(socket.toAbsolutePath().getParent());
    return KeeperProcess.ensureRunning(socket, START_LIMIT);
  }
}
