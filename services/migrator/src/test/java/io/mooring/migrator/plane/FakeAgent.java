package io.mooring.migrator.plane;

import io.mooring.migrator.plane.HttpDoor.Answer;
import io.mooring.migrator.plane.HttpDoor.Request;
import io.mooring.schemas.NodeDescriptor;
import io.mooring.storage.nbd.NbdExport;
import io.mooring.storage.nbd.NbdServer;
import io.mooring.storage.nbd.NbdServerLimits;
import io.mooring.storage.nbd.NbdServerObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/** One node's agent: exports of snapshots and of volumes that were given to the node. */
final class FakeAgent implements AutoCloseable {

  private final String node;
  private final FakePlane plane;
  private final int restPort;
  private final int nbdPort;
  private final Map<String, MemoryDevice> exported = new LinkedHashMap<>();
  private final AtomicLong readBefore = new AtomicLong();
  private HttpDoor door;
  private NbdServer nbd;

  FakeAgent(String node, FakePlane plane) throws IOException {
    this.node = node;
    this.plane = plane;
    this.door = new HttpDoor(this::answer);
    this.nbd = new NbdServer(NbdServerLimits.defaults(), NbdServerObserver.NONE);
    this.restPort = door.port();
    this.nbdPort = listen(0);
  }

  private int listen(int port) throws IOException {
    InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    return ((InetSocketAddress) nbd.listen(address)).getPort();
  }

  /** As a kill would: connections break, and what was exported is forgotten. */
  void die() {
    // First, so that no request that is under way is waited for.
    door.close();
    nbd.close();
    synchronized (this) {
      exported.values().forEach(device -> readBefore.addAndGet(device.readBytes()));
      exported.clear();
    }
  }

  synchronized void comeBack() throws IOException {
    nbd = new NbdServer(NbdServerLimits.defaults(), NbdServerObserver.NONE);
    listen(nbdPort);
    door = new HttpDoor(this::answer, restPort);
  }

  NodeDescriptor descriptor() {
    return NodeDescriptor.newBuilder()
        .setNodeId(node)
        .setIncarnation("1")
        .setHost("127.0.0.1")
        .setReplicationPort(1)
        .setProbePort(2)
        .setNbdPort(nbdPort)
        .setRestPort(restPort)
        .setPools(List.of())
        .setUpdatedAt(Instant.now())
        .build();
  }

  synchronized long readFromSnapshots() {
    return readBefore.get()
        + exported.entrySet().stream()
            .filter(entry -> entry.getKey().contains("@"))
            .mapToLong(entry -> entry.getValue().readBytes())
            .sum();
  }

  private synchronized Answer answer(Request request) throws IOException {
    FakeVolume volume = plane.find(request.path()[1]).orElse(null);
    if (volume == null) {
      return Answer.problem(404, "VOL-064");
    }
    if (request.path().length == 3) {
      return volume(request, volume);
    }
    MemoryDevice snapshot = volume.snapshots.get(request.path()[3]);
    String name = volume.id + "@" + request.path()[3];
    if (request.method().equals("DELETE")) {
      withdraw(name);
      return new Answer(204, "");
    }
    if (snapshot == null) {
      return Answer.problem(404, "SNP-063");
    }
    if (request.path()[4].equals("changes")) {
      MemoryDevice since = volume.snapshots.get(request.query().replace("since=", ""));
      return since == null
          ? Answer.problem(404, "SNP-063")
          : new Answer(200, changes(since.content(), snapshot.content()));
    }
    return exported(name, snapshot, true);
  }

  private Answer volume(Request request, FakeVolume volume) throws IOException {
    long epoch = Long.parseLong(request.query().replaceFirst(".*epoch=(\\d+).*", "$1"));
    if (request.method().equals("DELETE")) {
      if (volume.epoch <= epoch) {
        withdraw(volume.id);
      }
      return new Answer(204, "");
    }
    if (request.query().contains("readOnly=false")) {
      plane.exporting();
    }
    if (volume.epoch != epoch) {
      return Answer.problem(409, "CSI-025");
    }
    if (!volume.holder.equals(node)) {
      return Answer.problem(409, "VOL-066");
    }
    boolean readOnly = request.query().contains("readOnly=true");
    if (readOnly && !exported.containsKey(volume.id)) {
      return Answer.problem(409, "VOL-062");
    }
    if (readOnly) {
      withdraw(volume.id);
    }
    return exported(volume.id, volume.device, readOnly);
  }

  private Answer exported(String name, MemoryDevice device, boolean readOnly) {
    if (!exported.containsKey(name)) {
      exported.put(name, device);
      nbd.publish(new NbdExport(name, "", device, readOnly));
    }
    return new Answer(
        201,
        Map.of(
            "name",
            name,
            "sizeBytes",
            device.sizeBytes(),
            "readOnly",
            readOnly,
            "tcp",
            "nbd://127.0.0.1:%d/%s".formatted(nbdPort, name),
            "unix",
            ""));
  }

  private void withdraw(String name) {
    MemoryDevice device = exported.remove(name);
    if (device != null) {
      nbd.withdraw(name);
      if (name.contains("@")) {
        readBefore.addAndGet(device.readBytes());
      }
    }
  }

  private static List<Map<String, Long>> changes(byte[] before, byte[] now) {
    List<Map<String, Long>> changes = new ArrayList<>();
    for (int at = 0; at < now.length; at += MemoryDevice.BLOCK) {
      int end = Math.min(now.length, at + MemoryDevice.BLOCK);
      if (!Arrays.equals(before, at, end, now, at, end)) {
        changes.add(Map.of("offset", (long) at, "length", (long) (end - at)));
      }
    }
    return changes;
  }

  @Override
  public void close() {
    door.close();
    nbd.close();
  }
}
