package io.mooring.volumemanager.expansion;

import io.mooring.volumemanager.volume.PoolId;
import io.mooring.volumemanager.volume.Rejection;
import java.util.Optional;

/** Why a drive is not grown. */
public final class ExpansionRefusals {

  /** File systems and loop devices work in blocks of this size. */
  private static final long UNIT_BYTES = 4096;

  private ExpansionRefusals() {}

  public static Rejection unknownPool(PoolId pool) {
    return new Rejection(
        "POL-003",
        "Pool %s is not known.".formatted(pool),
        "No agent has described it.",
        "Look at GET /nodes for the names of nodes and pools.");
  }

  public static Rejection notGrowable(PoolId pool) {
    return new Rejection(
        "POL-004",
        "The drive of pool %s cannot grow.".formatted(pool),
        "Its agent has no leave to grow it, it is not a file behind a loop device, or it carries ext4 and the agent lacks CAP_SYS_RESOURCE.",
        "Set drive-max of the pool in the agent's configuration; the agent's log says if something else is in the way. Or add a pool on another drive.");
  }

  public static Rejection outOfService(PoolId pool) {
    return new Rejection(
        "POL-008",
        "Pool %s does not work.".formatted(pool),
        "Its test writes fail, or nobody knows what it holds; growing a broken drive helps nobody.",
        "Repair the drive first.");
  }

  public static Rejection running(PoolId pool, String id, long toBytes, String problem) {
    return new Rejection(
        "POL-007",
        "The drive of pool %s grows already, to %d bytes.".formatted(pool, toBytes),
        "Expansion %s is not over: %s"
            .formatted(id, problem.isEmpty() ? "its node works on it." : problem),
        "Wait for it, and remove what hinders it.");
  }

  /** Why a drive is not grown to a size; empty if it may be. */
  public static Optional<Rejection> refuse(PoolId pool, Drive drive, long toBytes) {
    if (toBytes <= drive.sizeBytes() || toBytes % UNIT_BYTES != 0) {
      return Optional.of(
          new Rejection(
              "POL-005",
              "The drive of pool %s cannot become %d bytes large.".formatted(pool, toBytes),
              "It has %d bytes; drives only grow, in steps of %d."
                  .formatted(drive.sizeBytes(), UNIT_BYTES),
              "Ask for more than it has, in whole multiples of %d.".formatted(UNIT_BYTES)));
    }
    if (toBytes > drive.maxBytes()) {
      return Optional.of(
          new Rejection(
              "POL-006",
              "The drive of pool %s is to have %d bytes.".formatted(pool, toBytes),
              "Its agent grows it to %d bytes at most.".formatted(drive.maxBytes()),
              "Ask for less, or raise drive-max in the agent's configuration."));
    }
    return Optional.empty();
  }
}
