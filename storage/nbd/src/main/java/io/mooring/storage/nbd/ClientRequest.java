package io.mooring.storage.nbd;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A request that a client has sent and whose reply comes in one or more parts. */
final class ClientRequest {

  private final RequestHeader header;

  /** What a read fills; its position is where the range begins. */
  private final @Nullable ByteBuffer target;

  private final CompletableFuture<List<Extent>> future = new CompletableFuture<>();
  private final List<Extent> extents = new ArrayList<>();
  private NbdStatus status = NbdStatus.OK;
  private long bytesRead;

  ClientRequest(RequestHeader header, @Nullable ByteBuffer target) {
    this.header = header;
    this.target = target;
  }

  RequestHeader header() {
    return header;
  }

  CompletableFuture<List<Extent>> future() {
    return future;
  }

  /** The place of a part of the read, which counts as filled. */
  ByteBuffer part(long offset, long length) throws NbdException {
    long start = offset - header.offset();
    if (target == null || start < 0 || length < 0 || start + length > header.length()) {
      throw NbdException.violation("a chunk of data outside its request");
    }
    bytesRead += length;
    return target.slice(target.position() + (int) start, (int) length);
  }

  void zeros(long offset, long length) throws NbdException {
    ByteBuffer part = part(offset, length);
    while (part.remaining() >= Long.BYTES) {
      part.putLong(0);
    }
    while (part.hasRemaining()) {
      part.put((byte) 0);
    }
  }

  void add(Extent extent) {
    extents.add(extent);
  }

  void fail(NbdStatus reason) {
    status = reason == NbdStatus.OK ? NbdStatus.EIO : reason;
  }

  /** The last part has come. */
  void finish() {
    if (status != NbdStatus.OK) {
      future.completeExceptionally(NbdException.failed(describe(), status));
    } else if (target != null && bytesRead != header.length()) {
      future.completeExceptionally(NbdException.violation("a read with too little data"));
    } else {
      if (target != null) {
        target.position(target.position() + (int) header.length());
      }
      future.complete(List.copyOf(extents));
    }
  }

  private String describe() {
    String command =
        switch (header.command()) {
          case Protocol.Command.READ -> "a read";
          case Protocol.Command.WRITE -> "a write";
          case Protocol.Command.FLUSH -> "a flush";
          case Protocol.Command.TRIM -> "a trim";
          case Protocol.Command.WRITE_ZEROES -> "a write of zeros";
          default -> "a block status request";
        };
    return "%s at %d, %d bytes,".formatted(command, header.offset(), header.length());
  }
}
