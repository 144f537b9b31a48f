package io.mooring.volumeagent.config;

import io.mooring.schemas.PoolPriority;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** One pool of this node. */
public record PoolSettings(
    String poolId,
    Path path,
    PoolPriority priority,
    Optional<Long> capacityBytes,
    Map<String, String> labels) {

  public PoolSettings {
    labels = Map.copyOf(labels);
  }
}
