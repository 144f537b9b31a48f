package io.mooring.storage.nbd;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A server on a unix socket with one export, "disk", and a record of who left and why. */
final class TestServer implements NbdServerObserver, AutoCloseable {

  static final int DISK_BYTES = 3 << 20;

  private final BlockingQueue<DisconnectReason> left = new LinkedBlockingQueue<>();
  private final MemoryDevice disk = new MemoryDevice(DISK_BYTES);
  private final UnixDomainSocketAddress address;
  private final NbdServer server;

  TestServer(Path directory, NbdServerLimits limits) throws IOException {
    server = new NbdServer(limits, this);
    server.publish(new NbdExport("disk", "a disk", disk, false));
    address = UnixDomainSocketAddress.of(directory.resolve("nbd.sock"));
    server.listen(address);
  }

  static TestServer in(Path directory) throws IOException {
    return new TestServer(directory, NbdServerLimits.defaults());
  }

  /** Limits under which a client that misbehaves is caught within a test. */
  static NbdServerLimits impatient() {
    return new NbdServerLimits(
        8,
        4,
        Duration.ofMillis(400),
        Duration.ofMillis(400),
        Duration.ofSeconds(5),
        32 << 20,
        1 << 20);
  }

  NbdServer server() {
    return server;
  }

  MemoryDevice disk() {
    return disk;
  }

  UnixDomainSocketAddress address() {
    return address;
  }

  RawPeer peer() throws IOException {
    return RawPeer.connect(address);
  }

  NbdClient client() throws IOException {
    return NbdClient.connect(address, "disk", Duration.ofSeconds(10));
  }

  /** Why a client left within this time; null if nobody did. */
  @Nullable DisconnectReason pollLeft(long timeoutMs) throws InterruptedException {
    return left.poll(timeoutMs, TimeUnit.MILLISECONDS);
  }

  /** Why the next client left. */
  DisconnectReason nextToLeave() throws InterruptedException {
    DisconnectReason reason = left.poll(10, TimeUnit.SECONDS);
    if (reason == null) {
      throw new AssertionError("nobody left");
    }
    return reason;
  }

  @Override
  public void disconnected(
      String client, @Nullable String export, DisconnectReason reason, @Nullable Throwable cause) {
    left.add(reason);
  }

  @Override
  public void close() {
    server.close();
  }
}
