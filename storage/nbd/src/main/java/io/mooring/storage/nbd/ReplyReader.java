package io.mooring.storage.nbd;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.OptionalInt;

/** Reads a server's replies and ends the requests they belong to. */
final class ReplyReader {

  private final ClientInput input;
  private final Map<Long, ClientRequest> underWay;
  private final OptionalInt allocationContext;

  ReplyReader(ClientInput input, Map<Long, ClientRequest> underWay, OptionalInt allocationContext) {
    this.input = input;
    this.underWay = underWay;
    this.allocationContext = allocationContext;
  }

  /** Reads one reply, or one chunk of one. */
  void readOne() throws IOException {
    int magic = input.require(Integer.BYTES).getInt();
    switch (magic) {
      case Protocol.SIMPLE_REPLY_MAGIC -> simple();
      case Protocol.STRUCTURED_REPLY_MAGIC -> chunk();
      default -> throw NbdException.violation("a reply does not begin with its magic number");
    }
  }

  private void simple() throws IOException {
    ByteBuffer in = input.require(Protocol.SIMPLE_REPLY_BYTES - Integer.BYTES);
    NbdStatus status = NbdStatus.ofWireValue(in.getInt());
    ClientRequest request = find(in.getLong());
    if (status != NbdStatus.OK) {
      request.fail(status);
    } else if (request.header().command() == Protocol.Command.READ) {
      RequestHeader header = request.header();
      input.readFully(request.part(header.offset(), header.length()));
    }
    finish(request);
  }

  private void chunk() throws IOException {
    ByteBuffer in = input.require(Protocol.STRUCTURED_REPLY_BYTES - Integer.BYTES);
    boolean last = (in.getShort() & Protocol.Chunk.DONE) != 0;
    int type = in.getShort() & 0xffff;
    ClientRequest request = find(in.getLong());
    int length = in.getInt();
    switch (type) {
      case Protocol.Chunk.NONE -> input.payload(length);
      case Protocol.Chunk.OFFSET_DATA -> data(request, length);
      case Protocol.Chunk.OFFSET_HOLE -> hole(request, length);
      case Protocol.Chunk.BLOCK_STATUS -> blockStatus(request, length);
      default -> error(request, type, length);
    }
    if (last) {
      finish(request);
    }
  }

  private void data(ClientRequest request, int length) throws IOException {
    if (length <= Long.BYTES) {
      throw NbdException.violation("a chunk of data without data");
    }
    long offset = input.require(Long.BYTES).getLong();
    input.readFully(request.part(offset, length - Long.BYTES));
  }

  private void hole(ClientRequest request, int length) throws IOException {
    if (length != Long.BYTES + Integer.BYTES) {
      throw NbdException.violation("a hole of the wrong length");
    }
    ByteBuffer in = input.require(length);
    long offset = in.getLong();
    request.zeros(offset, Integer.toUnsignedLong(in.getInt()));
  }

  private void blockStatus(ClientRequest request, int length) throws IOException {
    ByteBuffer payload = input.payload(length);
    if (length % Long.BYTES != Integer.BYTES) {
      throw NbdException.violation("a block status of the wrong length");
    }
    if (payload.getInt() != allocationContext.orElseThrow(ReplyReader::unasked)) {
      throw unasked();
    }
    while (payload.hasRemaining()) {
      long bytes = Integer.toUnsignedLong(payload.getInt());
      if (bytes == 0) {
        throw NbdException.violation("an empty extent");
      }
      request.add(new Extent(bytes, Extent.Allocation.ofWireFlags(payload.getInt())));
    }
  }

  private void error(ClientRequest request, int type, int length) throws IOException {
    ByteBuffer payload = input.payload(length);
    if ((type & Protocol.Chunk.ERROR_BIT) == 0 || length < Integer.BYTES) {
      throw NbdException.violation("a chunk of unknown type " + type);
    }
    request.fail(NbdStatus.ofWireValue(payload.getInt()));
  }

  private ClientRequest find(long cookie) throws NbdException {
    ClientRequest request = underWay.get(cookie);
    if (request == null) {
      throw NbdException.violation("a reply belongs to no request");
    }
    return request;
  }

  private void finish(ClientRequest request) {
    underWay.remove(request.header().cookie());
    request.finish();
  }

  private static NbdException unasked() {
    return NbdException.violation("a block status that was not asked for");
  }
}
