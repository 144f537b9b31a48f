package io.mooring.autopilot.decision;

import io.mooring.autopilot.rule.RebalanceAction;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An action that was asked for: the growth of a volume or of a pool's drive, or a rebalance, which
 * leaves the size as it is.
 *
 * @param commandId id and idempotency key of the command
 * @param attempt 1 for the first; a further one follows only a definite refusal
 * @param fsBytesBefore size of the file system before, negative if there was none
 * @param rebalance what is wanted of a rebalance; null if something grows
 */
public record ResizeOrder(
    UUID commandId,
    int attempt,
    long fromBytes,
    long toBytes,
    long fsBytesBefore,
    @Nullable RebalanceAction rebalance) {

  /**
   * Whether a measurement shows that volume and file system, or drive and file system, have grown;
   * of a rebalance no measurement can show that it is over.
   */
  boolean isSeenDoneIn(UsageSample sample) {
    return rebalance == null
        && sample.sizeBytes() >= toBytes
        && (fsBytesBefore < 0 || sample.fileSystemBytes() - fsBytesBefore >= leastGain(sample));
  }

  /**
   * A pool's capacity is that of its file system, which takes a little of the drive for itself and
   * may change a little at any time; so most of the growth must have arrived.
   */
  private long leastGain(UsageSample sample) {
    return sample.pool() == null ? 1 : (toBytes - fromBytes) / 2;
  }
}
