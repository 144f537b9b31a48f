package io.mooring.volumeagent.config;

import io.mooring.schemas.PoolPriority;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * One pool of this node.
 *
 * @param capacityBytes bytes that replicas may take, if it is less than all of the file system
 * @param driveMaxBytes size up to which the agent may grow the drive; without it the drive stays as
 *     it is
 */
public record PoolSettings(
    String poolId,
    Path path,
    PoolPriority priority,
    Optional<Long> capacityBytes,
    Optional<Long> driveMaxBytes,
    Map<String, String> labels) {

  public PoolSettings {
    labels = Map.copyOf(labels);
  }
}
