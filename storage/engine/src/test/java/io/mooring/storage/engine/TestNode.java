package io.mooring.storage.engine;

import io.mooring.storage.nbd.NbdClient;
import io.mooring.storage.nbd.NbdExport;
import io.mooring.storage.nbd.NbdServer;
import io.mooring.storage.nbd.NbdServerLimits;
import io.mooring.storage.nbd.NbdServerObserver;
import io.mooring.storage.replication.HeadSettings;
import io.mooring.storage.replication.Promise;
import io.mooring.storage.replication.ReplicaId;
import io.mooring.storage.replication.VolumeId;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;

/** A node with one pool in a directory, which survives a restart of the node. */
final class TestNode implements NodeObserver, AutoCloseable {

  static final String POOL = "pool";

  private final Path directory;
  final LinkedBlockingQueue<String> events = new LinkedBlockingQueue<>();
  final NbdServer nbd = new NbdServer(NbdServerLimits.defaults(), NbdServerObserver.NONE);
  private final SocketAddress nbdAddress;
  final StorageNode storage;

  private TestNode(Path directory, HeadSettings.Limits limits) throws IOException {
    this.directory = directory;
    Files.createDirectories(directory.resolve("pool"));
    Files.createDirectories(directory.resolve("state"));
    this.storage =
        StorageNode.start(
            new StorageNode.Settings(
                Map.of(POOL, directory.resolve("pool")),
                directory.resolve("state"),
                loopback(),
                limits),
            this);
    this.nbdAddress = nbd.listen(loopback());
  }

  static TestNode start(Path directory) throws IOException {
    return new TestNode(directory, HeadSettings.Limits.DEFAULT);
  }

  private static InetSocketAddress loopback() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  }

  Path data(VolumeId volume, ReplicaId replica) {
    return directory
        .resolve("pool")
        .resolve(volume.value())
        .resolve(replica.value())
        .resolve("data");
  }

  NbdClient export(VolumeHead head) throws IOException {
    String name = exportName(head);
    nbd.publish(new NbdExport(name, "test", head.nbdDevice(), false));
    return NbdClient.connect(nbdAddress, name, Duration.ofSeconds(10));
  }

  String exportName(VolumeHead head) {
    return head.volume() + "-" + head.promise();
  }

  int nbdPort() {
    return ((InetSocketAddress) nbdAddress).getPort();
  }

  @Override
  public void promised(VolumeId volume, ReplicaId replica, Promise promise) {
    events.add("promised " + replica + " " + promise);
  }

  @Override
  public void reopened(VolumeId volume, ReplicaId replica) {
    events.add("reopened " + replica);
  }

  @Override
  public void unreadable(VolumeId volume, ReplicaId replica, String reason) {
    events.add("unreadable " + replica + " " + reason.substring(0, 7));
  }

  @Override
  public void unusable(VolumeId volume, ReplicaId replica, String code, String reason) {
    events.add("unusable " + replica + " " + code);
  }

  @Override
  public void refused(SocketAddress peer, WireException problem) {
    events.add("refused " + problem.problem().code());
  }

  @Override
  public void close() throws IOException {
    nbd.close();
    storage.close();
  }
}
