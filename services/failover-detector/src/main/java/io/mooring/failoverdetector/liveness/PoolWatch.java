package io.mooring.failoverdetector.liveness;

import io.mooring.schemas.DiskHealthy;
import io.mooring.schemas.DiskSick;
import io.mooring.schemas.PoolHealth;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Health of one node's pools, with hysteresis: one slow fsync is not a sick disk, one good one does
 * not heal it.
 */
final class PoolWatch {

  /** A change of a pool's health: the event's detail and its trace. */
  record Change(Object detail, Trace trace) {}

  private sealed interface Pool {
    record Well(int failedBeats) implements Pool {}

    record Sick(Trace trace, int goodBeats) implements Pool {}
  }

  private final LivenessSettings.Hysteresis hysteresis;
  private final Supplier<UUID> ids;
  private final Map<String, Pool> pools = new TreeMap<>();

  PoolWatch(LivenessSettings.Hysteresis hysteresis, Supplier<UUID> ids, Map<String, Trace> sick) {
    this.hysteresis = hysteresis;
    this.ids = ids;
    sick.forEach((poolId, trace) -> pools.put(poolId, new Pool.Sick(trace, 0)));
  }

  /** Takes in a beat's report; pools that it does not list any more are forgotten. */
  List<Change> onReport(List<PoolHealth> report, @Nullable UUID beatId) {
    pools.keySet().retainAll(report.stream().map(PoolHealth::getPoolId).toList());
    List<Change> changes = new ArrayList<>();
    for (PoolHealth health : report) {
      switch (pools.getOrDefault(health.getPoolId(), new Pool.Well(0))) {
        case Pool.Well well -> onReport(well, health, beatId).ifPresent(changes::add);
        case Pool.Sick sick -> onReport(sick, health).ifPresent(changes::add);
      }
    }
    return changes;
  }

  private Optional<Change> onReport(Pool.Well well, PoolHealth health, @Nullable UUID beatId) {
    int failed = health.getHealthy() ? 0 : well.failedBeats() + 1;
    if (failed < hysteresis.sickBeats()) {
      pools.put(health.getPoolId(), new Pool.Well(failed));
      return Optional.empty();
    }
    Trace trace = new Trace(ids.get(), ids.get(), beatId);
    pools.put(health.getPoolId(), new Pool.Sick(trace, 0));
    String error = health.getError() == null ? "canary exceeded its limit" : health.getError();
    return Optional.of(
        new Change(new DiskSick(health.getPoolId(), error, health.getCanaryMicros()), trace));
  }

  private Optional<Change> onReport(Pool.Sick sick, PoolHealth health) {
    int good = health.getHealthy() ? sick.goodBeats() + 1 : 0;
    if (good < hysteresis.healthyBeats()) {
      pools.put(health.getPoolId(), new Pool.Sick(sick.trace(), good));
      return Optional.empty();
    }
    pools.put(health.getPoolId(), new Pool.Well(0));
    return Optional.of(
        new Change(new DiskHealthy(health.getPoolId()), sick.trace().next(ids.get())));
  }

  /** Sick pools with the trace of their DiskSick. */
  Map<String, Trace> sick() {
    Map<String, Trace> sick = new TreeMap<>();
    pools.forEach((poolId, pool) -> {
      if (pool instanceof Pool.Sick(Trace trace, int _)) {
        sick.put(poolId, trace);
      }
    });
    return sick;
  }
}
