package io.mooring.storage.nbd;

import static io.mooring.storage.nbd.RawPeer.contextData;
import static io.mooring.storage.nbd.RawPeer.hex;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooring.storage.nbd.Protocol.Command;
import io.mooring.storage.nbd.Protocol.CommandFlag;
import io.mooring.storage.nbd.Protocol.Option;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Requests and replies byte by byte, and what reaches the device. */
@Timeout(30)
class TransmissionTest {

  private static final int DISK_BYTES = TestServer.DISK_BYTES;

  @TempDir Path directory;
  private TestServer server;
  private RawPeer peer;

  @BeforeEach
  void start() throws IOException {
    server = TestServer.in(directory);
    peer = server.peer();
  }

  @AfterEach
  void stop() throws IOException {
    peer.close();
    server.close();
  }

  @Test
  void whatIsWrittenIsRead() throws IOException {
    peer.open("disk");

    peer.sendRequest(0, Command.WRITE, 0x1122334455667788L, 4093, 5);
    peer.send("0102030405");
    peer.sendRequest(0, Command.READ, 2, 4092, 7);

    peer.expect("67446698 00000000 1122334455667788");
    peer.expect("67446698 00000000 0000000000000002 00010203040500");
  }

  @Test
  void structuredReadIsOneChunk() throws IOException {
    openStructured();

    peer.sendRequest(CommandFlag.DF, Command.READ, 9, 8, 4);
    peer.sendRequest(0, Command.READ, 10, 8, 0);

    peer.expect("668e33ef 0001 0001 0000000000000009 0000000c 0000000000000008 00000000");
    peer.expect("668e33ef 0001 0000 000000000000000a 00000000");
  }

  @Test
  void structuredReadFailsWithAnErrorChunk() throws IOException {
    openStructured();
    server.disk().answerWith(NbdStatus.EIO);

    peer.sendRequest(0, Command.READ, 9, 0, 4096);
    peer.sendRequest(0, Command.READ, 10, DISK_BYTES, 1);

    peer.expect("668e33ef 0001 8001 0000000000000009 00000006 00000005 0000");
    peer.expect("668e33ef 0001 8001 000000000000000a 00000006 00000016 0000");
  }

  @Test
  void blockStatusIsCutToTheRequest() throws IOException {
    openStructured();
    String half = hex(DISK_BYTES / 2);

    peer.sendRequest(0, Command.BLOCK_STATUS, 3, 0, DISK_BYTES);
    peer.sendRequest(CommandFlag.REQ_ONE, Command.BLOCK_STATUS, 4, 0, DISK_BYTES);
    peer.sendRequest(0, Command.BLOCK_STATUS, 5, DISK_BYTES / 2, 512);

    String done = "668e33ef 0001 0005";
    peer.expect(done + hex(3L) + "00000014 00000001" + half + "00000000" + half + "00000003");
    peer.expect(done + hex(4L) + "0000000c 00000001" + half + "00000000");
    peer.expect(done + hex(5L) + "0000000c 00000001 00000200 00000003");
  }

  @Test
  void blockStatusNeedsItsContext() throws IOException {
    peer.open("disk");

    peer.sendRequest(0, Command.BLOCK_STATUS, 3, 0, 4096);

    peer.expectSimpleReply(3, NbdStatus.EINVAL);
  }

  @Test
  void rangesBeyondTheEndAreRefused() throws IOException {
    peer.open("disk");

    refused(Command.READ, DISK_BYTES - 1, 2, NbdStatus.EINVAL);
    refused(Command.READ, -1, 1, NbdStatus.EINVAL);
    refused(Command.READ, Long.MAX_VALUE, 512, NbdStatus.EINVAL);
    refused(Command.TRIM, DISK_BYTES, 1, NbdStatus.EINVAL);
    refused(Command.WRITE_ZEROES, DISK_BYTES - 1, -1, NbdStatus.ENOSPC);
    peer.sendRequest(0, Command.WRITE, 1, DISK_BYTES - 1, 2);
    peer.send("ffff");
    peer.expectSimpleReply(1, NbdStatus.ENOSPC);

    assertThat(server.disk().calls()).isEmpty();
  }

  @Test
  void readOnlyExportRefusesChanges() throws IOException {
    MemoryDevice frozen = new MemoryDevice(4096);
    server.server().publish(new NbdExport("frozen", "", frozen, true));
    peer.open("frozen");

    peer.sendRequest(0, Command.WRITE, 1, 0, 2);
    peer.send("ffff");
    peer.expectSimpleReply(1, NbdStatus.EPERM);
    refused(Command.TRIM, 0, 512, NbdStatus.EPERM);
    refused(Command.WRITE_ZEROES, 0, 512, NbdStatus.EPERM);
    peer.sendRequest(0, Command.FLUSH, 2, 0, 0);
    peer.expectSimpleReply(2, NbdStatus.OK);

    assertThat(frozen.calls()).containsExactly("flush");
  }

  @Test
  void unknownCommandsAndFlagsAreRefused() throws IOException {
    peer.open("disk");

    refused(99, 0, 0, NbdStatus.EINVAL);
    refused(Command.FLUSH, 512, 0, NbdStatus.EINVAL);
    peer.sendRequest(CommandFlag.DF, Command.READ, 1, 0, 512);
    peer.expectSimpleReply(1, NbdStatus.EINVAL);
    peer.sendRequest(1 << 4, Command.WRITE_ZEROES, 2, 0, 512);
    peer.expectSimpleReply(2, NbdStatus.EINVAL);
    peer.sendRequest(CommandFlag.NO_HOLE, Command.WRITE, 3, 0, 1);
    peer.send("ff");
    peer.expectSimpleReply(3, NbdStatus.EINVAL);

    assertThat(server.disk().calls()).isEmpty();
  }

  @Test
  void emptyRangesSucceedWithoutTheDevice() throws IOException {
    peer.open("disk");

    refused(Command.READ, 0, 0, NbdStatus.OK);
    refused(Command.WRITE, 0, 0, NbdStatus.OK);
    refused(Command.TRIM, 0, 0, NbdStatus.OK);

    assertThat(server.disk().calls()).isEmpty();
  }

  @Test
  void readsBeyondTheLimitAreRefused() throws IOException {
    server.disk().grow(64 << 20);
    peer.open("disk");

    refused(Command.READ, 0, (32 << 20) + 1, NbdStatus.EINVAL);
  }

  @Test
  void flagsReachTheDevice() throws IOException {
    peer.open("disk");

    peer.sendRequest(CommandFlag.FUA, Command.WRITE, 1, 0, 2);
    peer.send("ffff");
    peer.sendRequest(CommandFlag.FUA, Command.TRIM, 2, 512, 512);
    peer.sendRequest(0, Command.WRITE_ZEROES, 3, 0, 512);
    peer.sendRequest(CommandFlag.NO_HOLE, Command.WRITE_ZEROES, 4, 0, 512);
    for (int cookie = 1; cookie <= 4; cookie++) {
      peer.expectSimpleReply(cookie, NbdStatus.OK);
    }

    assertThat(server.disk().calls())
        .containsExactly("write 0 +2 fua", "trim 512 +512 fua", "zero 0 +512 punch", "zero 0 +512");
  }

  @Test
  void longWriteWithFuaIsWholeAndFlushed() throws IOException {
    peer.open("disk");
    byte[] data = new byte[DISK_BYTES - 100];
    new Random(1).nextBytes(data);

    peer.sendRequest(CommandFlag.FUA, Command.WRITE, 1, 100, data.length);
    peer.send(data);
    peer.expectSimpleReply(1, NbdStatus.OK);

    assertThat(server.disk().durable(100, data.length)).isEqualTo(data);
    assertThat(server.disk().calls()).hasSizeGreaterThan(2).last().isEqualTo("flush");
  }

  @Test
  void longWriteFailsIfAnyPieceDoes() throws IOException {
    peer.open("disk");
    server.disk().answerWith(NbdStatus.ENOSPC);

    peer.sendRequest(CommandFlag.FUA, Command.WRITE, 1, 0, DISK_BYTES);
    peer.send(new byte[DISK_BYTES]);

    peer.expectSimpleReply(1, NbdStatus.ENOSPC);
    assertThat(server.disk().calls()).doesNotContain("flush");
  }

  @Test
  void repliesFollowTheDeviceNotTheOrderOfRequests() throws Exception {
    peer.open("disk");
    server.disk().hold();
    peer.sendRequest(0, Command.FLUSH, 1, 0, 0);
    peer.sendRequest(0, Command.TRIM, 2, 0, 512);
    Completion flush = server.disk().takeHeld();
    Completion trim = server.disk().takeHeld();

    trim.done(NbdStatus.OK);
    peer.expectSimpleReply(2, NbdStatus.OK);
    flush.done(NbdStatus.EIO);
    peer.expectSimpleReply(1, NbdStatus.EIO);
  }

  @Test
  void batchHoldsRepliesUntilItSends() throws Exception {
    peer.open("disk");
    server.disk().hold();
    for (int cookie = 1; cookie <= 3; cookie++) {
      peer.sendRequest(0, Command.FLUSH, cookie, 0, 0);
    }
    CompletionBatch batch = new CompletionBatch();
    for (int i = 0; i < 3; i++) {
      batch.done(server.disk().takeHeld(), NbdStatus.OK);
    }

    batch.send();

    for (int cookie = 1; cookie <= 3; cookie++) {
      peer.expectSimpleReply(cookie, NbdStatus.OK);
    }
  }

  @Test
  void requestEndsOnce() throws Exception {
    peer.open("disk");
    server.disk().hold();
    peer.sendRequest(0, Command.FLUSH, 1, 0, 0);
    Completion flush = server.disk().takeHeld();
    flush.done(NbdStatus.OK);

    assertThatThrownBy(() -> flush.done(NbdStatus.OK)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void flushUnderWayHoldsNothingUp() throws Exception {
    peer.open("disk");
    server.disk().hold();
    peer.sendRequest(0, Command.FLUSH, 1, 0, 0);
    Completion flush = server.disk().takeHeld();

    peer.sendRequest(0, Command.READ, 2, 0, 1);

    peer.expectSimpleReply(2, NbdStatus.OK);
    peer.expect("00");
    flush.done(NbdStatus.OK);
    peer.expectSimpleReply(1, NbdStatus.OK);
  }

  @Test
  void deviceHearsThatInputIsIdle() throws Exception {
    peer.open("disk");
    peer.sendRequest(0, Command.FLUSH, 1, 0, 0);
    peer.expectSimpleReply(1, NbdStatus.OK);

    // The reply leaves after the device was told, so having it proves the call.
    assertThat(server.disk().idleCalls()).isPositive();
  }

  @Test
  void grownDeviceIsUsableAtOnce() throws IOException {
    peer.open("disk");
    refused(Command.READ, DISK_BYTES, 1, NbdStatus.EINVAL);

    server.disk().grow(2 * DISK_BYTES);
    peer.sendRequest(0, Command.READ, 1, DISK_BYTES, 1);

    peer.expectSimpleReply(1, NbdStatus.OK);
    peer.expect("00");
  }

  @Test
  void goodbyeWaitsForWhatWasAsked() throws Exception {
    peer.open("disk");
    server.disk().hold();
    peer.sendRequest(0, Command.FLUSH, 1, 0, 0);
    Completion flush = server.disk().takeHeld();
    peer.sendRequest(0, Command.DISCONNECT, 2, 0, 0);

    flush.done(NbdStatus.OK);

    peer.expectSimpleReply(1, NbdStatus.OK);
    peer.expectEnd();
    assertThat(server.nextToLeave()).isEqualTo(DisconnectReason.CLIENT_LEFT);
  }

  @Test
  void trafficIsCounted() throws IOException {
    peer.open("disk");
    peer.sendRequest(0, Command.WRITE, 1, 0, 2);
    peer.send("ffff");
    peer.sendRequest(0, Command.READ, 1, 0, 8);
    peer.sendRequest(0, Command.READ, 1, DISK_BYTES, 8);
    peer.sendRequest(0, Command.FLUSH, 1, 0, 0);
    peer.receive(4 * Protocol.SIMPLE_REPLY_BYTES + 8);

    assertThat(server.server().traffic("disk")).contains(new ExportTraffic(1, 8, 1, 2, 1, 0, 1));
  }

  private void openStructured() throws IOException {
    peer.greet();
    peer.negotiateStructuredReplies();
    peer.sendOption(Option.SET_META_CONTEXT, contextData("disk", "base:allocation"));
    peer.receive(2 * Protocol.OPTION_REPLY_HEADER_BYTES + 4 + "base:allocation".length());
    peer.go("disk");
  }

  /** A request without payload gets this answer without reaching the device. */
  private void refused(int command, long offset, int length, NbdStatus status) throws IOException {
    peer.sendRequest(0, command, 42, offset, length);
    peer.expectSimpleReply(42, status);
  }
}
