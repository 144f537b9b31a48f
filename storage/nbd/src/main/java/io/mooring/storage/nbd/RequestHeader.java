package io.mooring.storage.nbd;

import java.nio.ByteBuffer;

/**
 * A request of the transmission phase, without payload.
 *
 * @param length unsigned 32 bits on the wire
 */
record RequestHeader(int flags, int command, long cookie, long offset, long length) {

  private static final long UNSIGNED_INT = 0xffff_ffffL;
  private static final int UNSIGNED_SHORT = 0xffff;

  /** Reads one header; the caller has made sure that it is all there. */
  static RequestHeader decode(ByteBuffer in) throws DisconnectException {
    if (in.getInt() != Protocol.REQUEST_MAGIC) {
      throw new DisconnectException(DisconnectReason.BAD_REQUEST_MAGIC);
    }
    int flags = in.getShort() & UNSIGNED_SHORT;
    int command = in.getShort() & UNSIGNED_SHORT;
    long cookie = in.getLong();
    long offset = in.getLong();
    return new RequestHeader(flags, command, cookie, offset, in.getInt() & UNSIGNED_INT);
  }

  void encode(ByteBuffer out) {
    out.putInt(Protocol.REQUEST_MAGIC)
        .putShort((short) flags)
        .putShort((short) command)
        .putLong(cookie)
        .putLong(offset)
        .putInt((int) length);
  }

  boolean has(int flag) {
    return (flags & flag) != 0;
  }

  /** Whether only flags out of {@code allowed} are set. */
  boolean hasOnly(int allowed) {
    return (flags & ~allowed) == 0;
  }

  /** Whether the range ends within {@code sizeBytes}; offsets beyond 2^63 count as outside. */
  boolean endsWithin(long sizeBytes) {
    return offset >= 0 && offset <= sizeBytes && length <= sizeBytes - offset;
  }
}
