package io.mooring.autopilot.decision;

import java.util.UUID;

/**
 * A resize that was asked for.
 *
 * @param commandId id and idempotency key of the command
 * @param attempt 1 for the first; a further one follows only a definite refusal
 * @param fsBytesBefore size of the file system before, negative if there was none
 */
public record ResizeOrder(
    UUID commandId, int attempt, long fromBytes, long toBytes, long fsBytesBefore) {

  /** Whether a measurement shows that volume and file system have grown. */
  boolean isSeenDoneIn(UsageSample sample) {
    return sample.capacityBytes() >= toBytes
        && (fsBytesBefore < 0 || sample.fsSizeBytes() > fsBytesBefore);
  }
}
