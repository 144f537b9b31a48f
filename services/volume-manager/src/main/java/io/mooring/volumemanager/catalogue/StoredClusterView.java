package io.mooring.volumemanager.catalogue;

import io.mooring.volumemanager.placement.MoveCheck;
import io.mooring.volumemanager.placement.Placement;
import io.mooring.volumemanager.placement.PoolCandidate;
import io.mooring.volumemanager.placement.ProvisioningLedger;
import io.mooring.volumemanager.volume.ClusterView;
import io.mooring.volumemanager.volume.NodeId;
import io.mooring.volumemanager.volume.PlacementOutcome;
import io.mooring.volumemanager.volume.PlacementRequest;
import io.mooring.volumemanager.volume.PoolId;
import io.mooring.volumemanager.volume.Rejection;
import io.mooring.volumemanager.volume.Replica;
import io.mooring.volumemanager.volume.SnapshotSource;
import io.mooring.volumemanager.volume.Volume;
import io.mooring.volumemanager.volume.VolumeId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;

/** What one task knows of the cluster, from its stores. */
final class StoredClusterView implements ClusterView {

  private final ReadOnlyKeyValueStore<String, NodeProfile> nodes;
  private final KeyValueStore<String, NodeHealth> health;
  private final ProvisioningLedger ledger;
  private final StoredSnapshots snapshots;

  /**
   * @param health of nodes, as this task has heard of it
   */
  StoredClusterView(
      ProcessorContext<?, ?> context,
      KeyValueStore<String, NodeHealth> health,
      ProvisioningLedger ledger) {
    this.nodes = context.getStateStore(CatalogueTopology.NODES_STORE);
    this.health = health;
    this.ledger = ledger;
    this.snapshots =
        new StoredSnapshots(
            context.getStateStore(CatalogueTopology.SNAPSHOTS_STORE),
            context.getStateStore(CatalogueTopology.OUTLINES_STORE));
  }

  @Override
  public boolean knows(NodeId node) {
    return nodes.get(node.value()) != null;
  }

  @Override
  public Optional<Instant> downSince(NodeId node) {
    return Optional.ofNullable(healthOf(node).downSince());
  }

  @Override
  public Optional<Instant> sickSince(PoolId pool) {
    return Optional.ofNullable(healthOf(pool.node()).sickPools().get(pool.name()));
  }

  private NodeHealth healthOf(NodeId node) {
    NodeHealth known = health.get(node.value());
    return known == null ? NodeHealth.FIT : known;
  }

  @Override
  public PlacementOutcome place(PlacementRequest request) {
    List<PoolCandidate> candidates = new ArrayList<>();
    try (KeyValueIterator<String, NodeProfile> all = nodes.all()) {
      all.forEachRemaining(entry ->
          candidates(entry.value, request.spec().grouping().group()).forEach(candidates::add));
    }
    return Placement.choose(request, candidates);
  }

  @Override
  public Optional<Rejection> refuseSize(PoolId pool, long sizeBytes) {
    return candidate(pool, "").flatMap(candidate -> Placement.refuseSize(candidate, sizeBytes));
  }

  @Override
  public Optional<Rejection> refuseMove(Volume volume, Replica leaving, PoolId to) {
    String group = volume.spec().grouping().group();
    return new MoveCheck(
            volume.spec(),
            volume.sizeBytes(),
            volume.replicas().members().stream().map(Replica::pool).toList(),
            pool -> candidate(pool, group))
        .refuse(leaving.pool(), to);
  }

  @Override
  public Optional<SnapshotSource> snapshot(String setId, VolumeId volume) {
    return snapshots.find(setId, volume);
  }

  @Override
  public boolean hasSnapshots(VolumeId volume) {
    return snapshots.exist(volume);
  }

  @Override
  public boolean wouldLoseSnapshot(Volume volume, List<Replica> leaving) {
    return snapshots.wouldLose(volume, leaving);
  }

  private Optional<PoolCandidate> candidate(PoolId pool, String group) {
    return Optional.ofNullable(nodes.get(pool.node().value())).stream()
        .flatMap(node -> candidates(node, group))
        .filter(candidate -> candidate.pool().equals(pool))
        .findFirst();
  }

  /** All pools, without regard to groups. */
  List<PoolCandidate> pools() {
    List<PoolCandidate> all = new ArrayList<>();
    try (KeyValueIterator<String, NodeProfile> known = nodes.all()) {
      known.forEachRemaining(entry -> candidates(entry.value, "").forEach(all::add));
    }
    return all;
  }

  private Stream<PoolCandidate> candidates(NodeProfile node, String group) {
    NodeId nodeId = new NodeId(node.nodeId());
    boolean up = !isDown(nodeId);
    int groupReplicas = group.isEmpty() ? 0 : ledger.replicasOfGroup(group, nodeId);
    var location = new PoolCandidate.Location(node.region(), node.zone(), node.rack());
    return node.pools().stream()
        .map(pool -> {
          PoolId id = new PoolId(nodeId, pool.poolId());
          return new PoolCandidate(
              id,
              location,
              pool.priority(),
              pool.capacityBytes(),
              pool.freeBytes(),
              ledger.provisionedBytes(id),
              groupReplicas,
              up && pool.healthy() && sickSince(id).isEmpty());
        });
  }
}
