package io.mooring.storage.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.nio.channels.NotYetConnectedException;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * Takes connections between the nodes of a cluster off BBR. It spreads what is sent over time by
 * timers, at a rate that it learns from connections that always have something to send; storage
 * traffic comes in bursts, waits for those timers, and pays for them.
 */
public final class TcpPacing {

  private static final Path OWN_DESCRIPTORS = Path.of("/proc/self/fd");
  private static final String PACED = "bbr";

  /** Present on every system, in this order. */
  private static final List<String> UNPACED = List.of("cubic", "reno");

  private static final int IPPROTO_TCP = 6;
  private static final int TCP_CONGESTION = 13;
  private static final int NAME_BYTES = 16;

  private static final short AF_INET = 2;
  private static final short AF_INET6 = 10;
  private static final int ADDRESS_BYTES_MAX = 28;

  private TcpPacing() {}

  /**
   * Gives a connected TCP channel another congestion control if it has BBR. It works as well as
   * before if that is not possible.
   *
   * @return name of the congestion control that it has now, empty if it cannot be told
   */
  public static String avoid(SocketChannel channel) throws IOException {
    OptionalInt descriptor = descriptorOf(channel);
    if (descriptor.isEmpty()) {
      return "";
    }
    int socket = descriptor.getAsInt();
    try (Arena arena = Arena.ofConfined()) {
      if (congestionControl(socket, arena).startsWith(PACED)) {
        for (String name : UNPACED) {
          MemorySegment value =
              arena.allocateFrom(JAVA_BYTE, name.getBytes(StandardCharsets.US_ASCII));
          if (SocketCalls.setOption(socket, IPPROTO_TCP, TCP_CONGESTION, value) >= 0) {
            break;
          }
        }
      }
      return congestionControl(socket, arena);
    }
  }

  /**
   * Java does not show the descriptors of its channels. The two addresses of an open connection are
   * those of no other socket, and while the caller keeps it open the descriptor is not reused.
   */
  private static OptionalInt descriptorOf(SocketChannel channel) throws IOException {
    SocketAddress local = channel.getLocalAddress();
    SocketAddress remote = channel.getRemoteAddress();
    if (remote == null) {
      throw new NotYetConnectedException();
    }
    try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(OWN_DESCRIPTORS);
        Arena arena = Arena.ofConfined()) {
      for (Path path : descriptors) {
        int descriptor = Integer.parseInt(path.getFileName().toString());
        if (remote.equals(address(SocketCalls::peerName, descriptor, arena))
            && local.equals(address(SocketCalls::ownName, descriptor, arena))) {
          return OptionalInt.of(descriptor);
        }
      }
    }
    return OptionalInt.empty();
  }

  private interface Naming {
    int fill(int descriptor, MemorySegment address, MemorySegment length);
  }

  private static @Nullable InetSocketAddress address(Naming call, int descriptor, Arena arena) {
    MemorySegment address = arena.allocate(ADDRESS_BYTES_MAX, Integer.BYTES);
    MemorySegment length = arena.allocateFrom(JAVA_INT, ADDRESS_BYTES_MAX);
    if (call.fill(descriptor, address, length) < 0) {
      return null;
    }
    return switch (address.get(JAVA_SHORT, 0)) {
      case AF_INET -> address(address, 4, 4);
      case AF_INET6 -> address(address, 8, 16);
      default -> null;
    };
  }

  private static InetSocketAddress address(MemorySegment from, long offset, int length) {
    int port =
        Byte.toUnsignedInt(from.get(JAVA_BYTE, 2)) << Byte.SIZE
            | Byte.toUnsignedInt(from.get(JAVA_BYTE, 3));
    byte[] bytes = from.asSlice(offset, length).toArray(JAVA_BYTE);
    try {
      return new InetSocketAddress(InetAddress.getByAddress(bytes), port);
    } catch (UnknownHostException e) {
      throw new AssertionError("an address of " + Arrays.toString(bytes), e);
    }
  }

  private static String congestionControl(int socket, Arena arena) {
    MemorySegment value = arena.allocate(NAME_BYTES);
    MemorySegment length = arena.allocateFrom(JAVA_INT, NAME_BYTES);
    int outcome = SocketCalls.getOption(socket, IPPROTO_TCP, TCP_CONGESTION, value, length);
    return outcome < 0 ? "" : value.getString(0, StandardCharsets.US_ASCII);
  }
}
