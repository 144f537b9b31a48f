package io.mooring.storage.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.storage.replication.Generation;
import io.mooring.storage.replication.HeadMessage;
import io.mooring.storage.replication.HeadMessage.Membership;
import io.mooring.storage.replication.Promise;
import io.mooring.storage.replication.ReplicaId;
import io.mooring.storage.replication.VolumeId;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Peers that are broken, hostile or lost: each is sent away with a code and hurts nobody else. */
@Timeout(30)
class ReplicaServerIT {

  private static final VolumeId VOLUME = new VolumeId("vol-0123456789ab");
  private static final ReplicaId R1 = new ReplicaId("r1");
  private static final long SIZE = 16L << 20;

  @TempDir Path directory;
  private TestNode node;

  @BeforeEach
  void start() throws IOException {
    node = TestNode.start(directory);
    node.storage.replicas().create(TestNode.POOL, VOLUME, R1, SIZE);
  }

  @AfterEach
  void stop() throws IOException {
    node.close();
  }

  @Test
  void aHeadIsWelcomed() throws Exception {
    try (SocketChannel peer = connect()) {
      send(peer, hello(R1, 1));
      assertThat(receive(peer)).isEqualTo(FrameType.WELCOME);
    }
  }

  @Test
  void garbageIsSentAway() throws Exception {
    assertRefused(
        "REP-030", ByteBuffer.wrap("GET / HTTP/1.1\r\nHost: localhost\r\n".repeat(4).getBytes()));
  }

  @Test
  void anotherVersionIsSentAway() throws Exception {
    ByteBuffer frame = frame(hello(R1, 1));
    frame.put(4, (byte) 9);
    assertRefused("REP-031", frame);
  }

  @Test
  void aDamagedHeaderIsSentAway() throws Exception {
    ByteBuffer frame = frame(hello(R1, 1));
    frame.put(20, (byte) 0x55);
    assertRefused("REP-032", frame);
  }

  @Test
  void aDamagedPayloadIsSentAway() throws Exception {
    ByteBuffer frame = frame(hello(R1, 1));
    frame.put(Frame.HEADER_BYTES + 3, (byte) 0x55);
    assertRefused("REP-033", frame);
  }

  @Test
  void aStreamStartsWithHello() throws Exception {
    assertRefused("REP-036", frame(Frame.of(FrameType.SETTLED, 0)));
  }

  @Test
  void aReplicaThatIsNotHereIsNamed() throws Exception {
    assertRefused("REP-037", frame(hello(new ReplicaId("r9"), 1)));
  }

  @Test
  void aLowerEpochIsRefused() throws Exception {
    try (SocketChannel newer = connect();
        SocketChannel older = connect()) {
      send(newer, hello(R1, 5));
      assertThat(receive(newer)).isEqualTo(FrameType.WELCOME);
      send(older, hello(R1, 4));
      assertThat(receive(older)).isEqualTo(FrameType.REFUSED);
    }
  }

  @Test
  void aHigherEpochEndsTheOlderStream() throws Exception {
    try (SocketChannel older = connect();
        SocketChannel newer = connect()) {
      send(older, hello(R1, 4));
      assertThat(receive(older)).isEqualTo(FrameType.WELCOME);
      send(newer, hello(R1, 5));
      assertThat(receive(newer)).isEqualTo(FrameType.WELCOME);
      assertThat(older.read(ByteBuffer.allocate(1))).isEqualTo(-1);
    }
  }

  @Test
  void aReplicaWhoseDiskFailedIsReadAnewAndServes() throws Exception {
    Membership withoutR2 =
        new Membership(new Generation(2), List.of(R1), List.of(new ReplicaId("r2")));
    Path obstacle = node.data(VOLUME, R1).resolveSibling("dirty-r2.new");
    Files.createDirectories(obstacle.resolve("in-the-way"));
    try (SocketChannel peer = connect()) {
      send(peer, hello(R1, 1, withoutR2));
      assertThat(receive(peer)).isEqualTo(FrameType.FAILED);
    }
    Files.delete(obstacle.resolve("in-the-way"));
    Files.delete(obstacle);

    assertThat(node.events.poll(10, TimeUnit.SECONDS)).isEqualTo("reopened r1");

    try (SocketChannel peer = connect()) {
      send(peer, hello(R1, 1, withoutR2));
      assertThat(receive(peer)).isEqualTo(FrameType.WELCOME);
    }
  }

  private void assertRefused(String code, ByteBuffer bytes) throws Exception {
    try (SocketChannel healthy = connect();
        SocketChannel peer = connect()) {
      send(healthy, hello(R1, 1));
      assertThat(receive(healthy)).isEqualTo(FrameType.WELCOME);
      peer.write(bytes);
      peer.shutdownOutput();
      assertThat(node.events.poll(10, TimeUnit.SECONDS)).isEqualTo("promised r1 1.1");
      assertThat(node.events.poll(10, TimeUnit.SECONDS)).isEqualTo("refused " + code);
      send(healthy, HeadMessageCodec.encode(new HeadMessage.Settled()));
      send(healthy, Frame.of(FrameType.PING, 0));
      assertThat(receive(healthy)).isEqualTo(FrameType.PONG);
    }
  }

  private SocketChannel connect() throws IOException {
    return SocketChannel.open(node.storage.replicationAddress());
  }

  private static Frame hello(ReplicaId replica, long epoch) {
    return hello(replica, epoch, new Membership(new Generation(1), List.of(R1), List.of()));
  }

  private static Frame hello(ReplicaId replica, long epoch, Membership membership) {
    return HeadMessageCodec.encode(
        new HeadMessage.Hello(VOLUME, replica, Promise.of(epoch, 1), membership, SIZE));
  }

  private static ByteBuffer frame(Frame frame) {
    ByteBuffer bytes = ByteBuffer.allocate(Frame.HEADER_BYTES + frame.payload().remaining());
    frame.putHeader(bytes, Frame.checksum(frame.payload()));
    return bytes.put(frame.payload().duplicate()).flip();
  }

  private static void send(SocketChannel peer, Frame frame) throws IOException {
    ByteBuffer bytes = frame(frame);
    while (bytes.hasRemaining()) {
      peer.write(bytes);
    }
  }

  private static FrameType receive(SocketChannel peer) throws IOException {
    ByteBuffer header = read(peer, Frame.HEADER_BYTES);
    ByteBuffer payload = read(peer, Frame.payloadBytes(header));
    ByteBuffer whole =
        ByteBuffer.allocate(header.remaining() + payload.remaining()).put(header).put(payload);
    return Frame.take(whole.flip()).type();
  }

  private static ByteBuffer read(SocketChannel peer, int length) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(length);
    while (bytes.hasRemaining()) {
      if (peer.read(bytes) < 0) {
        throw new EOFException();
      }
    }
    return bytes.flip();
  }
}
