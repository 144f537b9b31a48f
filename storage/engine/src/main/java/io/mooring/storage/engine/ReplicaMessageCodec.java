package io.mooring.storage.engine;

import io.mooring.storage.replication.BlockSet;
import io.mooring.storage.replication.Generation;
import io.mooring.storage.replication.Promise;
import io.mooring.storage.replication.ReplicaMessage;
import io.mooring.storage.replication.RequestId;
import io.mooring.storage.replication.Sequence;
import io.mooring.storage.replication.SnapshotId;
import java.nio.BufferUnderflowException;

/**
 * The messages of a replica as frames. The bytes of data that is not zero are added by the caller.
 */
final class ReplicaMessageCodec {

  private ReplicaMessageCodec() {}

  static Frame encode(ReplicaMessage message) {
    return switch (message) {
      case ReplicaMessage.Welcome(Generation generation, boolean lossy, boolean unreadable) ->
          Frame.of(FrameType.WELCOME, generation.value(), unreadable ? 1 : 0, 0, 0).withFlag(lossy);
      case ReplicaMessage.Refused(Promise promised) ->
          Frame.of(FrameType.REFUSED, promised.epoch().value(), promised.session().value(), 0, 0);
      case ReplicaMessage.Applied(Sequence upTo) -> Frame.of(FrameType.APPLIED, upTo.value());
      case ReplicaMessage.AppliedOne(Sequence sequence) ->
          Frame.of(FrameType.APPLIED_ONE, sequence.value());
      case ReplicaMessage.Flushed(Sequence upTo) -> Frame.of(FrameType.FLUSHED, upTo.value());
      case ReplicaMessage.Blocks(RequestId request, BlockSet blocks, boolean exact) ->
          Frame.of(FrameType.BLOCKS, request.value())
              .withFlag(exact)
              .withPayload(new PayloadWriter().blocks(blocks).toBuffer());
      case ReplicaMessage.Digests digests ->
          Frame.of(FrameType.DIGESTS, digests.request().value())
              .withPayload(new PayloadWriter().numbers(digests.digests()).toBuffer());
      case ReplicaMessage.Data(RequestId request, boolean zeros) ->
          Frame.of(FrameType.DATA, request.value()).withFlag(zeros);
      case ReplicaMessage.Resized(long sizeBytes) -> Frame.of(FrameType.RESIZED, sizeBytes);
      case ReplicaMessage.Pong(Sequence stable) ->
          Frame.of(FrameType.PONG, 0, stable.value(), 0, 0);
      case ReplicaMessage.Unreadable(RequestId request, String reason) ->
          Frame.of(FrameType.UNREADABLE, request.value())
              .withPayload(new PayloadWriter().text(reason).toBuffer());
      case ReplicaMessage.Frozen(SnapshotId snapshot) ->
          Frame.of(FrameType.FROZEN, 0)
              .withPayload(new PayloadWriter().text(snapshot.value()).toBuffer());
      case ReplicaMessage.NotFrozen(SnapshotId snapshot, String reason) ->
          Frame.of(FrameType.NOT_FROZEN, 0)
              .withPayload(new PayloadWriter().text(snapshot.value()).text(reason).toBuffer());
      case ReplicaMessage.Failed(String reason) ->
          Frame.of(FrameType.FAILED, 0).withPayload(new PayloadWriter().text(reason).toBuffer());
    };
  }

  static ReplicaMessage decode(Frame frame) throws WireException {
    try {
      return parse(frame);
    } catch (IllegalArgumentException | IllegalStateException | BufferUnderflowException e) {
      throw malformed(frame, e.toString());
    }
  }

  private static ReplicaMessage parse(Frame frame) throws WireException {
    PayloadReader payload = new PayloadReader(frame.payload());
    RequestId request = new RequestId(frame.first());
    return switch (frame.type()) {
      case WELCOME ->
          new ReplicaMessage.Welcome(
              new Generation(frame.first()), frame.flag(), frame.second() != 0);
      case REFUSED -> new ReplicaMessage.Refused(Promise.of(frame.first(), frame.second()));
      case APPLIED -> new ReplicaMessage.Applied(new Sequence(frame.first()));
      case APPLIED_ONE -> new ReplicaMessage.AppliedOne(new Sequence(frame.first()));
      case FLUSHED -> new ReplicaMessage.Flushed(new Sequence(frame.first()));
      case BLOCKS -> new ReplicaMessage.Blocks(request, payload.blocks(), frame.flag());
      case DIGESTS -> new ReplicaMessage.Digests(request, payload.numbers());
      case DATA -> new ReplicaMessage.Data(request, frame.flag());
      case RESIZED -> new ReplicaMessage.Resized(frame.first());
      case PONG -> new ReplicaMessage.Pong(new Sequence(frame.second()));
      case FAILED -> new ReplicaMessage.Failed(payload.text());
      case UNREADABLE -> new ReplicaMessage.Unreadable(request, payload.text());
      case FROZEN -> new ReplicaMessage.Frozen(new SnapshotId(payload.text()));
      case NOT_FROZEN ->
          new ReplicaMessage.NotFrozen(new SnapshotId(payload.text()), payload.text());
      case HELLO,
          WRITE,
          ZERO,
          COPY,
          FLUSH,
          SET,
          SETTLED,
          QUERY_SUSPECTS,
          QUERY_DIRTY,
          QUERY_ALLOCATED,
          DIGEST,
          READ,
          RESIZE,
          PING,
          SNAPSHOT ->
          throw malformed(frame, "a replica does not send it");
    };
  }

  private static WireException malformed(Frame frame, String why) {
    return new WireException(
        WireProblem.MESSAGE_MALFORMED,
        "Frame %s makes no sense: %s. Run the same release on all nodes."
            .formatted(frame.type(), why));
  }
}
