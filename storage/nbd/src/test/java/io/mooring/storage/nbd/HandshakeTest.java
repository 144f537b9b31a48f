package io.mooring.storage.nbd;

import static io.mooring.storage.nbd.RawPeer.contextData;
import static io.mooring.storage.nbd.RawPeer.hex;
import static io.mooring.storage.nbd.RawPeer.infoData;
import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.storage.nbd.Protocol.Option;
import io.mooring.storage.nbd.Protocol.OptionReply;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The handshake byte by byte, as the specification writes it. */
@Timeout(30)
class HandshakeTest {

  /** Flags, flush, FUA, trim, write-zeroes and multi-connection. */
  private static final String FLAGS = "016d";

  private static final String FLAGS_STRUCTURED = "01ed";

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
  void goTellsSizeFlagsAndBlockSizes() throws IOException {
    peer.greet();

    peer.sendOption(Option.GO, infoData("disk"));

    peer.expectOptionReply(Option.GO, OptionReply.INFO, "0000 0000000000300000" + FLAGS);
    peer.expectOptionReply(Option.GO, OptionReply.INFO, "0003 00000001 00001000 02000000");
    peer.expectOptionReply(Option.GO, OptionReply.ACK, "");
    peer.sendRequest(0, Protocol.Command.FLUSH, 7, 0, 0);
    peer.expectSimpleReply(7, NbdStatus.OK);
  }

  @Test
  void infoDescribesWithoutChoosing() throws IOException {
    peer.greet();

    peer.sendOption(Option.INFO, hex(4) + hex("disk") + "0002 0001 0002");

    peer.expectOptionReply(Option.INFO, OptionReply.INFO, "0000 0000000000300000" + FLAGS);
    peer.expectOptionReply(Option.INFO, OptionReply.INFO, "0001" + hex("disk"));
    peer.expectOptionReply(Option.INFO, OptionReply.INFO, "0002" + hex("a disk"));
    peer.expectOptionReply(Option.INFO, OptionReply.ACK, "");
    peer.go("disk");
  }

  @Test
  void structuredRepliesAddDontFragment() throws IOException {
    peer.greet();
    peer.negotiateStructuredReplies();

    peer.sendOption(Option.INFO, hex(4) + hex("disk") + "0000");

    peer.expectOptionReply(
        Option.INFO, OptionReply.INFO, "0000 0000000000300000" + FLAGS_STRUCTURED);
    peer.expectOptionReply(Option.INFO, OptionReply.ACK, "");
  }

  @Test
  void exportNameIsAnsweredWithPaddingUnlessWaived() throws IOException {
    peer.expect(RawPeer.GREETING);
    peer.send("00000001");

    peer.sendOption(Option.EXPORT_NAME, hex("disk"));

    peer.expect("0000000000300000" + FLAGS + "00".repeat(124));
    peer.sendRequest(0, Protocol.Command.FLUSH, 1, 0, 0);
    peer.expectSimpleReply(1, NbdStatus.OK);
  }

  @Test
  void exportNameIsAnsweredWithoutPaddingWhenWaived() throws IOException {
    peer.greet();

    peer.sendOption(Option.EXPORT_NAME, hex("disk"));

    peer.expect("0000000000300000" + FLAGS);
  }

  @Test
  void readOnlyExportOffersNoChanges() throws IOException {
    server.server().publish(new NbdExport("frozen", "", new MemoryDevice(4096), true));
    peer.greet();

    peer.sendOption(Option.INFO, hex(6) + hex("frozen") + "0000");

    peer.expectOptionReply(Option.INFO, OptionReply.INFO, "0000 0000000000001000 010f");
    peer.expectOptionReply(Option.INFO, OptionReply.ACK, "");
  }

  @Test
  void listNamesEveryExport() throws IOException {
    server.server().publish(new NbdExport("another", "", new MemoryDevice(4096), true));
    peer.greet();

    peer.sendOption(Option.LIST, "");

    peer.expectOptionReply(Option.LIST, OptionReply.SERVER, hex(7) + hex("another"));
    peer.expectOptionReply(Option.LIST, OptionReply.SERVER, hex(4) + hex("disk") + hex("a disk"));
    peer.expectOptionReply(Option.LIST, OptionReply.ACK, "");
  }

  @Test
  void unknownOptionsAreRefusedAndHagglingGoesOn() throws IOException {
    peer.greet();

    peer.sendOption(5, "");
    peer.sendOption(0x7777, "00".repeat(60_000));

    peer.expectOptionError(5, OptionReply.ERR_UNSUP);
    peer.expectOptionError(0x7777, OptionReply.ERR_UNSUP);
    peer.go("disk");
  }

  @Test
  void unknownExportIsRefusedAndHagglingGoesOn() throws IOException {
    peer.greet();

    peer.sendOption(Option.GO, infoData("nothing"));

    peer.expectOptionError(Option.GO, OptionReply.ERR_UNKNOWN);
    peer.go("disk");
  }

  @Test
  void malformedOptionsAreRefusedAndHagglingGoesOn() throws IOException {
    peer.greet();

    peer.sendOption(Option.LIST, "00");
    peer.expectOptionError(Option.LIST, OptionReply.ERR_INVALID);
    peer.sendOption(Option.INFO, "0000ffff" + hex("disk"));
    peer.expectOptionError(Option.INFO, OptionReply.ERR_INVALID);
    peer.sendOption(Option.GO, hex(4) + hex("disk") + "00ff 0003");
    peer.expectOptionError(Option.GO, OptionReply.ERR_INVALID);
    peer.sendOption(Option.STRUCTURED_REPLY, "01");
    peer.expectOptionError(Option.STRUCTURED_REPLY, OptionReply.ERR_INVALID);
    peer.sendOption(Option.SET_META_CONTEXT, contextData("disk", "base:allocation"));
    peer.expectOptionError(Option.SET_META_CONTEXT, OptionReply.ERR_INVALID);
    peer.sendOption(Option.LIST_META_CONTEXT, hex(4) + hex("disk") + "7fffffff");
    peer.expectOptionError(Option.LIST_META_CONTEXT, OptionReply.ERR_INVALID);

    peer.go("disk");
  }

  @Test
  void allocationContextIsListedAndSelected() throws IOException {
    peer.greet();
    peer.negotiateStructuredReplies();
    String context = hex("base:allocation");

    peer.sendOption(Option.LIST_META_CONTEXT, hex(4) + hex("disk") + "00000000");
    peer.expectOptionReply(
        Option.LIST_META_CONTEXT, OptionReply.META_CONTEXT, "00000000" + context);
    peer.expectOptionReply(Option.LIST_META_CONTEXT, OptionReply.ACK, "");
    peer.sendOption(Option.SET_META_CONTEXT, contextData("disk", "base:allocation"));
    peer.expectOptionReply(Option.SET_META_CONTEXT, OptionReply.META_CONTEXT, "00000001" + context);
    peer.expectOptionReply(Option.SET_META_CONTEXT, OptionReply.ACK, "");
    peer.sendOption(Option.SET_META_CONTEXT, contextData("disk", "qemu:dirty-bitmap:x"));
    peer.expectOptionReply(Option.SET_META_CONTEXT, OptionReply.ACK, "");
  }

  @Test
  void abortIsAcknowledgedBeforeTheEnd() throws Exception {
    peer.greet();

    peer.sendOption(Option.ABORT, "");

    peer.expectOptionReply(Option.ABORT, OptionReply.ACK, "");
    peer.expectEnd();
    assertThat(server.nextToLeave()).isEqualTo(DisconnectReason.CLIENT_LEFT);
  }

  @Test
  void unknownExportByExportNameEndsTheConnection() throws Exception {
    peer.greet();

    peer.sendOption(Option.EXPORT_NAME, hex("nothing"));

    peer.expectEnd();
    assertThat(server.nextToLeave()).isEqualTo(DisconnectReason.UNKNOWN_EXPORT);
  }
}
