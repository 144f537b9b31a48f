package io.mooring.volumemanager.catalogue;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the failure detector judged last about a node.
 *
 * @param downSince since when it is down, null while it is not
 * @param sickPools pools whose disk is sick, with the time of the judgement
 */
public record NodeHealth(@Nullable Instant downSince, Map<String, Instant> sickPools) {

  static final NodeHealth FIT = new NodeHealth(null, Map.of());

  public NodeHealth {
    sickPools = Map.copyOf(sickPools);
  }

  NodeHealth down(Instant since) {
    return downSince != null ? this : new NodeHealth(since, sickPools);
  }

  NodeHealth up() {
    return new NodeHealth(null, sickPools);
  }

  NodeHealth sick(String pool, Instant since) {
    Map<String, Instant> more = new HashMap<>(sickPools);
    more.putIfAbsent(pool, since);
    return new NodeHealth(downSince, more);
  }

  NodeHealth healthy(String pool) {
    Map<String, Instant> fewer = new HashMap<>(sickPools);
    fewer.remove(pool);
    return new NodeHealth(downSince, fewer);
  }
}
