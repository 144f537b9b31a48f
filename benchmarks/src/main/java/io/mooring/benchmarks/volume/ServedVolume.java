package io.mooring.benchmarks.volume;

import io.mooring.storage.engine.Attachment;
import io.mooring.storage.engine.FuseAttacher;
import io.mooring.storage.engine.NodeObserver;
import io.mooring.storage.engine.StorageNode;
import io.mooring.storage.engine.VolumeHead;
import io.mooring.storage.engine.VolumeView;
import io.mooring.storage.linux.FilesystemType;
import io.mooring.storage.linux.Filesystems;
import io.mooring.storage.linux.Mounts;
import io.mooring.storage.linux.keeper.KeeperClient;
import io.mooring.storage.linux.keeper.KeeperProcess;
import io.mooring.storage.nbd.NbdExport;
import io.mooring.storage.nbd.NbdServer;
import io.mooring.storage.nbd.NbdServerLimits;
import io.mooring.storage.nbd.NbdServerObserver;
import io.mooring.storage.replication.Epoch;
import io.mooring.storage.replication.Generation;
import io.mooring.storage.replication.HeadSettings;
import io.mooring.storage.replication.HeadSettings.FlushProfile;
import io.mooring.storage.replication.ReplicaId;
import io.mooring.storage.replication.VolumeId;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The data plane of one node without a control plane, as a process: {@code replica DIR SIZE} keeps
 * a second replica, {@code export DIR SIZE [REPLICA]} is the head of a volume as an NBD export, and
 * both print their port; {@code mount DIR SIZE PATH [REPLICA]} is the head of a volume mounted as
 * ext4 by the route that an agent takes. Ends, in order, with its standard input.
 */
final class ServedVolume {

  static final String REPLICA = "replica";
  static final String EXPORT = "export";
  static final String MOUNT = "mount";

  private static final VolumeId VOLUME = new VolumeId("vol-0000000be2c4");
  private static final ReplicaId FIRST = new ReplicaId("r1");
  private static final ReplicaId SECOND = new ReplicaId("r2");
  private static final String POOL = "pool";
  private static final Duration LIMIT = Duration.ofMinutes(1);

  private final Path directory;
  private final long sizeBytes;
  private final StorageNode node;

  private ServedVolume(Path directory, long sizeBytes, StorageNode node) {
    this.directory = directory;
    this.sizeBytes = sizeBytes;
    this.node = node;
  }

  public static void main(String[] arguments) throws Exception {
    Path directory = Path.of(arguments[1]);
    try (StorageNode node = start(directory)) {
      ServedVolume volume = new ServedVolume(directory, Long.parseLong(arguments[2]), node);
      List<String> rest = List.of(arguments).subList(3, arguments.length);
      switch (arguments[0]) {
        case REPLICA -> volume.keepReplica();
        case EXPORT -> volume.export(rest);
        case MOUNT -> volume.mount(Path.of(rest.getFirst()), rest.subList(1, rest.size()));
        default -> throw new IllegalArgumentException("no such role: " + arguments[0]);
      }
    }
  }

  private static StorageNode start(Path directory) throws IOException {
    Path pool = Files.createDirectories(directory.resolve(POOL));
    return StorageNode.start(
        new StorageNode.Settings(
            Map.of(POOL, pool),
            Files.createDirectories(directory.resolve("state")),
            Loopback.port(0),
            HeadSettings.Limits.DEFAULT),
        new NodeObserver() {});
  }

  private void keepReplica() throws IOException, InterruptedException {
    node.replicas().create(POOL, VOLUME, SECOND, sizeBytes);
    tell(node.replicationAddress().getPort());
    awaitEndOfInput();
    // When the benchmark was killed, the head hears so now too, and cannot close without this.
    Thread.sleep(LIMIT);
  }

  private void export(List<String> peers) throws Exception {
    VolumeHead head = open(peers);
    try (NbdServer server = new NbdServer(NbdServerLimits.defaults(), NbdServerObserver.NONE)) {
      server.publish(new NbdExport(NbdContender.EXPORT, "benchmark", head.nbdDevice(), false));
      tell(((InetSocketAddress) server.listen(Loopback.port(0))).getPort());
      awaitEndOfInput();
    }
    close(head);
  }

  private void mount(Path path, List<String> peers) throws Exception {
    VolumeHead head = open(peers);
    KeeperClient keeper = KeeperProcess.ensureRunning(directory.resolve("keeper.sock"), LIMIT);
    Attachment attachment = new FuseAttacher(directory.resolve("devices"), keeper).attach(head);
    try {
      Filesystems.format(attachment.device(), FilesystemType.EXT4, LIMIT);
      Files.createDirectories(path);
      Mounts.mount(
          attachment.device().toString(), path, FilesystemType.EXT4.kernelName(), Set.of(), "");
      tell("mounted");
      awaitEndOfInput();
      Mounts.unmount(path);
      attachment.detach();
      close(head);
    } catch (Exception e) {
      abandon(path, attachment);
      throw e;
    } finally {
      keeper.stop();
    }
  }

  /** A device that nobody serves any more would hang everyone who syncs this machine's disks. */
  private static void abandon(Path path, Attachment attachment) throws IOException {
    while (Mounts.at(path).isPresent()) {
      Mounts.unmountLazily(path);
    }
    attachment.abort();
  }

  private VolumeHead open(List<String> peers) throws IOException {
    node.replicas().create(POOL, VOLUME, FIRST, sizeBytes);
    List<VolumeView.Copy> copies = new ArrayList<>();
    copies.add(new VolumeView.Copy(FIRST, true, node.replicationAddress()));
    for (String port : peers) {
      copies.add(new VolumeView.Copy(SECOND, true, Loopback.port(Integer.parseInt(port))));
    }
    VolumeView view = new VolumeView(VOLUME, sizeBytes, new Epoch(1), new Generation(1), copies);
    return node.open(view, FlushProfile.DURABLE, new FaultLog());
  }

  private static void close(VolumeHead head)
      throws InterruptedException, ExecutionException, TimeoutException {
    head.close().get(LIMIT.toSeconds(), TimeUnit.SECONDS);
  }

  private static void tell(Object ready) {
    System.out.println(ready);
  }

  private static void awaitEndOfInput() throws IOException {
    while (System.in.read() >= 0) {
      // What arrives does not matter, only that no more does.
    }
  }
}
