package io.mooring.storage.nbd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooring.storage.nbd.Protocol.Command;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class ServerLifecycleTest {

  @TempDir Path directory;
  private TestServer server;

  @BeforeEach
  void start() throws IOException {
    server = TestServer.in(directory);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void tcpAndUnixServeTheSameExports() throws IOException {
    SocketAddress tcp =
        server.server().listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));

    try (RawPeer peer = RawPeer.connect(tcp).open("disk")) {
      peer.sendRequest(0, Command.FLUSH, 1, 0, 0);
      peer.expectSimpleReply(1, NbdStatus.OK);
    }
  }

  @Test
  void withdrawnExportLosesItsClients() throws Exception {
    try (RawPeer peer = server.peer().open("disk")) {
      assertThat(server.server().withdraw("disk")).isTrue();

      peer.expectEnd();
      assertThat(server.nextToLeave()).isEqualTo(DisconnectReason.EXPORT_WITHDRAWN);
      assertThat(server.server().connectionCount()).isZero();
      assertThat(server.server().withdraw("disk")).isFalse();
    }
  }

  @Test
  void withdrawalDoesNotWaitForTheDevice() throws Exception {
    try (RawPeer peer = server.peer().open("disk")) {
      server.disk().hold();
      peer.sendRequest(0, Command.FLUSH, 1, 0, 0);
      Completion flush = server.disk().takeHeld();

      server.server().withdraw("disk");

      peer.expectEnd();
      flush.done(NbdStatus.OK);
    }
  }

  @Test
  void exportNamesAreUnique() {
    NbdExport twin = new NbdExport("disk", "", new MemoryDevice(512), false);

    assertThatThrownBy(() -> server.server().publish(twin))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("disk");
  }

  @Test
  void closedServerLeavesNothingBehind() throws Exception {
    try (RawPeer peer = server.peer().open("disk")) {
      server.close();

      peer.expectEnd();
      assertThat(server.nextToLeave()).isEqualTo(DisconnectReason.SERVER_STOPPED);
      assertThat(server.address().getPath()).doesNotExist();
    }
  }

  @Test
  void onlyTheOwnerMayConnectToAUnixSocket() throws IOException {
    assertThat(
            PosixFilePermissions.toString(
                Files.getPosixFilePermissions(server.address().getPath())))
        .isEqualTo("rw-------");
  }

  @Test
  void socketFileOfACrashedServerIsReplaced() throws IOException {
    UnixDomainSocketAddress address = UnixDomainSocketAddress.of(directory.resolve("stale"));
    ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(address).close();
    assertThat(address.getPath()).exists();

    server.server().listen(address);

    RawPeer.connect(address).open("disk").close();
  }

  @Test
  void socketOfALiveServerIsNotTakenAway() {
    assertThatThrownBy(() -> server.server().listen(server.address()))
        .isInstanceOf(BindException.class)
        .hasMessageStartingWith("NBD-020");
  }
}
