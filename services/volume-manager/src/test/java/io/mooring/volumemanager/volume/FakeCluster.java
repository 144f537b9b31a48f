package io.mooring.volumemanager.volume;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Nodes with one pool each, named "p"; placement takes the first that are free and fit. */
final class FakeCluster implements ClusterView {

  static final String POOL = "p";

  /** Specification of every volume that has a snapshot. */
  static final VolumeSpec SPEC =
      ((StorageParameters.Outcome.Valid)
              StorageParameters.parse(Map.of("repl", "2", "priority_io", "high")))
          .spec();

  static final Rejection NO_ROOM = new Rejection("VOL-014", "no room", "test", "none");

  private final TreeSet<NodeId> nodes = new TreeSet<>();
  private final Map<NodeId, Instant> down = new HashMap<>();
  private final Map<PoolId, Instant> sick = new HashMap<>();
  private final Map<VolumeId, SnapshotSource> snapshots = new HashMap<>();
  private long sizeLimit = Long.MAX_VALUE;

  FakeCluster(String... names) {
    for (String name : names) {
      nodes.add(new NodeId(name));
    }
  }

  static PoolId pool(String node) {
    return new PoolId(new NodeId(node), POOL);
  }

  void down(String node, Instant since) {
    down.putIfAbsent(new NodeId(node), since);
  }

  void up(String node) {
    down.remove(new NodeId(node));
  }

  void sick(String node, Instant since) {
    sick.putIfAbsent(pool(node), since);
  }

  void limitSize(long bytes) {
    sizeLimit = bytes;
  }

  @Override
  public boolean knows(NodeId node) {
    return nodes.contains(node);
  }

  @Override
  public Optional<Instant> downSince(NodeId node) {
    return Optional.ofNullable(down.get(node));
  }

  @Override
  public Optional<Instant> sickSince(PoolId pool) {
    return Optional.ofNullable(sick.get(pool));
  }

  @Override
  public PlacementOutcome place(PlacementRequest request) {
    List<PoolId> pools = new ArrayList<>();
    for (NodeId node : nodes) {
      PoolId pool = new PoolId(node, POOL);
      boolean usable = !isDown(node) && sickSince(pool).isEmpty();
      if (usable && !request.occupied().contains(node) && pools.size() < request.count()) {
        pools.add(pool);
      }
    }
    return pools.size() == request.count()
        ? new PlacementOutcome.Placed(pools)
        : new PlacementOutcome.Impossible(NO_ROOM);
  }

  @Override
  public Optional<Rejection> refuseMove(Volume volume, Replica leaving, PoolId to) {
    boolean usable =
        nodes.contains(to.node())
            && !isDown(to.node())
            && sickSince(to).isEmpty()
            && volume.replicas().members().stream().noneMatch(r -> r.node().equals(to.node()));
    return usable ? Optional.empty() : Optional.of(NO_ROOM);
  }

  /** A complete snapshot of the volume, held by these replicas, written {@code r1@n1}. */
  SnapshotKey snapshot(VolumeId volume, long sizeBytes, String... holders) {
    SnapshotKey key = new SnapshotKey("set-1", volume, "set-1-0");
    snapshots.put(
        volume,
        new SnapshotSource(
            key,
            sizeBytes,
            SPEC,
            Stream.of(holders)
                .map(holder -> holder.split("@"))
                .map(parts ->
                    new SnapshotSource.Holder(new ReplicaId(parts[0]), new NodeId(parts[1])))
                .toList()));
    return key;
  }

  @Override
  public Optional<SnapshotSource> snapshot(String setId, VolumeId volume) {
    return Optional.ofNullable(snapshots.get(volume)).filter(s -> s.key().setId().equals(setId));
  }

  @Override
  public boolean hasSnapshots(VolumeId volume) {
    return snapshots.containsKey(volume);
  }

  @Override
  public boolean wouldLoseSnapshot(Volume volume, List<Replica> leaving) {
    SnapshotSource snapshot = snapshots.get(volume.id());
    return snapshot != null
        && volume.replicas().members().stream().anyMatch(snapshot::isHeldBy)
        && volume.replicas().members().stream()
            .filter(snapshot::isHeldBy)
            .allMatch(leaving::contains);
  }

  @Override
  public Optional<Rejection> refuseSize(PoolId pool, long sizeBytes) {
    return sizeBytes > sizeLimit
        ? Optional.of(new Rejection("VOL-010", "too large", "test", "none"))
        : Optional.empty();
  }
}
