package io.mooring.storage.engine;

import io.mooring.storage.linux.Mounts;
import io.mooring.storage.linux.keeper.KeeperClient;
import io.mooring.storage.replication.Epoch;
import io.mooring.storage.replication.Generation;
import io.mooring.storage.replication.HeadSettings.FlushProfile;
import io.mooring.storage.replication.ReplicaId;
import io.mooring.storage.replication.VolumeId;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * An agent in a process of its own, to be killed: attaches a volume with a replica here and one
 * elsewhere, or goes on with it. Says {@code attached DEVICE}, takes {@code detach} and {@code grow
 * BYTES}. At the end of its input it leaves nothing behind.
 */
final class AttachedAgent {

  static final VolumeId VOLUME = new VolumeId("vol-00000000a77a");
  static final ReplicaId LOCAL = new ReplicaId("r1");
  static final ReplicaId REMOTE = new ReplicaId("r2");
  static final long SIZE = 512L << 20;

  private AttachedAgent() {}

  public static void main(String[] arguments) throws Exception {
    Path directory = Path.of(arguments[0]);
    KeeperClient keeper = new KeeperClient(Path.of(arguments[1]));
    InetSocketAddress remote = new InetSocketAddress("127.0.0.1", Integer.parseInt(arguments[2]));
    TestNode node = TestNode.start(directory);
    FuseAttacher attacher = new FuseAttacher(directory.resolve("devices"), keeper);
    InMemoryCatalogue catalogue = new InMemoryCatalogue(VOLUME, SIZE);
    VolumeHead head;
    Attachment attachment;
    if (attacher.survivors().contains(VOLUME)) {
      head = node.storage.resume(VOLUME, catalogue).orElseThrow();
      attachment = attacher.resume(head);
    } else {
      node.storage.replicas().create(TestNode.POOL, VOLUME, LOCAL, SIZE);
      head = node.storage.open(view(node, remote), FlushProfile.DURABLE, catalogue);
      attachment = attacher.attach(head);
    }
    System.out.println("attached " + attachment.device());
    if (!obey(head, attachment)) {
      leaveNothing(directory, keeper); // nobody else will: the test's process was killed
      System.exit(0);
    }
    node.close();
    System.out.println("detached");
  }

  /** False if the input ends before the volume is detached. */
  private static boolean obey(VolumeHead head, Attachment attachment) throws Exception {
    BufferedReader commands = new BufferedReader(new InputStreamReader(System.in));
    for (String command = commands.readLine(); command != null; command = commands.readLine()) {
      if (command.startsWith("grow ")) {
        head.grow(Long.parseLong(command.substring("grow ".length()))).get(10, TimeUnit.SECONDS);
        attachment.refreshSize(head.sizeBytes());
        System.out.println("grown");
      } else {
        attachment.detach();
        head.close().get(10, TimeUnit.SECONDS);
        return true;
      }
    }
    return false;
  }

  /** Takes away what outlives an agent: mounts, the device, the keeper. */
  static void leaveNothing(Path directory, KeeperClient keeper) throws IOException {
    FuseAttacher attacher = new FuseAttacher(directory.resolve("devices"), keeper);
    if (attacher.survivors().contains(VOLUME)) {
      attacher.abandon(VOLUME); // first: what the keeper holds keeps a dead mount waiting
    }
    Path mountPoint = mountPoint(directory);
    if (Mounts.at(mountPoint).isPresent()) {
      Mounts.unmountLazily(mountPoint);
    }
    keeper.stop();
  }

  /** Where the test mounts what is on the volume of an agent. */
  static Path mountPoint(Path directory) {
    return directory.resolveSibling("mnt");
  }

  private static VolumeView view(TestNode node, InetSocketAddress remote) throws IOException {
    return new VolumeView(
        VOLUME,
        SIZE,
        new Epoch(1),
        new Generation(1),
        List.of(
            new VolumeView.Copy(LOCAL, true, node.storage.replicationAddress()),
            new VolumeView.Copy(REMOTE, true, remote)));
  }
}
