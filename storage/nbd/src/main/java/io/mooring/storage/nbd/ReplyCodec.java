package io.mooring.storage.nbd;

import java.nio.ByteBuffer;
import java.util.List;

/** Writes the replies of the transmission phase. */
final class ReplyCodec {

  /** The metadata context {@code base:allocation} has this number on every connection. */
  static final int ALLOCATION_CONTEXT = 1;

  private static final int OFFSET_BYTES = 8;
  private static final int EXTENT_BYTES = 8;

  private ReplyCodec() {}

  /** Bytes in front of the data of a successful read. */
  static int readHeaderBytes(boolean structured) {
    return structured
        ? Protocol.STRUCTURED_REPLY_BYTES + OFFSET_BYTES
        : Protocol.SIMPLE_REPLY_BYTES;
  }

  static void simple(ByteBuffer out, long cookie, NbdStatus result) {
    out.putInt(Protocol.SIMPLE_REPLY_MAGIC).putInt(result.wireValue()).putLong(cookie);
  }

  /** The header of a read that is answered by a single chunk. */
  static void dataChunk(ByteBuffer out, long cookie, long offset, int length) {
    chunk(out, Protocol.Chunk.OFFSET_DATA, cookie, OFFSET_BYTES + length);
    out.putLong(offset);
  }

  static void emptyChunk(ByteBuffer out, long cookie) {
    chunk(out, Protocol.Chunk.NONE, cookie, 0);
  }

  static void errorChunk(ByteBuffer out, long cookie, NbdStatus error) {
    chunk(out, Protocol.Chunk.ERROR, cookie, Integer.BYTES + Short.BYTES);
    out.putInt(error.wireValue()).putShort((short) 0);
  }

  static int errorChunkBytes() {
    return Protocol.STRUCTURED_REPLY_BYTES + Integer.BYTES + Short.BYTES;
  }

  /** The answer to BLOCK_STATUS, ready to send. */
  static ByteBuffer blockStatus(long cookie, List<Extent> extents) {
    int payload = Integer.BYTES + EXTENT_BYTES * extents.size();
    ByteBuffer out = ByteBuffer.allocate(Protocol.STRUCTURED_REPLY_BYTES + payload);
    chunk(out, Protocol.Chunk.BLOCK_STATUS, cookie, payload);
    out.putInt(ALLOCATION_CONTEXT);
    for (Extent extent : extents) {
      out.putInt((int) extent.lengthBytes()).putInt(extent.allocation().wireFlags());
    }
    return out.flip();
  }

  private static void chunk(ByteBuffer out, int type, long cookie, int payloadBytes) {
    out.putInt(Protocol.STRUCTURED_REPLY_MAGIC)
        .putShort((short) Protocol.Chunk.DONE)
        .putShort((short) type)
        .putLong(cookie)
        .putInt(payloadBytes);
  }
}
