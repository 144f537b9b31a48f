package io.mooring.volumeagent.heads;

import io.mooring.schemas.ReplicaRole;
import io.mooring.schemas.VolumeState;
import io.mooring.storage.replication.HeadState;
import io.mooring.volumeagent.staging.AttachedVolume.Health;
import io.mooring.volumeagent.volumes.KnownVolume;
import java.util.Optional;

/** Puts the state of a head in words for people and orchestrators. */
public final class HeadHealth {

  private HeadHealth() {}

  static Health of(HeadState state, Optional<KnownVolume> known) {
    if (!(state instanceof HeadState.Serving)) {
      return new Health(true, describe(state));
    }
    long inSync = known.map(volume -> inSync(volume.state())).orElse(1L);
    long wanted = known.map(volume -> (long) volume.state().getSpec().getRepl()).orElse(1L);
    return inSync < wanted
        ? new Health(true, "serving, degraded: %d of %d replicas in sync".formatted(inSync, wanted))
        : new Health(false, describe(state));
  }

  private static long inSync(VolumeState state) {
    return state.getReplicas().stream()
        .filter(replica -> replica.getRole() == ReplicaRole.IN_SYNC)
        .count();
  }

  /** The state in words. */
  public static String describe(HeadState state) {
    return switch (state) {
      case HeadState.Opening _ -> "opening: replicas are connected and made equal";
      case HeadState.Serving _ -> "serving";
      case HeadState.Holding(var lost) ->
          "holding writes until the catalogue has taken " + lost + " out of the in-sync set";
      case HeadState.Suspended _ -> "suspended: no in-sync replica can be reached";
      case HeadState.Fenced(var reason) -> "fenced: " + reason;
      case HeadState.Closed(var reason) -> "closed: " + reason;
    };
  }
}
