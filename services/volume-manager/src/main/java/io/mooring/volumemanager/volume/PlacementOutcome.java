package io.mooring.volumemanager.volume;

import java.util.List;

/** Pools for new replicas, or why there are none. */
public sealed interface PlacementOutcome {

  /** As many pools as were asked for, on distinct nodes. */
  record Placed(List<PoolId> pools) implements PlacementOutcome {}

  record Impossible(Rejection reason) implements PlacementOutcome {}
}
