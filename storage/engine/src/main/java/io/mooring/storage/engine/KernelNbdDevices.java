package io.mooring.storage.engine;

import io.mooring.storage.linux.KernelNbd;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/**
 * The devices of this kernel. Each carries the path of its server's socket and its volume as what
 * the kernel calls the backend: so the next process finds its own devices without a record, and the
 * kernel refuses to give a device the connections of another volume.
 */
final class KernelNbdDevices implements NbdDevices {

  /**
   * Not more: of two connections the kernel would send a request that takes too long once more on
   * the other one, and the first might be read later than what was written since.
   */
  private static final int CONNECTIONS = 1;

  /** Programs wait for an agent that is away as long as it takes; whoever gives up disconnects. */
  private static final Duration PATIENCE = Duration.ofDays(1);

  private static final String SEPARATOR = "#";

  private final Path socket;

  KernelNbdDevices(Path socket) {
    this.socket = socket.toAbsolutePath();
  }

  @Override
  public int connect(String volume) throws IOException {
    int index = KernelNbd.connect(target(volume));
    if (!Integer.valueOf(index).equals(connected().get(volume))) {
      KernelNbd.disconnect(index);
      throw new IOException(
          "The kernel does not keep the name of %s: it is older than 5.14. Set the agent's attacher to fuse."
              .formatted(path(index)));
    }
    return index;
  }

  @Override
  public void reconnect(int index, String volume) throws IOException {
    KernelNbd.reconfigure(index, target(volume));
  }

  @Override
  public void resize(int index, String volume, long sizeBytes) throws IOException {
    KernelNbd.resize(index, backend(volume), sizeBytes);
  }

  private KernelNbd.Target target(String volume) {
    return new KernelNbd.Target(socket, volume, backend(volume), CONNECTIONS, PATIENCE);
  }

  private String backend(String volume) {
    return socket + SEPARATOR + volume;
  }

  @Override
  public Map<String, Integer> connected() throws IOException {
    Map<String, Integer> own = new TreeMap<>();
    String prefix = socket + SEPARATOR;
    KernelNbd.backends()
        .forEach((index, backend) -> {
          if (backend.startsWith(prefix)) {
            own.put(backend.substring(prefix.length()), index);
          }
        });
    return own;
  }

  @Override
  public void release(int index) throws IOException {
    KernelNbd.disconnectUnused(index);
  }

  @Override
  public void disconnect(int index) throws IOException {
    KernelNbd.disconnect(index);
  }

  @Override
  public Path path(int index) {
    return KernelNbd.device(index);
  }
}
