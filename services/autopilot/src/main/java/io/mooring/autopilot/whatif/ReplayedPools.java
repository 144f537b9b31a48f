package io.mooring.autopilot.whatif;

import io.mooring.autopilot.decision.NodePools;
import io.mooring.autopilot.decision.PoolFigures;
import io.mooring.autopilot.decision.UsageSample;
import io.mooring.autopilot.decision.VolumeWatch;
import java.time.Instant;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;

/**
 * All pools of a replay: each is compared with all of them, as the service does it. Descriptors are
 * replayed in the order in which they were judged.
 */
final class ReplayedPools {

  private final Replay.Plan plan;
  private final VolumeWatch watch;
  private final TakenDecisions taken;
  private final Replay.Sink sink;
  private final Map<String, NodePools> nodes = new TreeMap<>();
  private final Map<String, ReplayedPool> pools = new TreeMap<>();
  private final Set<String> selected = new HashSet<>();
  private long measurements;
  private long refused;

  ReplayedPools(Replay.Plan plan, VolumeWatch watch, TakenDecisions taken, Replay.Sink sink) {
    this.plan = plan;
    this.watch = watch;
    this.taken = taken;
    this.sink = sink;
  }

  void take(Recorded record) {
    Instant at = record.writtenAt();
    switch (record) {
      case Recorded.PoolsDescribed described -> described(described.node(), at);
      case Recorded.PoolsAnswered answered ->
          pools.values().forEach(pool -> pool.answered(answered.answer(), at));
      case Recorded.Approved approved -> approved(approved);
      case Recorded.Queried queried -> queried(queried);
      case Recorded.Described _,
          Recorded.Expanded _,
          Recorded.Measured _,
          Recorded.Answered _,
          Recorded.Labelled _,
          Recorded.BrokerTold _ ->
          throw new IllegalStateException("not about pools: " + record);
    }
  }

  private void approved(Recorded.Approved approved) {
    ReplayedPool pool = pools.get(approved.volumeId());
    if (pool != null) {
      pool.approved(approved.rule(), approved.approval(), approved.writtenAt());
    }
  }

  private void queried(Recorded.Queried queried) {
    ReplayedPool pool = pools.get(queried.volumeId());
    if (pool != null) {
      pool.queried(queried.query(), queried.answer());
    }
  }

  private void described(NodePools recorded, Instant at) {
    NodePools node =
        new NodePools(
            recorded.nodeId(),
            recorded.at(),
            recorded.pools().stream().map(pool -> modelled(recorded, pool)).toList());
    NodePools before = nodes.put(node.nodeId(), node);
    PoolFigures.Cluster cluster = NodePools.sum(nodes.values(), node.at(), plan.gate().ageMax());
    Set<String> present = new HashSet<>();
    for (NodePools.Pool pool : node.pools()) {
      String id = node.objectId(pool);
      present.add(id);
      judge(pools.get(id), node, pool, cluster, at);
    }
    if (before != null) {
      before.pools().stream()
          .map(before::objectId)
          .filter(id -> !present.contains(id))
          .map(pools::get)
          .filter(Objects::nonNull)
          .forEach(ReplayedPool::forget);
    }
  }

  private NodePools.Pool modelled(NodePools node, NodePools.Pool pool) {
    String id = node.objectId(pool);
    return pools
        .computeIfAbsent(id, _ -> new ReplayedPool(plan, watch, taken.resizes(id), sink))
        .modelled(pool);
  }

  private void judge(
      ReplayedPool known,
      NodePools node,
      NodePools.Pool pool,
      PoolFigures.Cluster cluster,
      Instant at) {
    boolean counts = !at.isBefore(plan.from());
    UsageSample sample = node.sample(pool, cluster);
    known.described(node.facts(pool));
    if (plan.gate().refuse(sample, at).isPresent()) {
      refused += counts ? 1 : 0;
    } else {
      measurements += counts ? 1 : 0;
      known.measured(sample, at);
      if (known.isSelected()) {
        selected.add(node.objectId(pool));
      }
    }
  }

  /** Ids of the pools on which a rule of the replay is, or was before the pool was gone. */
  Set<String> selected() {
    return Set.copyOf(selected);
  }

  /** Commands that were really given and that the replay gives in the same way. */
  Set<UUID> followed() {
    Set<UUID> all = new HashSet<>();
    pools.values().forEach(pool -> all.addAll(pool.followed()));
    return all;
  }

  long measurements() {
    return measurements;
  }

  long refused() {
    return refused;
  }
}
