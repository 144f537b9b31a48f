package io.mooring.storage.nbd;

import static io.mooring.storage.nbd.RawPeer.hex;
import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.storage.nbd.Protocol.Command;
import io.mooring.storage.nbd.Protocol.Option;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that break the protocol, a limit or a promise: they go, and the others stay. */
@Timeout(60)
class HostileClientTest {

  @TempDir Path directory;
  private TestServer server;
  private NbdClient bystander;

  @BeforeEach
  void start() throws IOException {
    server = new TestServer(directory, TestServer.impatient());
    bystander = server.client();
  }

  @AfterEach
  void bystanderIsUnharmed() throws Exception {
    bystander.write(0, ByteBuffer.wrap(new byte[4096]), true).get(10, TimeUnit.SECONDS);
    bystander.close();
    server.close();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void randomBytesInTheHandshake(long seed) throws Exception {
    byte[] noise = new byte[4096];
    new Random(seed).nextBytes(noise);

    try (RawPeer peer = server.peer()) {
      peer.send(noise);
      assertThat(server.nextToLeave().clientAtFault()).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void randomBytesAfterTheHandshake(long seed) throws Exception {
    byte[] noise = new byte[4096];
    new Random(seed).nextBytes(noise);

    try (RawPeer peer = server.peer().open("disk")) {
      peer.send(noise);
      assertThat(server.nextToLeave()).isEqualTo(DisconnectReason.BAD_REQUEST_MAGIC);
    }
  }

  @Test
  void unknownClientFlags() throws Exception {
    try (RawPeer peer = server.peer()) {
      peer.send("80000003");
      assertThat(server.nextToLeave()).isEqualTo(DisconnectReason.BAD_CLIENT_FLAGS);
    }
  }

  @Test
  void wrongOptionMagic() throws Exception {
    try (RawPeer peer = server.peer()) {
      peer.greet();
      peer.send("474554202f20485454502f312e310d0a");
      assertThat(server.nextToLeave()).isEqualTo(DisconnectReason.BAD_OPTION_MAGIC);
    }
  }

  @Test
  void optionOfGigabytes() throws Exception {
    try (RawPeer peer = server.peer()) {
      peer.greet();
      peer.send("49484156454f5054" + hex(Option.LIST) + "ffffffff");
      assertThat(server.nextToLeave()).isEqualTo(DisconnectReason.OPTION_TOO_LONG);
    }
  }

  @Test
  void writeOfGigabytes() throws Exception {
    try (RawPeer peer = server.peer().open("disk")) {
      peer.sendRequest(0, Command.WRITE, 1, 0, 0x7fffffff);
      assertThat(server.nextToLeave()).isEqualTo(DisconnectReason.REQUEST_TOO_LONG);
    }
  }

  @Test
  void handshakeThatNeverEnds() throws Exception {
    try (RawPeer peer = server.peer()) {
      peer.greet();
      assertThat(server.nextToLeave()).isEqualTo(DisconnectReason.HANDSHAKE_TIMEOUT);
    }
  }

  @Test
  void handshakeDrippedByteByByte() throws Exception {
    try (RawPeer peer = server.peer()) {
      peer.greet();
      DisconnectReason reason = dripUntilDisconnected(peer, "49484156454f5054");
      assertThat(reason).isIn(DisconnectReason.HANDSHAKE_TIMEOUT, DisconnectReason.MESSAGE_STALLED);
    }
  }

  @Test
  void requestThatStopsInTheMiddle() throws Exception {
    try (RawPeer peer = server.peer().open("disk")) {
      peer.sendRequest(0, Command.WRITE, 1, 0, 4096);
      peer.send("00".repeat(100));
      assertThat(server.nextToLeave()).isEqualTo(DisconnectReason.MESSAGE_STALLED);
    }
  }

  @Test
  void clientThatDiesInTheMiddleOfAWrite() throws Exception {
    try (RawPeer peer = server.peer().open("disk")) {
      peer.sendRequest(0, Command.WRITE, 1, 0, 4096);
      peer.send("00".repeat(100));
    }
    assertThat(server.nextToLeave()).isEqualTo(DisconnectReason.MESSAGE_TRUNCATED);
    assertThat(server.disk().calls()).isEmpty();
  }

  @Test
  void repliesThatNobodyReads() throws Exception {
    try (RawPeer peer = server.peer().open("disk")) {
      for (int i = 0; i < 32; i++) {
        peer.sendRequest(0, Command.READ, i, 0, TestServer.DISK_BYTES);
      }
      assertThat(server.nextToLeave()).isEqualTo(DisconnectReason.REPLIES_NOT_READ);
    }
  }

  @Test
  void threadThatCompletesForADeafClientIsNotHeldUp() throws Exception {
    try (RawPeer peer = server.peer().open("disk")) {
      server.disk().hold();
      peer.sendRequest(0, Command.FLUSH, 1, 0, 0);
      Completion flush = server.disk().takeHeld();
      for (int i = 0; i < 32; i++) {
        peer.sendRequest(0, Command.READ, i, 0, TestServer.DISK_BYTES);
      }

      flush.done(NbdStatus.OK);

      assertThat(server.nextToLeave()).isEqualTo(DisconnectReason.REPLIES_NOT_READ);
      server.disk().release();
    }
  }

  @Test
  void idleClientIsLeftAlone() throws Exception {
    try (RawPeer stalled = server.peer().open("disk");
        RawPeer idle = server.peer().open("disk")) {
      stalled.send("00");
      assertThat(server.nextToLeave()).isEqualTo(DisconnectReason.MESSAGE_STALLED);

      idle.sendRequest(0, Command.FLUSH, 1, 0, 0);

      idle.expectSimpleReply(1, NbdStatus.OK);
    }
  }

  @Test
  void oldestHandshakeMakesRoom() throws Exception {
    List<RawPeer> silent = new ArrayList<>();
    try {
      for (int i = 0; i < 5; i++) {
        RawPeer peer = server.peer();
        peer.greet();
        silent.add(peer);
      }
      assertThat(server.nextToLeave()).isEqualTo(DisconnectReason.HANDSHAKE_CROWDED_OUT);
      silent.getFirst().expectEnd();
    } finally {
      closeAll(silent);
    }
  }

  @Test
  void clientsBeyondTheLimitAreTurnedAway() throws Exception {
    List<RawPeer> open = new ArrayList<>();
    try {
      while (server.server().connectionCount() < 8) {
        open.add(server.peer().open("disk"));
      }
      try (RawPeer surplus = server.peer()) {
        surplus.expectEnd();
      }
      assertThat(server.nextToLeave()).isEqualTo(DisconnectReason.CONNECTION_LIMIT);
      assertThat(server.server().disconnects())
          .containsEntry(DisconnectReason.CONNECTION_LIMIT, 1L);
    } finally {
      closeAll(open);
    }
  }

  @Test
  void brokenDeviceEndsItsOwnConnectionOnly() throws Exception {
    MemoryDevice broken = new MemoryDevice(4096);
    broken.breakDown();
    server.server().publish(new NbdExport("broken", "", broken, false));

    try (RawPeer peer = server.peer().open("broken")) {
      peer.sendRequest(0, Command.FLUSH, 1, 0, 0);
      assertThat(server.nextToLeave()).isEqualTo(DisconnectReason.DEVICE_BUG);
    }
  }

  /** One byte at a time, as slowly as the server lets it. */
  private DisconnectReason dripUntilDisconnected(RawPeer peer, String hex) throws Exception {
    for (int i = 0; i < hex.length(); i += 2) {
      peer.send(hex.substring(i, i + 2));
      DisconnectReason reason = server.pollLeft(100);
      if (reason != null) {
        return reason;
      }
    }
    return server.nextToLeave();
  }

  private static void closeAll(List<RawPeer> peers) throws IOException {
    for (RawPeer peer : peers) {
      peer.close();
    }
  }
}
