package io.mooring.storage.engine;

import io.mooring.storage.replication.ByteRange;
import io.mooring.storage.replication.HeadMessage;
import io.mooring.storage.replication.HeadMessage.Subject;
import io.mooring.storage.replication.ReplicaId;
import io.mooring.storage.replication.RequestId;
import io.mooring.storage.replication.Sequence;
import io.mooring.storage.replication.SnapshotId;
import io.mooring.storage.replication.VolumeId;
import java.nio.BufferUnderflowException;

/** The messages of a head as frames. The bytes of a write or copy are added by the caller. */
final class HeadMessageCodec {

  /** Names no payload: on the replica's side the bytes come with the message. */
  static final RequestId IN_FRAME = new RequestId(0);

  private HeadMessageCodec() {}

  static Frame encode(HeadMessage message) {
    return switch (message) {
      case HeadMessage.Hello hello -> encode(hello);
      case HeadMessage.Write write -> change(FrameType.WRITE, write);
      case HeadMessage.Zero zero -> change(FrameType.ZERO, zero);
      case HeadMessage.Copy copy -> change(FrameType.COPY, copy);
      case HeadMessage.Flush(Sequence upTo, Sequence stable) ->
          Frame.of(FrameType.FLUSH, upTo.value(), stable.value(), 0, 0);
      case HeadMessage.SetMembership(HeadMessage.Membership membership) ->
          Frame.of(FrameType.SET, 0)
              .withPayload(new PayloadWriter().membership(membership).toBuffer());
      case HeadMessage.Settled() -> Frame.of(FrameType.SETTLED, 0);
      case HeadMessage.Query query -> encode(query);
      case HeadMessage.Digest(RequestId request, ByteRange range) ->
          asking(FrameType.DIGEST, request, range);
      case HeadMessage.Read(RequestId request, ByteRange range) ->
          asking(FrameType.READ, request, range);
      case HeadMessage.Resize(long sizeBytes) -> Frame.of(FrameType.RESIZE, sizeBytes);
      case HeadMessage.Snapshot(SnapshotId snapshot, long sizeBytes) ->
          Frame.of(FrameType.SNAPSHOT, sizeBytes)
              .withPayload(new PayloadWriter().text(snapshot.value()).toBuffer());
      case HeadMessage.Ping(Sequence stable) -> Frame.of(FrameType.PING, 0, stable.value(), 0, 0);
    };
  }

  private static Frame encode(HeadMessage.Hello hello) {
    PayloadWriter payload =
        new PayloadWriter()
            .text(hello.volume().value())
            .text(hello.replica().value())
            .promise(hello.promise())
            .membership(hello.membership());
    return Frame.of(FrameType.HELLO, hello.sizeBytes()).withPayload(payload.toBuffer());
  }

  private static Frame encode(HeadMessage.Query query) {
    return switch (query.subject()) {
      case Subject.Suspects() -> asking(FrameType.QUERY_SUSPECTS, query.request(), query.window());
      case Subject.Allocated() ->
          asking(FrameType.QUERY_ALLOCATED, query.request(), query.window());
      case Subject.Dirty(ReplicaId absent) ->
          asking(FrameType.QUERY_DIRTY, query.request(), query.window())
              .withPayload(new PayloadWriter().text(absent.value()).toBuffer());
    };
  }

  private static Frame change(FrameType type, HeadMessage.Change change) {
    return Frame.of(
        type,
        change.sequence().value(),
        change.stable().value(),
        change.range().offset(),
        change.range().length());
  }

  private static Frame asking(FrameType type, RequestId request, ByteRange range) {
    return Frame.of(type, request.value(), 0, range.offset(), range.length());
  }

  static HeadMessage decode(Frame frame) throws WireException {
    try {
      HeadMessage message = parse(frame);
      if (message instanceof HeadMessage.Write || message instanceof HeadMessage.Copy) {
        requirePayload(frame);
      }
      return message;
    } catch (IllegalArgumentException | IllegalStateException | BufferUnderflowException e) {
      throw malformed(frame, e.toString());
    }
  }

  private static HeadMessage parse(Frame frame) throws WireException {
    PayloadReader payload = new PayloadReader(frame.payload());
    RequestId request = new RequestId(frame.first());
    return switch (frame.type()) {
      case HELLO ->
          new HeadMessage.Hello(
              new VolumeId(payload.text()),
              new ReplicaId(payload.text()),
              payload.promise(),
              payload.membership(),
              frame.first());
      case WRITE -> new HeadMessage.Write(first(frame), range(frame), second(frame), IN_FRAME);
      case ZERO -> new HeadMessage.Zero(first(frame), range(frame), second(frame));
      case COPY -> new HeadMessage.Copy(first(frame), range(frame), second(frame), IN_FRAME);
      case FLUSH -> new HeadMessage.Flush(first(frame), second(frame));
      case SET -> new HeadMessage.SetMembership(payload.membership());
      case SETTLED -> new HeadMessage.Settled();
      case QUERY_SUSPECTS -> new HeadMessage.Query(request, new Subject.Suspects(), range(frame));
      case QUERY_ALLOCATED -> new HeadMessage.Query(request, new Subject.Allocated(), range(frame));
      case QUERY_DIRTY ->
          new HeadMessage.Query(
              request, new Subject.Dirty(new ReplicaId(payload.text())), range(frame));
      case DIGEST -> new HeadMessage.Digest(request, range(frame));
      case READ -> new HeadMessage.Read(request, range(frame));
      case RESIZE -> new HeadMessage.Resize(frame.first());
      case PING -> new HeadMessage.Ping(second(frame));
      case SNAPSHOT -> new HeadMessage.Snapshot(new SnapshotId(payload.text()), frame.first());
      case WELCOME,
          REFUSED,
          APPLIED,
          APPLIED_ONE,
          FLUSHED,
          BLOCKS,
          DIGESTS,
          DATA,
          RESIZED,
          PONG,
          FAILED,
          UNREADABLE,
          FROZEN,
          NOT_FROZEN ->
          throw malformed(frame, "a head does not send it");
    };
  }

  private static void requirePayload(Frame frame) throws WireException {
    if (frame.payload().remaining() != frame.length()) {
      throw malformed(frame, frame.payload().remaining() + " bytes for " + range(frame));
    }
  }

  private static WireException malformed(Frame frame, String why) {
    return new WireException(
        WireProblem.MESSAGE_MALFORMED,
        "Frame %s makes no sense: %s. Run the same release on all nodes."
            .formatted(frame.type(), why));
  }

  private static Sequence first(Frame frame) {
    return new Sequence(frame.first());
  }

  private static Sequence second(Frame frame) {
    return new Sequence(frame.second());
  }

  private static ByteRange range(Frame frame) {
    return new ByteRange(frame.offset(), frame.length());
  }
}
