package io.mooring.storage.linux.keeper;

import io.mooring.storage.linux.DescriptorSocket;
import io.mooring.storage.linux.Errno;
import io.mooring.storage.linux.LinuxException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The keeper process: {@code KeeperMain SOCKET}. {@link KeeperProcess} starts it. */
public final class KeeperMain {
  private static final int EXIT_USAGE = 64;
  private static final int EXIT_ALREADY_RUNNING = 3;

  private KeeperMain() {}

  public static void main(String[] arguments) throws IOException {
    if (arguments.length != 1) {
      System.err.println("usage: KeeperMain SOCKET");
      System.exit(EXIT_USAGE);
    }
    Path socket = Path.of(arguments[0]);
    if (answers(socket)) {
      System.err.println("keeper: another keeper serves " + socket);
      System.exit(EXIT_ALREADY_RUNNING);
    }
    avoidBeingKilledForMemory();
    Files.deleteIfExists(socket);
    new Keeper(DescriptorSocket.listen(socket)).serve();
    Files.deleteIfExists(socket);
  }

  private static boolean answers(Path socket) throws LinuxException {
    try {
      DescriptorSocket.connect(socket).close();
      return true;
    } catch (LinuxException e) {
      if (e.errno() == Errno.ENOENT || e.errno() == Errno.ECONNREFUSED) {
        return false;
      }
      throw e;
    }
  }

  /** Its few megabytes are worth less to the machine than the volumes that would fail. */
  private static void avoidBeingKilledForMemory() {
    try {
      Files.writeString(Path.of("/proc/self/oom_score_adj"), "-999");
    } catch (IOException e) {
      System.err.println("keeper: no protection from the out-of-memory killer: " + e.getMessage());
    }
  }
}
