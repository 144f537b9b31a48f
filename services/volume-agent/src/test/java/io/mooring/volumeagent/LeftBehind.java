package io.mooring.volumeagent;

import io.mooring.storage.linux.Mount;
import io.mooring.storage.linux.Mounts;
import io.mooring.storage.linux.keeper.KeeperClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Removes from the machine what an agent leaves on purpose when it ends: its keeper, devices and
 * mounts.
 */
final class LeftBehind {

  private LeftBehind() {}

  /** Everything below a node's directory; its agent has ended, or ends now. */
  static void remove(Path directory) throws IOException {
    // The keeper first: what it holds keeps dead mounts waiting.
    Path socket = directory.resolve("state/keeper.sock");
    if (Files.exists(socket)) {
      KeeperClient keeper = new KeeperClient(socket);
      for (String name : keeper.list()) {
        keeper.release(name);
      }
      keeper.stop();
    }
    List<Path> mounts =
        Mounts.list().stream().map(Mount::target).filter(p -> p.startsWith(directory)).toList();
    for (Path mount : mounts.reversed()) {
      Mounts.unmountLazily(mount);
    }
  }
}
