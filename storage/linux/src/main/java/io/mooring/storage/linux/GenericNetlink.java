package io.mooring.storage.linux;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.OptionalInt;

/** A conversation with one family of the kernel's generic netlink, one request at a time. */
final class GenericNetlink implements AutoCloseable {
  private static final int CONTROL_FAMILY = 0x10;
  private static final int GET_FAMILY = 3;
  private static final int FAMILY_ID = 1;
  private static final int FAMILY_NAME = 2;
  private static final int MESSAGE_ERROR = 2;
  private static final int MESSAGE_HEADER_BYTES = 16;

  private final Descriptor socket;
  private final String familyName;
  private final ByteBuffer answer =
      ByteBuffer.allocateDirect(16 * 1024).order(ByteOrder.nativeOrder());
  private int family = CONTROL_FAMILY;
  private int sequence;

  private GenericNetlink(Descriptor socket, String familyName) {
    this.socket = socket;
    this.familyName = familyName;
  }

  /**
   * Opens a family.
   *
   * @throws LinuxException ENOENT if the kernel has no such family: its module is not there
   */
  static GenericNetlink open(String familyName) throws LinuxException {
    GenericNetlink netlink = new GenericNetlink(ClientSockets.genericNetlink(), familyName);
    try {
      NetlinkMessage question = netlink.request(GET_FAMILY).text(FAMILY_NAME, familyName);
      netlink.family =
          netlink
              .call(question, FAMILY_ID, 2)
              .orElseThrow(() -> new LinuxException("netlink", familyName, Errno.ENOENT));
      return netlink;
    } catch (LinuxException e) {
      netlink.close();
      throw e;
    }
  }

  NetlinkMessage request(int command) {
    sequence++;
    return new NetlinkMessage(family, command, sequence);
  }

  void call(NetlinkMessage message) throws LinuxException {
    call(message, -1, 0);
  }

  /**
   * Sends a request and waits for its acknowledgement.
   *
   * @param wanted type of a 2 or 4 byte attribute to pick from the answers that precede it
   */
  OptionalInt call(NetlinkMessage message, int wanted, int bytes) throws LinuxException {
    int fd = socket.enter();
    try {
      ByteBuffer request = message.bytes();
      long sent = FileCalls.write(fd, MemorySegment.ofBuffer(request), request.remaining());
      CLibrary.check(sent, "netlink send", familyName);
      return awaitAcknowledgement(fd, wanted, bytes);
    } finally {
      socket.exit();
    }
  }

  private OptionalInt awaitAcknowledgement(int fd, int wanted, int bytes) throws LinuxException {
    OptionalInt found = OptionalInt.empty();
    while (true) {
      long read = FileCalls.read(fd, MemorySegment.ofBuffer(answer.clear()), answer.capacity());
      if (CLibrary.interrupted(read)) {
        continue;
      }
      int end = Math.toIntExact(CLibrary.check(read, "netlink receive", familyName));
      for (int at = 0; at + MESSAGE_HEADER_BYTES <= end; at += align(answer.getInt(at))) {
        if (answer.getInt(at + 8) != sequence) {
          continue;
        }
        if (answer.getShort(at + 4) == MESSAGE_ERROR) {
          CLibrary.check(answer.getInt(at + MESSAGE_HEADER_BYTES), "netlink request", familyName);
          return found;
        }
        if (found.isEmpty() && wanted >= 0) {
          found =
              attribute(at + NetlinkMessage.HEADER_BYTES, at + answer.getInt(at), wanted, bytes);
        }
      }
    }
  }

  private OptionalInt attribute(int from, int to, int wanted, int bytes) {
    int at = from;
    while (at + 4 <= to) {
      int length = Short.toUnsignedInt(answer.getShort(at));
      if (length < 4) {
        break;
      }
      if ((answer.getShort(at + 2) & 0x3fff) == wanted) {
        return OptionalInt.of(
            bytes == 2 ? Short.toUnsignedInt(answer.getShort(at + 4)) : answer.getInt(at + 4));
      }
      at += align(length);
    }
    return OptionalInt.empty();
  }

  private static int align(int length) {
    return Math.max(4, (length + 3) & ~3);
  }

  @Override
  public void close() {
    socket.close();
  }
}
