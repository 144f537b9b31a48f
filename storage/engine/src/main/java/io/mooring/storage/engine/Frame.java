package io.mooring.storage.engine;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * One message on the wire: a fixed header, and payload for the types that have one. The layout is
 * in {@code docs/wire-format.md}.
 *
 * @param first sequence, request, generation or whatever number the type is mostly about
 * @param second stable point, or a second number
 * @param payload valid until the next frame is read from the same input
 */
record Frame(
    FrameType type,
    boolean flag,
    long first,
    long second,
    long offset,
    long length,
    ByteBuffer payload) {

  static final int MAGIC = 0x4d52_4550; // "MREP"
  static final byte VERSION = 1;
  static final int HEADER_BYTES = 56;

  /** Bitmaps of the largest volumes are the longest payloads. */
  static final int PAYLOAD_BYTES_MAX = 64 << 20;

  private static final ByteBuffer NO_PAYLOAD = ByteBuffer.allocateDirect(0);
  private static final int HEADER_CRC = 52;

  static Frame of(FrameType type, long first) {
    return new Frame(type, false, first, 0, 0, 0, NO_PAYLOAD);
  }

  static Frame of(FrameType type, long first, long second, long offset, long length) {
    return new Frame(type, false, first, second, offset, length, NO_PAYLOAD);
  }

  Frame withFlag(boolean raised) {
    return new Frame(type, raised, first, second, offset, length, payload);
  }

  Frame withPayload(ByteBuffer bytes) {
    return new Frame(type, flag, first, second, offset, length, bytes);
  }

  static int checksum(ByteBuffer payload) {
    if (!payload.hasRemaining()) {
      return 0;
    }
    CRC32C crc = new CRC32C();
    crc.update(payload.duplicate());
    return (int) crc.getValue();
  }

  /** Puts the header at the buffer's position. */
  void putHeader(ByteBuffer out, int payloadChecksum) {
    int start = out.position();
    out.putInt(MAGIC);
    out.put(VERSION).put(type.number()).put((byte) (flag ? 1 : 0)).put((byte) 0);
    out.putLong(first).putLong(second).putLong(offset).putLong(length);
    out.putInt(payload.remaining()).putInt(payloadChecksum).putInt(0);
    out.putInt(headerChecksum(out, start));
  }

  /** Length of the payload that follows the header at the buffer's position; checks the header. */
  static int payloadBytes(ByteBuffer in) throws WireException {
    int start = in.position();
    if (in.getInt(start) != MAGIC) {
      throw new WireException(
          WireProblem.NOT_THE_PROTOCOL,
          "Peer does not speak the replication protocol: a frame starts with %08x instead of %08x. Connect only volume-agents to the replication port."
              .formatted(in.getInt(start), MAGIC));
    }
    if (in.get(start + 4) != VERSION) {
      throw new WireException(
          WireProblem.VERSION_UNKNOWN,
          "Peer speaks version %d of the replication protocol, this volume-agent speaks %d. Run the same release on all nodes."
              .formatted(in.get(start + 4), VERSION));
    }
    if (in.getInt(start + HEADER_CRC) != headerChecksum(in, start)) {
      throw new WireException(
          WireProblem.HEADER_DAMAGED,
          "Frame header is damaged: its checksum does not match. Check the network and memory of both nodes.");
    }
    int bytes = in.getInt(start + 40);
    if (bytes < 0 || bytes > PAYLOAD_BYTES_MAX) {
      throw new WireException(
          WireProblem.FRAME_TOO_LONG,
          "Frame announces %d bytes of payload, at most %d are allowed. Run the same release on all nodes."
              .formatted(bytes, PAYLOAD_BYTES_MAX));
    }
    return bytes;
  }

  /** Takes header and payload, both of which are there, off the buffer. */
  static Frame take(ByteBuffer in) throws WireException {
    int start = in.position();
    FrameType type = FrameType.of(in.get(start + 5));
    if (type == null) {
      throw new WireException(
          WireProblem.MESSAGE_MALFORMED,
          "Frame has the unknown type %d. Run the same release on all nodes."
              .formatted(in.get(start + 5)));
    }
    ByteBuffer payload = in.slice(start + HEADER_BYTES, in.getInt(start + 40));
    if (checksum(payload) != in.getInt(start + 44)) {
      throw new WireException(
          WireProblem.PAYLOAD_DAMAGED,
          "Payload of a %s frame is damaged: its checksum does not match. Check the network and memory of both nodes."
              .formatted(type));
    }
    in.position(start + HEADER_BYTES + payload.limit());
    return new Frame(
        type,
        in.get(start + 6) != 0,
        in.getLong(start + 8),
        in.getLong(start + 16),
        in.getLong(start + 24),
        in.getLong(start + 32),
        payload);
  }

  private static int headerChecksum(ByteBuffer buffer, int start) {
    CRC32C crc = new CRC32C();
    crc.update(buffer.duplicate().limit(start + HEADER_CRC).position(start));
    return (int) crc.getValue();
  }
}
