package io.mooring.storage.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/** Sockets whose descriptor goes to the kernel: Java's own channels never show theirs. */
final class ClientSockets {
  private static final int AF_UNIX = 1;
  private static final int AF_NETLINK = 16;
  private static final int SOCK_STREAM = 1;
  private static final int SOCK_RAW = 3;
  private static final int SOCK_CLOEXEC = 02000000;
  private static final int NETLINK_GENERIC = 16;

  /** Longest path of a unix socket, with its terminating zero. */
  private static final int UNIX_PATH_BYTES = 108;

  private ClientSockets() {}

  static Descriptor genericNetlink() throws LinuxException {
    int number = SocketCalls.socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC);
    return new Descriptor(CLibrary.check(number, "socket", "generic netlink"), "generic netlink");
  }

  static Descriptor connectUnix(Path path) throws LinuxException {
    byte[] name = path.toString().getBytes(UTF_8);
    if (name.length >= UNIX_PATH_BYTES) {
      throw new LinuxException("connect", path.toString(), Errno.EINVAL);
    }
    int number =
        CLibrary.check(SocketCalls.socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket", path);
    Descriptor socket = new Descriptor(number, path.toString());
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment address = arena.allocate(2 + UNIX_PATH_BYTES, 8);
      address.set(JAVA_SHORT, 0, (short) AF_UNIX);
      MemorySegment.copy(name, 0, address, JAVA_BYTE, 2, name.length);
      CLibrary.check(
          SocketCalls.connect(number, address.asSlice(0, 2 + name.length + 1)), "connect", path);
      return socket;
    } catch (LinuxException e) {
      socket.close();
      throw e;
    }
  }
}
