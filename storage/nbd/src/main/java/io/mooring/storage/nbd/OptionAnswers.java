package io.mooring.storage.nbd;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Writes the server's side of the handshake. */
final class OptionAnswers {

  private static final byte[] NOTHING = {};

  private final ReplyOutput output;

  OptionAnswers(ReplyOutput output) {
    this.output = output;
  }

  void greeting() {
    ByteBuffer message = ByteBuffer.allocate(2 * Long.BYTES + Short.BYTES);
    message.putLong(Protocol.GREETING_MAGIC).putLong(Protocol.OPTION_MAGIC);
    message.putShort(
        (short) (Protocol.HandshakeFlag.FIXED_NEWSTYLE | Protocol.HandshakeFlag.NO_ZEROES));
    output.copy(message.flip());
  }

  /** The answer to EXPORT_NAME, the only one without a header. */
  void exportName(long sizeBytes, int transmissionFlags, boolean padded) {
    int padding = padded ? Protocol.EXPORT_NAME_PADDING_BYTES : 0;
    ByteBuffer message = ByteBuffer.allocate(Long.BYTES + Short.BYTES + padding);
    message.putLong(sizeBytes).putShort((short) transmissionFlags);
    output.copy(message.clear());
  }

  void acknowledge(int option) {
    answer(option, Protocol.OptionReply.ACK, NOTHING);
  }

  void error(int option, int type, String message) {
    answer(option, type, utf8(message));
  }

  void listed(int option, NbdExport export) {
    byte[] name = utf8(export.name());
    byte[] description = utf8(export.description());
    ByteBuffer payload = ByteBuffer.allocate(Integer.BYTES + name.length + description.length);
    payload.putInt(name.length).put(name).put(description);
    answer(option, Protocol.OptionReply.SERVER, payload.array());
  }

  void exportInfo(int option, long sizeBytes, int transmissionFlags) {
    ByteBuffer payload = info(Protocol.Info.EXPORT, Long.BYTES + Short.BYTES);
    payload.putLong(sizeBytes).putShort((short) transmissionFlags);
    answer(option, Protocol.OptionReply.INFO, payload.array());
  }

  void textInfo(int option, int kind, String text) {
    byte[] bytes = utf8(text);
    answer(option, Protocol.OptionReply.INFO, info(kind, bytes.length).put(bytes).array());
  }

  void blockSizeInfo(int option, int minimum, int preferred, int maximum) {
    ByteBuffer payload = info(Protocol.Info.BLOCK_SIZE, 3 * Integer.BYTES);
    payload.putInt(minimum).putInt(preferred).putInt(maximum);
    answer(option, Protocol.OptionReply.INFO, payload.array());
  }

  void metaContext(int option, int id, String name) {
    byte[] bytes = utf8(name);
    ByteBuffer payload = ByteBuffer.allocate(Integer.BYTES + bytes.length).putInt(id).put(bytes);
    answer(option, Protocol.OptionReply.META_CONTEXT, payload.array());
  }

  private void answer(int option, int type, byte[] payload) {
    ByteBuffer message = ByteBuffer.allocate(Protocol.OPTION_REPLY_HEADER_BYTES + payload.length);
    message.putLong(Protocol.OPTION_REPLY_MAGIC).putInt(option).putInt(type);
    message.putInt(payload.length).put(payload);
    output.copy(message.flip());
  }

  private static ByteBuffer info(int kind, int bytes) {
    return ByteBuffer.allocate(Short.BYTES + bytes).putShort((short) kind);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
