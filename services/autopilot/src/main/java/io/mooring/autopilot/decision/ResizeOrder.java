package io.mooring.autopilot.decision;

import io.mooring.autopilot.rule.RebalanceAction;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An action that was asked for: a resize, or a rebalance, which leaves the size as it is.
 *
 * @param commandId id and idempotency key of the command
 * @param attempt 1 for the first; a further one follows only a definite refusal
 * @param fsBytesBefore size of the file system before, negative if there was none
 * @param rebalance what is wanted of a rebalance; null if it is a resize
 */
public record ResizeOrder(
    UUID commandId,
    int attempt,
    long fromBytes,
    long toBytes,
    long fsBytesBefore,
    @Nullable RebalanceAction rebalance) {

  /**
   * Whether a measurement shows that volume and file system have grown; of a rebalance no
   * measurement can show that it is over.
   */
  boolean isSeenDoneIn(UsageSample sample) {
    return rebalance == null
        && sample.capacityBytes() >= toBytes
        && (fsBytesBefore < 0 || sample.fsSizeBytes() > fsBytesBefore);
  }
}
