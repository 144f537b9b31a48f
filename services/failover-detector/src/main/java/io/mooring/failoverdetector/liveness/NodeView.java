package io.mooring.failoverdetector.liveness;

import io.mooring.schemas.Observation;
import java.util.List;
import java.util.Set;

/** A node as the detector sees it now, for people and metrics. */
public record NodeView(
    String nodeId,
    String incarnation,
    NodeStatus status,
    double phi,
    long lastBeatAgeMs,
    List<Observation> observations,
    Set<String> sickPools) {

  public NodeView {
    observations = List.copyOf(observations);
    sickPools = Set.copyOf(sickPools);
  }
}
