package io.mooring.storage.nbd;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Takes the data of one handshake option apart. */
final class OptionReader {

  private final ByteBuffer data;

  /** The data is not what its option demands; the client is told and may go on. */
  static final class MalformedOptionException extends Exception {
    private static final long serialVersionUID = 1L;

    MalformedOptionException(String message) {
      super(message, null, false, false);
    }
  }

  OptionReader(ByteBuffer data) {
    this.data = data;
  }

  /** Everything that is left, as a string. */
  String rest() {
    byte[] bytes = new byte[data.remaining()];
    data.get(bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /** A string behind its 32-bit length. */
  String string() throws MalformedOptionException {
    need(Integer.BYTES);
    int length = data.getInt();
    if (length < 0 || length > Protocol.STRING_BYTES_MAX) {
      throw new MalformedOptionException("a string of the option is too long");
    }
    need(length);
    byte[] bytes = new byte[length];
    data.get(bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /** Strings behind their 32-bit number. */
  List<String> strings() throws MalformedOptionException {
    need(Integer.BYTES);
    int count = data.getInt();
    List<String> strings = new ArrayList<>();
    for (int i = 0; i != count; i++) {
      strings.add(string());
    }
    return strings;
  }

  /** 16-bit numbers behind their 16-bit number. */
  List<Integer> shorts() throws MalformedOptionException {
    need(Short.BYTES);
    int count = data.getShort() & 0xffff;
    need(count * Short.BYTES);
    List<Integer> values = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      values.add(data.getShort() & 0xffff);
    }
    return values;
  }

  void end() throws MalformedOptionException {
    if (data.hasRemaining()) {
      throw new MalformedOptionException("the option is longer than its content");
    }
  }

  private void need(int bytes) throws MalformedOptionException {
    if (data.remaining() < bytes) {
      throw new MalformedOptionException("the option is shorter than its content");
    }
  }
}
