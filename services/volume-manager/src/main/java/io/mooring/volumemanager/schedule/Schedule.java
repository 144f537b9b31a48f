package io.mooring.volumemanager.schedule;

import io.mooring.schedules.Recurrence;
import io.mooring.volumemanager.snapshot.SnapshotSetId;
import io.mooring.volumemanager.volume.Cause;
import io.mooring.volumemanager.volume.VolumeId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Takes snapshots by itself.
 *
 * @param id name, chosen by whoever made it
 * @param plan what is to be done
 * @param origin where the plan comes from
 * @param run the newest occasion that was acted on, null if none was
 */
public record Schedule(String id, Plan plan, Origin origin, @Nullable Run run) {

  /** Label of a set that names its schedule. */
  public static final String LABEL = "mooring.schedule";

  /**
   * What is to be done.
   *
   * @param retain complete sets that are kept; the oldest beyond are deleted
   * @param volumes volumes that are taken together, as far as they exist
   * @param group group whose volumes are taken as well, empty for none
   * @param suspended nothing is taken and nothing deleted
   */
  public record Plan(
      Recurrence recurrence, int retain, List<VolumeId> volumes, String group, boolean suspended) {
    public Plan {
      volumes = List.copyOf(volumes);
    }
  }

  /**
   * Where it comes from.
   *
   * @param since from when on the present plan counts
   * @param commands idempotency keys of the newest commands that it answers
   */
  public record Origin(String requestedBy, Cause cause, Instant since, List<String> commands) {
    public Origin {
      commands = List.copyOf(commands);
    }
  }

  /**
   * An occasion.
   *
   * @param dueAt when it was due
   * @param triedAt when its set was asked for last
   * @param done its set was complete; what becomes of it later is no business of the schedule
   */
  public record Run(Instant dueAt, Instant triedAt, boolean done) {}

  private static final int COMMANDS_KEPT = 20;

  /** Every occasion has a set of its own, and keeps it however often it is tried. */
  public SnapshotSetId setOf(Instant dueAt) {
    return SnapshotSetId.ofName("schedule/" + id + "/" + dueAt.getEpochSecond());
  }

  Schedule with(Run newRun) {
    return new Schedule(id, plan, origin, newRun);
  }

  /** Another plan under the same name; the same plan again changes nothing but the commands. */
  public Schedule replacedBy(Plan newPlan, Origin newOrigin) {
    List<String> commands = new ArrayList<>(origin.commands());
    commands.addAll(newOrigin.commands());
    List<String> kept =
        commands.subList(Math.max(0, commands.size() - COMMANDS_KEPT), commands.size());
    boolean same = newPlan.equals(plan);
    return new Schedule(
        id,
        newPlan,
        new Origin(
            newOrigin.requestedBy(),
            same ? origin.cause() : newOrigin.cause(),
            same ? origin.since() : newOrigin.since(),
            kept),
        run);
  }
}
