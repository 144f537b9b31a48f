package io.mooring.volumemanager.expansion;

import io.mooring.schemas.ExpansionPhase;
import io.mooring.volumemanager.volume.Cause;
import io.mooring.volumemanager.volume.PoolId;
import java.time.Instant;

/**
 * The newest growth of a pool's drive.
 *
 * <pre>
 * IN_PROGRESS -> DONE    drive and file system were described as grown
 * </pre>
 *
 * There is no way back: the agent may have grown the drive already, and a command that counts as
 * refused would be repeated (I7). Growth that is hindered goes on being wanted, with its problem.
 */
public record Expansion(
    String id, PoolId pool, ExpansionPhase phase, Order order, Progress progress) {

  /**
   * What is wanted.
   *
   * @param command idempotency key of the command
   * @param capacityBefore bytes that the pool might hold before
   */
  public record Order(
      String command,
      String requestedBy,
      long fromBytes,
      long toBytes,
      long capacityBefore,
      Cause cause,
      Instant startedAt) {}

  /**
   * What has become of it.
   *
   * @param problem what hinders it, empty if nothing is known to
   */
  public record Progress(long capacityNow, String problem, Instant updatedAt) {}

  /** Begins to grow a drive. */
  public static Expansion begun(PoolId pool, Order order) {
    return new Expansion(
        "ex-" + order.cause().recordId(),
        pool,
        ExpansionPhase.IN_PROGRESS,
        order,
        new Progress(order.capacityBefore(), "", order.startedAt()));
  }

  public boolean isOver() {
    return phase == ExpansionPhase.DONE;
  }

  /**
   * The same after the agent has described the drive. The drive's file is grown first, and a file
   * system takes a little for itself; so it is over when the pool has gained most of what the drive
   * has.
   */
  public Expansion described(Drive drive, Instant now) {
    long gained = drive.capacityBytes() - order.capacityBefore();
    boolean done =
        drive.sizeBytes() >= order.toBytes() && gained >= (order.toBytes() - order.fromBytes()) / 2;
    if (done) {
      return in(ExpansionPhase.DONE, new Progress(drive.capacityBytes(), "", now));
    }
    return hinderedBy(drive.problem(), now);
  }

  /** The same with what hinders it; unchanged if that was known. */
  public Expansion hinderedBy(String problem, Instant now) {
    return problem.equals(progress.problem())
        ? this
        : in(phase, new Progress(progress.capacityNow(), problem, now));
  }

  private Expansion in(ExpansionPhase newPhase, Progress newProgress) {
    return new Expansion(id, pool, newPhase, order, newProgress);
  }
}
