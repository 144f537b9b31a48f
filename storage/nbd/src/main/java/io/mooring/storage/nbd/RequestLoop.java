package io.mooring.storage.nbd;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The transmission phase of one connection: reads requests and hands them to the device. */
final class RequestLoop {

  /** More extents than this per answer help no client: it asks again for the rest. */
  private static final int EXTENTS_MAX = 4096;

  /** Pieces of a long write end at a multiple of this, and are not much smaller than they could. */
  private static final int PIECE_ALIGNMENT_BYTES = 4096;

  private static final int PIECE_BYTES_MIN = 64 << 10;

  /** Replies leave together, but no more of them than stay in the processor's cache meanwhile. */
  private static final int QUEUED_REPLY_BYTES_MAX = 256 << 10;

  private final ConnectionInput input;
  private final ReplyOutput output;
  private final NbdServerLimits limits;
  private final NegotiatedExport negotiated;
  private final BlockDevice device;
  private final boolean readOnly;
  private final ExportCounters counters;
  private final InFlight inFlight;
  private final Replies replies;

  RequestLoop(
      ConnectionInput input,
      ReplyOutput output,
      BufferPool pool,
      NbdServerLimits limits,
      NegotiatedExport negotiated) {
    this.input = input;
    this.output = output;
    this.limits = limits;
    this.negotiated = negotiated;
    this.device = negotiated.published().export().device();
    this.readOnly = negotiated.published().export().readOnly();
    this.counters = negotiated.published().counters();
    this.inFlight = new InFlight(limits.inFlightBytesMax());
    this.replies =
        new Replies(output, input, inFlight, pool, counters, negotiated.structuredReplies());
  }

  /** Serves until the client disconnects; leaves by exception in every case. */
  void run() throws DisconnectException, IOException {
    input.beforeWaiting(device::inputIdle);
    while (true) {
      if (!hasRoom()) {
        input.awaitCompletions(this::hasRoom);
      }
      RequestHeader request = RequestHeader.decode(input.requireStart(Protocol.REQUEST_BYTES));
      handle(request);
      if (output.queuedBytes() >= QUEUED_REPLY_BYTES_MAX) {
        output.flush();
      }
    }
  }

  private boolean hasRoom() {
    return inFlight.hasRoom(output.queuedBytes());
  }

  private void handle(RequestHeader request) throws DisconnectException, IOException {
    switch (request.command()) {
      case Protocol.Command.READ -> read(request);
      case Protocol.Command.WRITE -> write(request);
      case Protocol.Command.DISCONNECT -> disconnect();
      case Protocol.Command.FLUSH -> flush(request);
      case Protocol.Command.TRIM -> trim(request);
      case Protocol.Command.WRITE_ZEROES -> zero(request);
      case Protocol.Command.BLOCK_STATUS -> blockStatus(request);
      default -> replies.answer(request, NbdStatus.EINVAL);
    }
  }

  private void read(RequestHeader request) {
    int allowedFlags =
        Protocol.CommandFlag.FUA | (negotiated.structuredReplies() ? Protocol.CommandFlag.DF : 0);
    if (!request.hasOnly(allowedFlags)
        || request.length() > limits.requestBytesMax()
        || !request.endsWithin(device.sizeBytes())) {
      replies.answer(request, NbdStatus.EINVAL);
    } else if (request.length() == 0) {
      replies.answer(request, NbdStatus.OK);
    } else {
      counters.read(request.length());
      PendingReply reply =
          replies.beginRead(request.cookie(), request.offset(), (int) request.length());
      device.read(request.offset(), reply.buffer(), reply);
    }
  }

  private void write(RequestHeader request) throws DisconnectException, IOException {
    if (request.length() > limits.requestBytesMax()) {
      throw new DisconnectException(DisconnectReason.REQUEST_TOO_LONG);
    }
    NbdStatus verdict = checkChange(request, Protocol.CommandFlag.FUA, NbdStatus.ENOSPC);
    if (verdict != NbdStatus.OK || request.length() == 0) {
      input.skip(request.length());
      replies.answer(request, verdict);
      return;
    }
    counters.write(request.length());
    int length = (int) request.length();
    PendingReply reply = replies.begin(request.cookie(), length);
    boolean fua = request.has(Protocol.CommandFlag.FUA);
    if (length <= ConnectionInput.PIECE_BYTES_MAX) {
      writePiece(request.offset(), length, fua, reply);
    } else {
      writeInPieces(request.offset(), length, new SplitWrite(device, fua, reply));
    }
  }

  private void writeInPieces(long offset, int length, SplitWrite write)
      throws DisconnectException, IOException {
    for (int done = 0; done < length; ) {
      int piece = pieceBytes(offset + done, length - done);
      writePiece(offset + done, piece, false, write.piece());
      done += piece;
    }
    write.allHandedOver();
  }

  /** What has arrived already, unless it is little: the less waits in the buffer, the better. */
  private int pieceBytes(long offset, int left) {
    int here = (int) (((offset + input.available()) & -PIECE_ALIGNMENT_BYTES) - offset);
    return Math.min(left, here >= PIECE_BYTES_MIN ? here : ConnectionInput.PIECE_BYTES_MAX);
  }

  private void writePiece(long offset, int length, boolean fua, Completion completion)
      throws DisconnectException, IOException {
    ByteBuffer in = input.require(length);
    ByteBuffer data = in.slice(in.position(), length);
    in.position(in.position() + length);
    device.write(offset, data, fua, completion);
  }

  private void flush(RequestHeader request) {
    if (!request.hasOnly(Protocol.CommandFlag.FUA)
        || request.offset() != 0
        || request.length() != 0) {
      replies.answer(request, NbdStatus.EINVAL);
      return;
    }
    counters.flush();
    device.flush(replies.begin(request.cookie(), 0));
  }

  private void trim(RequestHeader request) {
    NbdStatus verdict = checkChange(request, Protocol.CommandFlag.FUA, NbdStatus.EINVAL);
    if (verdict != NbdStatus.OK || request.length() == 0) {
      replies.answer(request, verdict);
      return;
    }
    counters.trim();
    device.trim(
        request.offset(),
        request.length(),
        request.has(Protocol.CommandFlag.FUA),
        replies.begin(request.cookie(), 0));
  }

  private void zero(RequestHeader request) {
    int allowedFlags = Protocol.CommandFlag.FUA | Protocol.CommandFlag.NO_HOLE;
    NbdStatus verdict = checkChange(request, allowedFlags, NbdStatus.ENOSPC);
    if (verdict != NbdStatus.OK || request.length() == 0) {
      replies.answer(request, verdict);
      return;
    }
    counters.trim();
    device.zero(
        request.offset(),
        request.length(),
        !request.has(Protocol.CommandFlag.NO_HOLE),
        request.has(Protocol.CommandFlag.FUA),
        replies.begin(request.cookie(), 0));
  }

  private NbdStatus checkChange(RequestHeader request, int allowedFlags, NbdStatus beyondEnd) {
    if (readOnly) {
      return NbdStatus.EPERM;
    }
    if (!request.hasOnly(allowedFlags)) {
      return NbdStatus.EINVAL;
    }
    return request.endsWithin(device.sizeBytes()) ? NbdStatus.OK : beyondEnd;
  }

  private void blockStatus(RequestHeader request) {
    if (!negotiated.allocationContext()
        || !request.hasOnly(Protocol.CommandFlag.FUA | Protocol.CommandFlag.REQ_ONE)
        || request.length() == 0
        || !request.endsWithin(device.sizeBytes())) {
      replies.answer(request, NbdStatus.EINVAL);
      return;
    }
    int extentsMax = request.has(Protocol.CommandFlag.REQ_ONE) ? 1 : EXTENTS_MAX;
    try {
      List<Extent> extents = device.blockStatus(request.offset(), request.length(), extentsMax);
      replies.answer(
          ReplyCodec.blockStatus(request.cookie(), cut(extents, request.length(), extentsMax)));
    } catch (IOException e) {
      replies.answer(request, NbdStatus.EIO);
    }
  }

  private static List<Extent> cut(List<Extent> extents, long length, int extentsMax) {
    List<Extent> fitting = new ArrayList<>(Math.min(extents.size(), extentsMax));
    long left = length;
    for (Extent extent : extents) {
      if (left == 0 || fitting.size() == extentsMax) {
        break;
      }
      long bytes = Math.min(left, extent.lengthBytes());
      fitting.add(new Extent(bytes, extent.allocation()));
      left -= bytes;
    }
    if (fitting.isEmpty()) {
      throw new IllegalStateException("the device reported no extent");
    }
    return fitting;
  }

  /** The client sends nothing more; what it has asked for is finished first. */
  private void disconnect() throws DisconnectException, IOException {
    input.setDeadline(
        TimeUnit.NANOSECONDS.convert(limits.drainTimeout()), DisconnectReason.CLIENT_LEFT);
    input.awaitCompletions(() -> inFlight.none() && output.queuedBytes() == 0);
    throw new DisconnectException(DisconnectReason.CLIENT_LEFT);
  }
}
