package io.mooring.storage.linux;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/**
 * The client's half of NBD's fixed newstyle negotiation on a raw descriptor: the kernel takes a
 * socket only when transmission has begun, and it negotiates nothing by itself.
 */
final class NbdHandshake {
  private static final long MAGIC = 0x4e42444d41474943L;
  private static final long OPTION_MAGIC = 0x49484156454f5054L;
  private static final int CLIENT_FIXED_NEWSTYLE_NO_ZEROES = 3;
  private static final int OPTION_GO = 7;
  private static final int REPLY_ACK = 1;
  private static final int REPLY_INFO = 3;
  private static final int INFO_EXPORT = 0;
  private static final int REPLY_BYTES_MAX = 4096;

  /**
   * A socket in transmission phase.
   *
   * @param sizeBytes size of the export
   * @param flags transmission flags of the export
   */
  record Negotiated(Descriptor socket, long sizeBytes, int flags) {}

  private final Descriptor socket;
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(REPLY_BYTES_MAX);
  private long sizeBytes = -1;
  private int flags;

  private NbdHandshake(Descriptor socket) {
    this.socket = socket;
  }

  /** Connects to a server on a unix socket and asks for an export. */
  static Negotiated go(Path server, String export) throws LinuxException {
    Descriptor socket = ClientSockets.connectUnix(server);
    try {
      NbdHandshake handshake = new NbdHandshake(socket);
      handshake.greet();
      handshake.askFor(export);
      return new Negotiated(socket, handshake.sizeBytes, handshake.flags);
    } catch (LinuxException e) {
      socket.close();
      throw e;
    }
  }

  private void greet() throws LinuxException {
    ByteBuffer greeting = receive(18);
    if (greeting.getLong() != MAGIC || greeting.getLong() != OPTION_MAGIC) {
      throw new LinuxException("nbd greeting", socket.subject(), Errno.EINVAL);
    }
    send(buffer.clear().putInt(CLIENT_FIXED_NEWSTYLE_NO_ZEROES).flip());
  }

  private void askFor(String export) throws LinuxException {
    byte[] name = export.getBytes(UTF_8);
    buffer.clear().putLong(OPTION_MAGIC).putInt(OPTION_GO).putInt(4 + name.length + 2);
    buffer.putInt(name.length).put(name).putShort((short) 0);
    send(buffer.flip());
    while (true) {
      ByteBuffer reply = receive(20);
      reply.position(12);
      int type = reply.getInt();
      int length = reply.getInt();
      if (length < 0 || length > REPLY_BYTES_MAX) {
        throw new LinuxException("nbd reply", socket.subject(), Errno.EINVAL);
      }
      ByteBuffer payload = receive(length);
      if (type == REPLY_ACK) {
        break;
      }
      if (type < 0) {
        throw new LinuxException("nbd export " + export, socket.subject(), Errno.ENOENT);
      }
      if (type == REPLY_INFO && length >= 12 && payload.getShort() == INFO_EXPORT) {
        sizeBytes = payload.getLong();
        flags = Short.toUnsignedInt(payload.getShort());
      }
    }
    if (sizeBytes < 0) {
      throw new LinuxException("nbd export size", socket.subject(), Errno.EINVAL);
    }
  }

  private ByteBuffer receive(int bytes) throws LinuxException {
    buffer.clear().limit(bytes);
    transfer("read", true);
    return buffer.flip();
  }

  private void send(ByteBuffer bytes) throws LinuxException {
    transfer("write", false);
    bytes.clear();
  }

  /** Moves everything between position and limit. */
  private void transfer(String operation, boolean read) throws LinuxException {
    int fd = socket.enter();
    try {
      while (buffer.hasRemaining()) {
        MemorySegment segment = MemorySegment.ofBuffer(buffer);
        long moved =
            read
                ? FileCalls.read(fd, segment, buffer.remaining())
                : FileCalls.write(fd, segment, buffer.remaining());
        if (CLibrary.interrupted(moved)) {
          continue;
        }
        if (CLibrary.check(moved, operation, socket) == 0) {
          throw new LinuxException(operation, socket.subject(), Errno.ECONNRESET);
        }
        buffer.position(buffer.position() + (int) moved);
      }
    } finally {
      socket.exit();
    }
  }
}
