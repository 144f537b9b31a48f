package io.mooring.storage.engine;

import io.mooring.storage.replication.HeadSettings.FlushProfile;
import io.mooring.storage.replication.ReplicaId;
import io.mooring.storage.replication.VolumeId;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * The agent of a guest with the kernel's NBD client, see {@code integration-tests/kernel-nbd}:
 * attaches a volume of one replica, or goes on with it. Says {@code attached DEVICE}, takes {@code
 * grow BYTES} and {@code detach}, which it refuses while the device is in use.
 */
final class NbdAttachedAgent {

  private static final VolumeId VOLUME = new VolumeId("vol-00000000a77a");
  private static final ReplicaId REPLICA = new ReplicaId("r1");

  private NbdAttachedAgent() {}

  /** Arguments: a directory, the size of the volume in bytes. */
  public static void main(String[] arguments) throws Exception {
    Path directory = Path.of(arguments[0]);
    long sizeBytes = Long.parseLong(arguments[1]);
    TestNode node = TestNode.start(directory);
    NbdAttacher attacher = new NbdAttacher(directory.resolve("state").resolve("kernel.sock"));
    InMemoryCatalogue catalogue = new InMemoryCatalogue(VOLUME, sizeBytes);
    VolumeHead head;
    Attachment attachment;
    if (attacher.survivors().contains(VOLUME)) {
      head = node.storage.resume(VOLUME, catalogue).orElseThrow();
      attachment = attacher.resume(head);
      System.out.println("resumed " + attachment.device());
    } else {
      node.storage.replicas().create(TestNode.POOL, VOLUME, REPLICA, sizeBytes);
      catalogue.add(REPLICA, true, node.storage.replicationAddress());
      head = node.storage.open(catalogue.publish(), FlushProfile.DURABLE, catalogue);
      attachment = attacher.attach(head);
      System.out.println("attached " + attachment.device());
    }
    obey(head, attachment);
    System.out.println("survivors " + attacher.survivors());
    attacher.close();
    node.close();
    System.exit(0);
  }

  private static void obey(VolumeHead head, Attachment attachment) throws Exception {
    BufferedReader commands = new BufferedReader(new InputStreamReader(System.in));
    for (String command = commands.readLine(); command != null; command = commands.readLine()) {
      if (command.startsWith("grow ")) {
        head.grow(Long.parseLong(command.substring("grow ".length()))).get(60, TimeUnit.SECONDS);
        attachment.refreshSize(head.sizeBytes());
        System.out.println("grown");
      } else if (detached(attachment)) {
        head.close().get(60, TimeUnit.SECONDS);
        System.out.println("detached");
        return;
      }
    }
  }

  private static boolean detached(Attachment attachment) {
    try {
      attachment.detach();
      return true;
    } catch (IOException e) {
      System.out.println("busy " + e.getMessage());
      return false;
    }
  }
}
