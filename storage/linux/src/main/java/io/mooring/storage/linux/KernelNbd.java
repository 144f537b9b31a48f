package io.mooring.storage.linux;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Block devices of the kernel's NBD client ({@code /dev/nbdN}), driven through netlink.
 *
 * <p>The kernel keeps requests when a connection dies and waits for a new one. So a device survives
 * a restart of its server: {@link #reconfigure} hands the kernel a new connection, and requests in
 * flight are sent again.
 */
public final class KernelNbd {
  private static final String FAMILY = "nbd";
  private static final int CONNECT = 1;
  private static final int DISCONNECT = 2;
  private static final int RECONFIGURE = 3;

  private static final int INDEX = 1;
  private static final int SIZE_BYTES = 2;
  private static final int BLOCK_SIZE_BYTES = 3;
  private static final int REQUEST_TIMEOUT = 4;
  private static final int SERVER_FLAGS = 5;
  private static final int SOCKETS = 7;
  private static final int DEAD_CONNECTION_TIMEOUT = 8;
  private static final int BACKEND = 10;
  private static final int SOCKET_ITEM = 1;
  private static final int SOCKET_FD = 1;

  private static final int SECTOR_BYTES = 4096;

  /**
   * Seconds after which the kernel takes an unanswered request from its connection and sends it on
   * another. Only then are requests repeated that were in flight when a server died, so this bounds
   * the pause of a restart. A live server that is slower than this sees its connections closed and
   * must be given new ones.
   */
  private static final int REQUEST_TIMEOUT_SECONDS = 5;

  private static final Path BLOCK_DEVICES = Path.of("/sys/block");
  private static final String NAME = "nbd";

  private KernelNbd() {}

  /**
   * What a device is connected to.
   *
   * @param server unix socket of an NBD server
   * @param backend name under which {@link #backends} lists the device; the kernel refuses to give
   *     a device connections under another one
   * @param connections connections to open; the export must allow more than one (multi-conn)
   * @param patience how long requests wait for {@link #reconfigure} when all connections are dead
   */
  public record Target(
      Path server, String export, String backend, int connections, Duration patience) {}

  /**
   * Whether this process can use the client: the kernel's module must be loaded, and the kernel
   * shows it to processes in its first network namespace only.
   */
  public static boolean isAvailable() {
    if (!Files.isDirectory(BLOCK_DEVICES.resolve("nbd0"))
        && !Files.isDirectory(Path.of("/sys/module/nbd"))) {
      return false;
    }
    try {
      GenericNetlink.open(FAMILY).close();
      return true;
    } catch (LinuxException e) {
      return false;
    }
  }

  /** The backends of all devices that are connected or wait for connections, by index. */
  public static Map<Integer, String> backends() throws IOException {
    Map<Integer, String> backends = new TreeMap<>();
    if (!Files.isDirectory(BLOCK_DEVICES)) {
      return backends;
    }
    try (DirectoryStream<Path> found = Files.newDirectoryStream(BLOCK_DEVICES, NAME + "*")) {
      for (Path device : found) {
        readBackend(device)
            .ifPresent(backend ->
                backends.put(
                    Integer.valueOf(device.getFileName().toString().substring(NAME.length())),
                    backend));
      }
    }
    return backends;
  }

  /** The file goes with the device's last connection, at any time. */
  private static Optional<String> readBackend(Path device) throws IOException {
    try {
      return Optional.of(Files.readString(device.resolve("backend")).strip())
          .filter(backend -> !backend.isEmpty());
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  /** Path of the device with the given index. */
  public static Path device(int index) {
    return Path.of("/dev/nbd" + index);
  }

  /**
   * Attaches an export to a free device.
   *
   * @return index of the device
   * @throws LinuxException ENOENT without the kernel module or the export
   */
  public static int connect(Target target) throws LinuxException {
    return hand(CONNECT, -1, target);
  }

  /**
   * Gives a device new connections in place of dead ones, and the export's current size.
   *
   * @throws LinuxException EINVAL if the device has another backend
   */
  public static void reconfigure(int index, Target target) throws LinuxException {
    hand(RECONFIGURE, index, target);
  }

  /** Shows another size, and leaves the connections as they are. */
  public static void resize(int index, String backend, long sizeBytes) throws LinuxException {
    try (GenericNetlink netlink = GenericNetlink.open(FAMILY)) {
      netlink.call(
          netlink
              .request(RECONFIGURE)
              .number32(INDEX, index)
              .number64(SIZE_BYTES, sizeBytes)
              .text(BACKEND, backend));
    }
  }

  /** Detaches a device; what is in flight fails. */
  public static void disconnect(int index) throws LinuxException {
    try (GenericNetlink netlink = GenericNetlink.open(FAMILY)) {
      netlink.call(netlink.request(DISCONNECT).number32(INDEX, index));
    }
  }

  /**
   * Detaches a device that nobody uses.
   *
   * @throws LinuxException EBUSY if it is mounted or opened by somebody who wants it alone
   */
  public static void disconnectUnused(int index) throws LinuxException {
    Descriptor alone = Descriptor.open(device(index), FileCalls.O_RDONLY | FileCalls.O_EXCL);
    alone.close();
    disconnect(index);
  }

  private static int hand(int command, int index, Target target) throws LinuxException {
    var sockets = new ArrayList<NbdHandshake.Negotiated>(target.connections);
    try (GenericNetlink netlink = GenericNetlink.open(FAMILY)) {
      for (int i = 0; i < target.connections; i++) {
        sockets.add(NbdHandshake.go(target.server, target.export));
      }
      NbdHandshake.Negotiated first = sockets.getFirst();
      NetlinkMessage message = netlink.request(command);
      if (index >= 0) {
        message.number32(INDEX, index);
      }
      message.number64(SIZE_BYTES, first.sizeBytes());
      if (command == CONNECT) {
        message.number64(BLOCK_SIZE_BYTES, SECTOR_BYTES).number64(SERVER_FLAGS, first.flags());
      }
      message.text(BACKEND, target.backend);
      message.number64(REQUEST_TIMEOUT, REQUEST_TIMEOUT_SECONDS);
      message.number64(DEAD_CONNECTION_TIMEOUT, target.patience.toSeconds());
      put(message, sockets);
      return netlink.call(message, INDEX, 4).orElse(index);
    } finally {
      // The kernel holds references of its own; these numbers are no longer needed.
      sockets.forEach(socket -> socket.socket().close());
    }
  }

  private static void put(NetlinkMessage message, Iterable<NbdHandshake.Negotiated> sockets)
      throws LinuxException {
    int list = message.begin(SOCKETS);
    for (NbdHandshake.Negotiated socket : sockets) {
      int item = message.begin(SOCKET_ITEM);
      message.number32(SOCKET_FD, socket.socket().enter());
      socket.socket().exit();
      message.end(item);
    }
    message.end(list);
  }
}
