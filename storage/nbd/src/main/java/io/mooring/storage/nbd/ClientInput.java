package io.mooring.storage.nbd;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;

/** The bytes a server sends, read by one thread that may block. */
final class ClientInput {

  private static final int BUFFER_BYTES = 64 << 10;

  private final ReadableByteChannel channel;
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES).limit(0);

  ClientInput(ReadableByteChannel channel) {
    this.channel = channel;
  }

  /** The returned buffer has at least {@code bytes} remaining, at most 64 KiB. */
  ByteBuffer require(int bytes) throws IOException {
    while (buffer.remaining() < bytes) {
      buffer.compact();
      int read = channel.read(buffer);
      buffer.flip();
      if (read < 0) {
        throw new EOFException("the server closed the connection");
      }
    }
    return buffer;
  }

  /** Fills {@code target}, without a copy in between for what has not arrived yet. */
  void readFully(ByteBuffer target) throws IOException {
    int buffered = Math.min(buffer.remaining(), target.remaining());
    target.put(buffer.slice(buffer.position(), buffered));
    buffer.position(buffer.position() + buffered);
    while (target.hasRemaining()) {
      if (channel.read(target) < 0) {
        throw new EOFException("the server closed the connection");
      }
    }
  }

  /** A payload of a message; {@code bytes} is what the server claims. */
  ByteBuffer payload(int bytes) throws IOException {
    if (bytes < 0 || bytes > BUFFER_BYTES) {
      throw NbdException.violation("a message of " + Integer.toUnsignedString(bytes) + " bytes");
    }
    ByteBuffer payload = ByteBuffer.allocate(bytes);
    readFully(payload);
    return payload.flip();
  }
}
