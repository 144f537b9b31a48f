package io.mooring.storage.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooring.storage.replication.BlockSet;
import io.mooring.storage.replication.ByteRange;
import io.mooring.storage.replication.Generation;
import io.mooring.storage.replication.HeadMessage;
import io.mooring.storage.replication.HeadMessage.Membership;
import io.mooring.storage.replication.HeadMessage.Subject;
import io.mooring.storage.replication.Promise;
import io.mooring.storage.replication.ReplicaId;
import io.mooring.storage.replication.ReplicaMessage;
import io.mooring.storage.replication.RequestId;
import io.mooring.storage.replication.Sequence;
import io.mooring.storage.replication.SnapshotId;
import io.mooring.storage.replication.VolumeId;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class MessageCodecTest {

  private static final Sequence FIVE = new Sequence(5);
  private static final Sequence FOUR = new Sequence(4);
  private static final RequestId REQUEST = new RequestId(-7);
  private static final ByteRange RANGE = new ByteRange(1L << 40, 4096);
  private static final ReplicaId R1 = new ReplicaId("r1");
  private static final ReplicaId R2 = new ReplicaId("r2");
  private static final Membership MEMBERSHIP =
      new Membership(new Generation(3), List.of(R1), List.of(R2));

  static List<HeadMessage> headMessages() {
    return List.of(
        new HeadMessage.Hello(new VolumeId("vol-1"), R1, Promise.of(9, 2), MEMBERSHIP, 3L << 40),
        new HeadMessage.Write(FIVE, RANGE, FOUR, HeadMessageCodec.IN_FRAME),
        new HeadMessage.Zero(FIVE, RANGE, FOUR),
        new HeadMessage.Copy(FIVE, RANGE, FOUR, HeadMessageCodec.IN_FRAME),
        new HeadMessage.Flush(FIVE, FOUR),
        new HeadMessage.SetMembership(MEMBERSHIP),
        new HeadMessage.Settled(),
        new HeadMessage.Query(REQUEST, new Subject.Suspects(), RANGE),
        new HeadMessage.Query(REQUEST, new Subject.Dirty(R2), RANGE),
        new HeadMessage.Query(REQUEST, new Subject.Allocated(), RANGE),
        new HeadMessage.Digest(REQUEST, RANGE),
        new HeadMessage.Read(REQUEST, RANGE),
        new HeadMessage.Resize(1L << 41),
        new HeadMessage.Snapshot(new SnapshotId("s-1"), 1L << 41),
        new HeadMessage.Ping(FOUR));
  }

  static List<ReplicaMessage> replicaMessages() {
    return List.of(
        new ReplicaMessage.Welcome(new Generation(3), true, false),
        new ReplicaMessage.Welcome(new Generation(3), false, true),
        new ReplicaMessage.Unreadable(new RequestId(-7), "I/O error"),
        new ReplicaMessage.Refused(Promise.of(9, 2)),
        new ReplicaMessage.Applied(FIVE),
        new ReplicaMessage.AppliedOne(FIVE),
        new ReplicaMessage.Flushed(FIVE),
        new ReplicaMessage.Blocks(REQUEST, BlockSet.of(0, 77, 1_000_000), true),
        new ReplicaMessage.Digests(REQUEST, new long[] {1, -2, 3}),
        new ReplicaMessage.Data(REQUEST, true),
        new ReplicaMessage.Resized(1L << 41),
        new ReplicaMessage.Pong(FOUR),
        new ReplicaMessage.Frozen(new SnapshotId("s-1")),
        new ReplicaMessage.NotFrozen(new SnapshotId("s-1"), "pool full"),
        new ReplicaMessage.Failed("REP-021 the disk is gone"));
  }

  @ParameterizedTest
  @MethodSource("headMessages")
  void aMessageOfAHeadSurvivesTheWire(HeadMessage message) throws WireException {
    Frame frame = HeadMessageCodec.encode(message);
    if (message instanceof HeadMessage.Write || message instanceof HeadMessage.Copy) {
      frame = frame.withPayload(ByteBuffer.allocate(4096));
    }
    assertThat(HeadMessageCodec.decode(overTheWire(frame))).isEqualTo(message);
  }

  @ParameterizedTest
  @MethodSource("replicaMessages")
  void aMessageOfAReplicaSurvivesTheWire(ReplicaMessage message) throws WireException {
    Frame frame = overTheWire(ReplicaMessageCodec.encode(message));
    assertThat(ReplicaMessageCodec.decode(frame)).isEqualTo(message);
  }

  @Test
  void aWriteHasExactlyTheBytesOfItsRange() {
    HeadMessage write = new HeadMessage.Write(FIVE, RANGE, FOUR, HeadMessageCodec.IN_FRAME);
    Frame frame = HeadMessageCodec.encode(write).withPayload(ByteBuffer.allocate(100));
    assertThatThrownBy(() -> HeadMessageCodec.decode(frame))
        .isInstanceOf(WireException.class)
        .hasMessageContaining("REP-035");
  }

  @Test
  void aMessageOfTheWrongSideIsMalformed() {
    assertThatThrownBy(() -> HeadMessageCodec.decode(Frame.of(FrameType.PONG, 0)))
        .hasMessageContaining("REP-035");
    assertThatThrownBy(() -> ReplicaMessageCodec.decode(Frame.of(FrameType.PING, 0)))
        .hasMessageContaining("REP-035");
  }

  @Test
  void aPayloadThatEndsTooEarlyIsMalformed() {
    Frame hello = HeadMessageCodec.encode(headMessages().getFirst());
    Frame cut = hello.withPayload(hello.payload().slice(0, 20));
    assertThatThrownBy(() -> HeadMessageCodec.decode(cut)).hasMessageContaining("REP-035");
  }

  private static Frame overTheWire(Frame frame) throws WireException {
    ByteBuffer bytes = ByteBuffer.allocate(Frame.HEADER_BYTES + frame.payload().remaining());
    frame.putHeader(bytes, Frame.checksum(frame.payload()));
    bytes.put(frame.payload().duplicate()).flip();
    assertThat(Frame.payloadBytes(bytes)).isEqualTo(frame.payload().remaining());
    return Frame.take(bytes);
  }
}
