package io.mooring.storage.linux;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Writes one generic netlink request: a header, a command, attributes.
 *
 * <pre>
 *  0  u32 length            16  u8 command
 *  4  u16 family            17  u8 version
 *  6  u16 flags             18  u16 reserved
 *  8  u32 sequence          20  attributes: u16 length, u16 type, payload, padded to 4
 * 12  u32 port
 * </pre>
 */
final class NetlinkMessage {
  static final int HEADER_BYTES = 20;
  private static final int BYTES_MAX = 1024;
  private static final short FLAGS_REQUEST_ACK = 0x1 | 0x4;
  private static final int NESTED = 0x8000;

  private final ByteBuffer buffer =
      ByteBuffer.allocateDirect(BYTES_MAX).order(ByteOrder.nativeOrder());

  NetlinkMessage(int family, int command, int sequence) {
    buffer.putInt(0).putShort((short) family).putShort(FLAGS_REQUEST_ACK);
    buffer.putInt(sequence).putInt(0);
    buffer.put((byte) command).put((byte) 1).putShort((short) 0);
  }

  NetlinkMessage text(int type, String value) {
    byte[] bytes = value.getBytes(UTF_8);
    buffer.putShort((short) (4 + bytes.length + 1)).putShort((short) type);
    buffer.put(bytes).put((byte) 0);
    return pad();
  }

  NetlinkMessage number32(int type, int value) {
    buffer.putShort((short) 8).putShort((short) type).putInt(value);
    return this;
  }

  NetlinkMessage number64(int type, long value) {
    buffer.putShort((short) 12).putShort((short) type).putLong(value);
    return this;
  }

  /** Opens a nested attribute; the result goes to {@link #end}. */
  int begin(int type) {
    int at = buffer.position();
    buffer.putShort((short) 0).putShort((short) (type | NESTED));
    return at;
  }

  NetlinkMessage end(int at) {
    buffer.putShort(at, (short) (buffer.position() - at));
    return this;
  }

  /** The finished message, ready to be sent. */
  ByteBuffer bytes() {
    buffer.putInt(0, buffer.position());
    return buffer.flip();
  }

  private NetlinkMessage pad() {
    while (buffer.position() % 4 != 0) {
      buffer.put((byte) 0);
    }
    return this;
  }
}
