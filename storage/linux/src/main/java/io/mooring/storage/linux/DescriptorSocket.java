package io.mooring.storage.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A unix socket that passes open descriptors between processes, which the JDK's own cannot. Packets
 * keep their borders (SOCK_SEQPACKET): one text, and the descriptors attached to it.
 */
public final class DescriptorSocket implements AutoCloseable {
  /**
   * One packet.
   *
   * @param descriptors owned, and to be closed, by whoever received the packet
   */
  public record Packet(String text, List<Descriptor> descriptors) {
    public Packet {
      descriptors = List.copyOf(descriptors);
    }
  }

  private static final int AF_UNIX = 1;
  private static final int SOCK_SEQPACKET = 5;
  private static final int SOCK_CLOEXEC = 02000000;
  private static final int SOL_SOCKET = 1;
  private static final int SO_RCVTIMEO = 20;
  private static final int SO_SNDTIMEO = 21;
  private static final int SCM_RIGHTS = 1;
  private static final int MSG_NOSIGNAL = 0x4000;
  private static final int MSG_CMSG_CLOEXEC = 0x40000000;
  private static final int BACKLOG = 64;
  private static final int ENAMETOOLONG = 36;

  private static final int TEXT_BYTES_MAX = 64 << 10;

  /** The kernel closes what does not fit. */
  private static final int DESCRIPTORS_MAX = 8;

  // struct sockaddr_un
  private static final int ADDRESS_PATH = 2;
  private static final int ADDRESS_PATH_MAX = 107;

  // struct msghdr
  private static final long MESSAGE_SIZE = 56;
  private static final long MESSAGE_IOV = 16;
  private static final long MESSAGE_IOV_LENGTH = 24;
  private static final long MESSAGE_CONTROL = 32;
  private static final long MESSAGE_CONTROL_LENGTH = 40;

  // struct cmsghdr
  private static final long CONTROL_LENGTH = 0;
  private static final long CONTROL_LEVEL = 8;
  private static final long CONTROL_TYPE = 12;
  private static final long CONTROL_DATA = 16;

  private final Descriptor descriptor;

  private DescriptorSocket(Descriptor descriptor) {
    this.descriptor = descriptor;
  }

  /** Listens at a path that does not exist yet; only this user may connect. */
  public static DescriptorSocket listen(Path path) throws IOException {
    DescriptorSocket socket = create(path);
    try (Arena arena = Arena.ofConfined()) {
      socket.call("bind", fd -> SocketCalls.bind(fd, address(arena, path)));
      // Nobody can connect before listen(2), so there is no moment of wider access.
      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
      socket.call("listen", fd -> SocketCalls.listen(fd, BACKLOG));
      return socket;
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  public static DescriptorSocket connect(Path path) throws LinuxException {
    DescriptorSocket socket = create(path);
    try (Arena arena = Arena.ofConfined()) {
      socket.call("connect", fd -> SocketCalls.connect(fd, address(arena, path)));
      return socket;
    } catch (LinuxException e) {
      socket.close();
      throw e;
    }
  }

  /** Waits for the next connection. */
  public DescriptorSocket accept() throws LinuxException {
    int accepted = call("accept4", fd -> SocketCalls.accept(fd, SOCK_CLOEXEC));
    return new DescriptorSocket(new Descriptor(accepted, "connection to " + descriptor.subject()));
  }

  /** From now on sending and receiving fail with EAGAIN when the other side takes longer. */
  public void limitWaiting(Duration limit) throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment time = arena.allocate(16, 8);
      time.set(JAVA_LONG, 0, limit.toSeconds());
      time.set(JAVA_LONG, 8, limit.toNanosPart() / 1000);
      call("setsockopt", fd -> SocketCalls.setOption(fd, SOL_SOCKET, SO_RCVTIMEO, time));
      call("setsockopt", fd -> SocketCalls.setOption(fd, SOL_SOCKET, SO_SNDTIMEO, time));
    }
  }

  public void send(String text) throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      send(message(arena, utf8(arena, text), MemorySegment.NULL));
    }
  }

  /** The receiver gets a descriptor of its own for the same open file. */
  public void send(String text, Descriptor attached) throws LinuxException {
    int number = attached.enter();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment control = arena.allocate(CONTROL_DATA + 8, 8);
      control.set(JAVA_LONG, CONTROL_LENGTH, CONTROL_DATA + Integer.BYTES);
      control.set(JAVA_INT, CONTROL_LEVEL, SOL_SOCKET);
      control.set(JAVA_INT, CONTROL_TYPE, SCM_RIGHTS);
      control.set(JAVA_INT, CONTROL_DATA, number);
      send(message(arena, utf8(arena, text), control));
    } finally {
      attached.exit();
    }
  }

  /** Waits for the next packet; empty when the other side has closed the connection. */
  public Optional<Packet> receive() throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment text = arena.allocate(TEXT_BYTES_MAX);
      MemorySegment control =
          arena.allocate(CONTROL_DATA + DESCRIPTORS_MAX * (long) Integer.BYTES, 8);
      MemorySegment message = message(arena, text, control);
      int length =
          call("recvmsg", fd -> (int) SocketCalls.receiveMessage(fd, message, MSG_CMSG_CLOEXEC));
      List<Descriptor> descriptors =
          attachedTo(control, message.get(JAVA_LONG, MESSAGE_CONTROL_LENGTH));
      if (length == 0 && descriptors.isEmpty()) {
        return Optional.empty();
      }
      byte[] bytes = new byte[length];
      MemorySegment.copy(text, 0, MemorySegment.ofArray(bytes), 0, length);
      return Optional.of(new Packet(new String(bytes, StandardCharsets.UTF_8), descriptors));
    }
  }

  @Override
  public void close() {
    descriptor.close();
  }

  private static DescriptorSocket create(Path path) throws LinuxException {
    int number = SocketCalls.socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    return new DescriptorSocket(
        new Descriptor(CLibrary.check(number, "socket", path), path.toString()));
  }

  private static MemorySegment address(Arena arena, Path path) throws LinuxException {
    byte[] name = path.toString().getBytes(StandardCharsets.UTF_8);
    if (name.length > ADDRESS_PATH_MAX) {
      throw new LinuxException("unix socket address", path.toString(), ENAMETOOLONG);
    }
    MemorySegment address = arena.allocate(ADDRESS_PATH + name.length + 1L, 2);
    address.set(JAVA_SHORT, 0, (short) AF_UNIX);
    MemorySegment.copy(MemorySegment.ofArray(name), 0, address, ADDRESS_PATH, name.length);
    return address;
  }

  private static MemorySegment utf8(Arena arena, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return arena.allocate(bytes.length).copyFrom(MemorySegment.ofArray(bytes));
  }

  private static MemorySegment message(Arena arena, MemorySegment text, MemorySegment control) {
    MemorySegment part = arena.allocate(16, 8);
    part.set(ADDRESS, 0, text);
    part.set(JAVA_LONG, 8, text.byteSize());
    MemorySegment message = arena.allocate(MESSAGE_SIZE, 8);
    message.set(ADDRESS, MESSAGE_IOV, part);
    message.set(JAVA_LONG, MESSAGE_IOV_LENGTH, 1);
    message.set(ADDRESS, MESSAGE_CONTROL, control);
    message.set(JAVA_LONG, MESSAGE_CONTROL_LENGTH, control.byteSize());
    return message;
  }

  private void send(MemorySegment message) throws LinuxException {
    call("sendmsg", fd -> (int) SocketCalls.sendMessage(fd, message, MSG_NOSIGNAL));
  }

  private List<Descriptor> attachedTo(MemorySegment control, long length) {
    List<Descriptor> descriptors = new ArrayList<>();
    if (length < CONTROL_DATA
        || control.get(JAVA_INT, CONTROL_LEVEL) != SOL_SOCKET
        || control.get(JAVA_INT, CONTROL_TYPE) != SCM_RIGHTS) {
      return descriptors;
    }
    long end = Math.min(control.get(JAVA_LONG, CONTROL_LENGTH), length);
    for (long at = CONTROL_DATA; at + Integer.BYTES <= end; at += Integer.BYTES) {
      descriptors.add(
          new Descriptor(
              control.get(JAVA_INT, at), "descriptor received on " + descriptor.subject()));
    }
    return descriptors;
  }

  @FunctionalInterface
  private interface Call {
    int on(int fd) throws LinuxException;
  }

  private int call(String operation, Call call) throws LinuxException {
    int fd = descriptor.enter();
    try {
      int result;
      do {
        result = call.on(fd);
      } while (CLibrary.interrupted(result));
      return CLibrary.check(result, operation, descriptor);
    } finally {
      descriptor.exit();
    }
  }
}
