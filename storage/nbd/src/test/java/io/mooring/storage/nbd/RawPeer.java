package io.mooring.storage.nbd;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** The other end of a connection, byte by byte: what is sent and expected is written in hex. */
final class RawPeer implements AutoCloseable {

  /** The server's first words. */
  static final String GREETING = "4e42444d41474943 49484156454f5054 0003";

  /** A client that wants fixed newstyle and no padding. */
  static final String CLIENT_FLAGS = "00000003";

  private static final String OPTION_MAGIC = "49484156454f5054";
  private static final String OPTION_REPLY_MAGIC = "0003e889045565a9";

  private final SocketChannel channel;
  private final DataInputStream in;

  private RawPeer(SocketChannel channel) {
    this.channel = channel;
    this.in = new DataInputStream(Channels.newInputStream(channel));
  }

  static RawPeer connect(SocketAddress address) throws IOException {
    return new RawPeer(SocketChannel.open(address));
  }

  static String hex(String text) {
    return HexFormat.of().formatHex(text.getBytes(StandardCharsets.UTF_8));
  }

  static String hex(int value) {
    return HexFormat.of().toHexDigits(value);
  }

  static String hex(long value) {
    return HexFormat.of().toHexDigits(value);
  }

  /** The data of INFO and GO for an export, asking for the block size. */
  static String infoData(String export) {
    return hex(export.length()) + hex(export) + "0001 0003";
  }

  /** The data of the meta context options. */
  static String contextData(String export, String query) {
    return hex(export.length()) + hex(export) + "00000001" + hex(query.length()) + hex(query);
  }

  void send(String hex) throws IOException {
    send(bytes(hex));
  }

  void send(byte[] bytes) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
  }

  void sendOption(int option, String data) throws IOException {
    send(OPTION_MAGIC + hex(option) + hex(bytes(data).length) + data);
  }

  void sendRequest(int flags, int command, long cookie, long offset, int length)
      throws IOException {
    ByteBuffer request = ByteBuffer.allocate(Protocol.REQUEST_BYTES);
    new RequestHeader(flags, command, cookie, offset, Integer.toUnsignedLong(length))
        .encode(request);
    send(request.array());
  }

  void expect(String hex) throws IOException {
    byte[] expected = bytes(hex);
    assertThat(HexFormat.of().formatHex(receive(expected.length)))
        .isEqualTo(HexFormat.of().formatHex(expected));
  }

  void expectOptionReply(int option, int type, String data) throws IOException {
    expect(OPTION_REPLY_MAGIC + hex(option) + hex(type) + hex(bytes(data).length) + data);
  }

  /** An error reply, with whatever message for people. */
  void expectOptionError(int option, int type) throws IOException {
    expect(OPTION_REPLY_MAGIC + hex(option) + hex(type));
    receive(ByteBuffer.wrap(receive(Integer.BYTES)).getInt());
  }

  void expectSimpleReply(long cookie, NbdStatus status) throws IOException {
    expect("67446698" + hex(status.wireValue()) + hex(cookie));
  }

  byte[] receive(int count) throws IOException {
    return in.readNBytes(count);
  }

  void expectEnd() throws IOException {
    assertThat(in.read()).isEqualTo(-1);
  }

  /** Greeting and client flags. */
  void greet() throws IOException {
    expect(GREETING);
    send(CLIENT_FLAGS);
  }

  void negotiateStructuredReplies() throws IOException {
    sendOption(Protocol.Option.STRUCTURED_REPLY, "");
    expectOptionReply(Protocol.Option.STRUCTURED_REPLY, Protocol.OptionReply.ACK, "");
  }

  /** The whole handshake, up to the first request. */
  RawPeer open(String export) throws IOException {
    greet();
    go(export);
    return this;
  }

  void go(String export) throws IOException {
    sendOption(Protocol.Option.GO, hex(export.length()) + hex(export) + "0000");
    expect(OPTION_REPLY_MAGIC + hex(Protocol.Option.GO) + hex(Protocol.OptionReply.INFO));
    receive(ByteBuffer.wrap(receive(Integer.BYTES)).getInt());
    expectOptionReply(Protocol.Option.GO, Protocol.OptionReply.ACK, "");
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }

  private static byte[] bytes(String hex) {
    return HexFormat.of().parseHex(hex.replace(" ", ""));
  }
}
