package io.mooring.storage.nbd;

import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/** The client's side of the handshake: asks for everything this client can use, then GO. */
final class ClientHandshake {

  private static final int GREETING_BYTES = 2 * Long.BYTES + Short.BYTES;

  /** What the protocol promises where a server tells no block sizes. */
  private static final int REQUEST_BYTES_PROMISED = 32 << 20;

  private static final byte[] NOTHING = {};

  private final ClientInput input;
  private final WritableByteChannel output;
  private final String export;

  /** One answer of the server to an option. */
  private record Answer(int type, ByteBuffer payload) {
    boolean isError() {
      return (type & Protocol.OptionReply.ERROR_BIT) != 0;
    }
  }

  ClientHandshake(ClientInput input, WritableByteChannel output, String export) {
    this.input = input;
    this.output = output;
    this.export = export;
  }

  ServerOffer run() throws IOException {
    try {
      greet();
      boolean structured = accepts(ask(Protocol.Option.STRUCTURED_REPLY, NOTHING));
      OptionalInt context = structured ? selectAllocationContext() : OptionalInt.empty();
      return go(context);
    } catch (BufferUnderflowException e) {
      throw NbdException.violation("an option reply is shorter than its content");
    }
  }

  private void greet() throws IOException {
    ByteBuffer greeting = input.require(GREETING_BYTES);
    boolean newstyle =
        greeting.getLong() == Protocol.GREETING_MAGIC
            && greeting.getLong() == Protocol.OPTION_MAGIC;
    int flags = newstyle ? greeting.getShort() : 0;
    if ((flags & Protocol.HandshakeFlag.FIXED_NEWSTYLE) == 0) {
      throw NbdException.notNewstyle();
    }
    int echoed = flags & (Protocol.HandshakeFlag.FIXED_NEWSTYLE | Protocol.HandshakeFlag.NO_ZEROES);
    send(ByteBuffer.allocate(Integer.BYTES).putInt(echoed).flip());
  }

  private OptionalInt selectAllocationContext() throws IOException {
    byte[] name = utf8(export);
    byte[] query = utf8(Protocol.BASE_ALLOCATION);
    ByteBuffer data = ByteBuffer.allocate(3 * Integer.BYTES + name.length + query.length);
    data.putInt(name.length).put(name).putInt(1).putInt(query.length).put(query);
    for (Answer answer : ask(Protocol.Option.SET_META_CONTEXT, data.array())) {
      if (answer.type() == Protocol.OptionReply.META_CONTEXT) {
        return OptionalInt.of(answer.payload().getInt());
      }
    }
    return OptionalInt.empty();
  }

  private ServerOffer go(OptionalInt context) throws IOException {
    byte[] name = utf8(export);
    ByteBuffer data = ByteBuffer.allocate(Integer.BYTES + name.length + 2 * Short.BYTES);
    data.putInt(name.length).put(name).putShort((short) 1);
    data.putShort((short) Protocol.Info.BLOCK_SIZE);
    List<Answer> answers = ask(Protocol.Option.GO, data.array());
    if (!accepts(answers)) {
      ByteBuffer message = answers.getLast().payload();
      throw NbdException.refused(export, StandardCharsets.UTF_8.decode(message).toString());
    }
    ServerOffer offer = new ServerOffer(-1, 0, REQUEST_BYTES_PROMISED, context);
    for (Answer answer : answers) {
      if (answer.type() == Protocol.OptionReply.INFO) {
        offer = with(offer, answer.payload());
      }
    }
    if (offer.sizeBytes() < 0) {
      throw NbdException.violation("it does not tell the size of the export");
    }
    return offer;
  }

  private static ServerOffer with(ServerOffer offer, ByteBuffer info) {
    return switch (info.getShort()) {
      case Protocol.Info.EXPORT ->
          new ServerOffer(
              info.getLong(), info.getShort(), offer.requestBytesMax(), offer.allocationContext());
      case Protocol.Info.BLOCK_SIZE ->
          new ServerOffer(
              offer.sizeBytes(),
              offer.transmissionFlags(),
              atMostPromised(info.getInt(2 * Integer.BYTES + Short.BYTES)),
              offer.allocationContext());
      default -> offer;
    };
  }

  private static int atMostPromised(int unsigned) {
    return (int) Math.min(Integer.toUnsignedLong(unsigned), REQUEST_BYTES_PROMISED);
  }

  private List<Answer> ask(int option, byte[] data) throws IOException {
    ByteBuffer message = ByteBuffer.allocate(Protocol.OPTION_HEADER_BYTES + data.length);
    message.putLong(Protocol.OPTION_MAGIC).putInt(option).putInt(data.length).put(data);
    send(message.flip());
    List<Answer> answers = new ArrayList<>();
    while (true) {
      Answer answer = answer(option);
      answers.add(answer);
      if (answer.type() == Protocol.OptionReply.ACK || answer.isError()) {
        return answers;
      }
    }
  }

  private Answer answer(int option) throws IOException {
    ByteBuffer header = input.require(Protocol.OPTION_REPLY_HEADER_BYTES);
    if (header.getLong() != Protocol.OPTION_REPLY_MAGIC || header.getInt() != option) {
      throw NbdException.violation("an option reply belongs to no option");
    }
    int type = header.getInt();
    return new Answer(type, input.payload(header.getInt()));
  }

  private static boolean accepts(List<Answer> answers) {
    return answers.getLast().type() == Protocol.OptionReply.ACK;
  }

  private void send(ByteBuffer message) throws IOException {
    while (message.hasRemaining()) {
      output.write(message);
    }
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
