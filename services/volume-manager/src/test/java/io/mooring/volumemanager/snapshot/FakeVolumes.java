package io.mooring.volumemanager.snapshot;

import io.mooring.schemas.ReplicaRole;
import io.mooring.schemas.VolumePhase;
import io.mooring.schemas.VolumeTaskKind;
import io.mooring.volumemanager.rebalance.VolumeOutline;
import io.mooring.volumemanager.volume.NodeId;
import io.mooring.volumemanager.volume.PoolId;
import io.mooring.volumemanager.volume.ReplicaId;
import io.mooring.volumemanager.volume.StorageParameters;
import io.mooring.volumemanager.volume.VolumeId;
import io.mooring.volumemanager.volume.VolumeSpec;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Volumes with replicas r1 on n1 and r2 on n2, in whatever state a test wants them. */
final class FakeVolumes implements SnapshotView {

  private static final VolumeSpec SPEC =
      ((StorageParameters.Outcome.Valid) StorageParameters.parse(Map.of("repl", "2"))).spec();

  private final Map<VolumeId, VolumeOutline> volumes = new LinkedHashMap<>();
  private final Set<NodeId> down = new HashSet<>();
  final Map<SnapshotSetId, SnapshotSet> sets = new LinkedHashMap<>();

  static VolumeId id(String name) {
    return VolumeId.ofName(name);
  }

  /** Published to n1. */
  void attached(String name, long epoch) {
    put(
        name,
        new NodeId("n1"),
        new VolumeOutline.Standing(VolumePhase.PUBLISHED, epoch, null, false));
  }

  void detached(String name, long epoch) {
    put(name, null, new VolumeOutline.Standing(VolumePhase.DETACHED, epoch, null, false));
  }

  void fencing(String name, long epoch) {
    put(name, null, new VolumeOutline.Standing(VolumePhase.FENCING, epoch, null, false));
  }

  void working(String name, long epoch, VolumeTaskKind kind, String set) {
    put(
        name,
        new NodeId("n1"),
        new VolumeOutline.Standing(
            VolumePhase.PUBLISHED, epoch, new VolumeOutline.Task(kind, set), false));
  }

  /** Published to n1 for somebody who fills it. */
  void filling(String name, long epoch) {
    put(
        name,
        new NodeId("n1"),
        new VolumeOutline.Standing(VolumePhase.PUBLISHED, epoch, null, true));
  }

  /** Nobody has it, and it was not filled to its end. */
  void half(String name, long epoch) {
    put(name, null, new VolumeOutline.Standing(VolumePhase.DETACHED, epoch, null, true));
  }

  void deleted(String name) {
    volumes.remove(id(name));
  }

  void down(String node) {
    down.add(new NodeId(node));
  }

  private void put(String name, @Nullable NodeId holder, VolumeOutline.Standing standing) {
    VolumeId id = id(name);
    List<VolumeOutline.Member> members = List.of(member("r1", "n1"), member("r2", "n2"));
    volumes.put(id, new VolumeOutline(id, name, 1L << 26, SPEC, holder, standing, members));
  }

  private static VolumeOutline.Member member(String replica, String node) {
    return new VolumeOutline.Member(
        new ReplicaId(replica), new PoolId(new NodeId(node), "p"), ReplicaRole.IN_SYNC, null);
  }

  @Override
  public Optional<VolumeOutline> volume(VolumeId id) {
    return Optional.ofNullable(volumes.get(id));
  }

  @Override
  public boolean isDown(NodeId node) {
    return down.contains(node);
  }

  @Override
  public List<SnapshotSet> sets() {
    return List.copyOf(sets.values());
  }

  @Override
  public List<String> readers(SnapshotSetId set) {
    return volumes.values().stream()
        .filter(volume -> volume.reads(set.value()))
        .map(VolumeOutline::name)
        .toList();
  }
}
