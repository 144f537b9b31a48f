package io.mooring.volumemanager.rebalance;

import io.mooring.volumemanager.placement.MoveCheck;
import io.mooring.volumemanager.placement.PoolCandidate;
import io.mooring.volumemanager.volume.NodeId;
import io.mooring.volumemanager.volume.PoolId;
import io.mooring.volumemanager.volume.ReplicaId;
import io.mooring.volumemanager.volume.VolumeId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Where replicas lie, with the moves that were planned so far as if they were done. */
final class PlacementModel {

  /** A replica that may be moved, once. */
  record Slot(VolumeOutline volume, ReplicaId replica, PoolId pool, boolean besideWriter) {}

  private final Map<PoolId, PoolCandidate> pools = new HashMap<>();
  private final Map<PoolId, List<Slot>> slots = new LinkedHashMap<>();
  private final Map<VolumeId, List<PoolId>> members = new HashMap<>();
  private final Map<String, Map<NodeId, Integer>> groups = new HashMap<>();
  private final PoolLoads loads;
  private int notMovable;

  PlacementModel(Collection<PoolCandidate> candidates, Collection<VolumeOutline> volumes) {
    candidates.forEach(pool -> pools.put(pool.pool(), pool));
    Map<PoolId, Long> provisioned = new HashMap<>();
    for (VolumeOutline volume : volumes) {
      List<PoolId> held = volume.members().stream().map(VolumeOutline.Member::pool).toList();
      members.put(volume.id(), new ArrayList<>(held));
      for (PoolId pool : held) {
        provisioned.merge(pool, volume.sizeBytes(), Long::sum);
        countGroup(volume, pool.node(), 1);
      }
      addSlots(volume);
    }
    Map<PoolId, PoolLoads.Load> available = new HashMap<>();
    for (PoolCandidate pool : candidates) {
      if (pool.available()) {
        long bytes = provisioned.getOrDefault(pool.pool(), 0L);
        available.put(pool.pool(), new PoolLoads.Load(pool.capacityBytes(), bytes));
      }
    }
    this.loads = new PoolLoads(available);
  }

  private void addSlots(VolumeOutline volume) {
    if (!volume.isMovable()) {
      notMovable++;
      return;
    }
    for (VolumeOutline.Member member : volume.members()) {
      Slot slot = new Slot(volume, member.id(), member.pool(), volume.isBesideWriter(member));
      slots.computeIfAbsent(member.pool(), _ -> new ArrayList<>()).add(slot);
    }
  }

  private void countGroup(VolumeOutline volume, NodeId node, int sign) {
    String group = volume.spec().grouping().group();
    if (!group.isEmpty()) {
      groups.computeIfAbsent(group, _ -> new HashMap<>()).merge(node, sign, Integer::sum);
    }
  }

  PoolLoads loads() {
    return loads;
  }

  int notMovable() {
    return notMovable;
  }

  List<Slot> slots(PoolId pool, boolean besideWriter) {
    return slots.getOrDefault(pool, List.of()).stream()
        .filter(slot -> slot.besideWriter() == besideWriter)
        .toList();
  }

  boolean permits(Slot slot, PoolId to) {
    VolumeOutline volume = slot.volume();
    String group = volume.spec().grouping().group();
    return new MoveCheck(
            volume.spec(),
            volume.sizeBytes(),
            members.getOrDefault(volume.id(), List.of()),
            pool -> candidate(pool, group))
        .refuse(slot.pool(), to)
        .isEmpty();
  }

  private Optional<PoolCandidate> candidate(PoolId pool, String group) {
    return Optional.ofNullable(pools.get(pool))
        .map(base ->
            new PoolCandidate(
                base.pool(),
                base.location(),
                base.priority(),
                base.capacityBytes(),
                base.freeBytes(),
                loads.provisionedBytes(pool),
                groups.getOrDefault(group, Map.of()).getOrDefault(pool.node(), 0),
                base.available()));
  }

  /** Takes the move for done; its replica is not moved again. */
  PlannedMove move(Slot slot, PoolId to) {
    VolumeOutline volume = slot.volume();
    loads.move(slot.pool(), to, volume.sizeBytes());
    slots.getOrDefault(slot.pool(), new ArrayList<>()).remove(slot);
    List<PoolId> held = members.getOrDefault(volume.id(), new ArrayList<>());
    held.remove(slot.pool());
    held.add(to);
    countGroup(volume, slot.pool().node(), -1);
    countGroup(volume, to.node(), 1);
    return new PlannedMove(
        volume.id(), volume.name(), volume.sizeBytes(), slot.replica(), slot.pool(), to);
  }
}
