package io.mooring.volumemanager.catalogue;

import io.mooring.schemas.VolumePhase;
import io.mooring.volumemanager.volume.NodeId;
import io.mooring.volumemanager.volume.Replica;
import io.mooring.volumemanager.volume.Volume;
import io.mooring.volumemanager.volume.VolumeId;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Finds the volumes of one task that an input concerns without reading all of them: those of a
 * node, and those for which time matters. Kept beside the store, built from it at start. Only the
 * counts may be read by other threads.
 */
final class VolumeIndex {

  private final Map<NodeId, Set<VolumeId>> byNode = new HashMap<>();
  private final Set<VolumeId> needingAttention = new LinkedHashSet<>();
  private final Map<VolumePhase, AtomicInteger> byPhase = new EnumMap<>(VolumePhase.class);
  private final AtomicInteger degraded = new AtomicInteger();
  private final AtomicInteger half = new AtomicInteger();

  VolumeIndex() {
    for (VolumePhase phase : VolumePhase.values()) {
      byPhase.put(phase, new AtomicInteger());
    }
  }

  /** Volumes that have a replica or their head on the node. */
  List<VolumeId> onNode(NodeId node) {
    return List.copyOf(byNode.getOrDefault(node, Set.of()));
  }

  /** Volumes for which time alone can change something. */
  List<VolumeId> needingAttention() {
    return List.copyOf(needingAttention);
  }

  int inPhase(VolumePhase phase) {
    AtomicInteger count = byPhase.get(phase);
    return count == null ? 0 : count.get();
  }

  int degraded() {
    return degraded.get();
  }

  int half() {
    return half.get();
  }

  /** Replaces one version of a volume by another; null for none. */
  void replace(@Nullable Volume before, @Nullable Volume after) {
    if (before != null) {
      count(before, -1);
      needingAttention.remove(before.id());
      nodesOf(before).forEach(node -> byNode.getOrDefault(node, Set.of()).remove(before.id()));
    }
    if (after != null) {
      count(after, 1);
      if (after.needsAttention()) {
        needingAttention.add(after.id());
      }
      for (NodeId node : nodesOf(after)) {
        byNode.computeIfAbsent(node, _ -> new LinkedHashSet<>()).add(after.id());
      }
    }
  }

  private void count(Volume volume, int sign) {
    byPhase
        .computeIfAbsent(RecordWriter.phase(volume.phase()), _ -> new AtomicInteger())
        .addAndGet(sign);
    if (volume.isDegraded()) {
      degraded.addAndGet(sign);
    }
    if (volume.attachment().isHalf()) {
      half.addAndGet(sign);
    }
  }

  private static Set<NodeId> nodesOf(Volume volume) {
    Set<NodeId> nodes = new HashSet<>();
    volume.replicas().members().stream().map(Replica::node).forEach(nodes::add);
    if (volume.phase() instanceof io.mooring.volumemanager.volume.VolumePhase.Published published) {
      nodes.add(published.holder());
    }
    return nodes;
  }
}
