package io.mooring.localcluster.orchestrator;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** A storage driver that refuses to publish a volume twice, and keeps a record of every call. */
public final class FakeVolumes implements Volumes {

  public final List<String> calls = new CopyOnWriteArrayList<>();
  public final Set<String> existing = ConcurrentHashMap.newKeySet();
  public final Map<String, String> holders = new ConcurrentHashMap<>();
  public final AtomicInteger failuresAhead = new AtomicInteger();
  volatile Set<String> replicaNodes;

  public FakeVolumes(Set<String> replicaNodes) {
    this.replicaNodes = replicaNodes;
  }

  @Override
  public String create(String name, VolumeClaim claim) {
    calls.add("create " + name);
    return name;
  }

  @Override
  public String find(String name, VolumeClaim claim) {
    if (!existing.contains(name)) {
      throw new VolumeException(name + " is not there");
    }
    calls.add("find " + name);
    return name;
  }

  @Override
  public Set<String> replicaNodes(String volumeId) {
    return replicaNodes;
  }

  @Override
  public Map<String, String> publish(String volumeId, String node) {
    if (failuresAhead.getAndUpdate(n -> Math.max(0, n - 1)) > 0) {
      throw new VolumeException("not now");
    }
    String holder = holders.putIfAbsent(volumeId, node);
    if (holder != null && !holder.equals(node)) {
      throw new VolumeException(volumeId + " belongs to " + holder);
    }
    calls.add("publish " + volumeId + " " + node);
    return Map.of("epoch", "1");
  }

  @Override
  public void unpublish(String volumeId, String node) {
    holders.remove(volumeId, node);
    calls.add("unpublish " + volumeId + " " + node);
  }

  @Override
  public Path mount(String volumeId, String node, String pod, Map<String, String> context) {
    calls.add("mount " + volumeId + " " + node);
    return Path.of("/data", volumeId);
  }

  @Override
  public void unmount(String volumeId, String node, String pod) {
    calls.add("unmount " + volumeId + " " + node);
  }
}
