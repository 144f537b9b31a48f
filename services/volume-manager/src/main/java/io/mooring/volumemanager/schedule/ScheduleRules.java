package io.mooring.volumemanager.schedule;

import io.mooring.volumemanager.snapshot.SetPhase;
import io.mooring.volumemanager.snapshot.SnapshotSet;
import io.mooring.volumemanager.snapshot.SnapshotSetId;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a schedule does at a time. An occasion is tried again within its window until its set is
 * complete; then it is over, whatever becomes of the set. A missed one is skipped.
 */
public final class ScheduleRules {

  static final Duration RETRY_PAUSE = Duration.ofMinutes(1);

  private ScheduleRules() {}

  /**
   * What follows.
   *
   * @param after the schedule afterwards
   * @param take set that is to be taken now, null if none
   * @param delete sets that are not kept any longer
   */
  public record Step(Schedule after, @Nullable SnapshotSetId take, List<SnapshotSetId> delete) {
    public Step {
      delete = List.copyOf(delete);
    }
  }

  /**
   * Time went by.
   *
   * @param sets all sets
   */
  public static Step advance(Schedule schedule, Collection<SnapshotSet> sets, Instant now) {
    if (schedule.plan().suspended()) {
      return new Step(schedule, null, List.of());
    }
    Schedule seen = observed(schedule, sets);
    List<SnapshotSetId> delete = beyondRetention(seen, sets);
    Instant due = seen.plan().recurrence().newest(seen.origin().since(), now);
    boolean missed = !due.plus(seen.plan().recurrence().window()).isAfter(now);
    if (!due.isAfter(seen.origin().since()) || missed || !mayTry(seen, sets, due, now)) {
      return new Step(seen, null, delete);
    }
    return new Step(seen.with(new Schedule.Run(due, now, false)), seen.setOf(due), delete);
  }

  private static Schedule observed(Schedule schedule, Collection<SnapshotSet> sets) {
    Schedule.Run run = schedule.run();
    if (run == null || run.done()) {
      return schedule;
    }
    boolean complete =
        find(sets, schedule.setOf(run.dueAt()))
            .filter(set -> set.phase() instanceof SetPhase.Ready)
            .isPresent();
    return complete ? schedule.with(new Schedule.Run(run.dueAt(), run.triedAt(), true)) : schedule;
  }

  private static boolean mayTry(
      Schedule schedule, Collection<SnapshotSet> sets, Instant due, Instant now) {
    Schedule.Run run = schedule.run();
    if (run == null || due.isAfter(run.dueAt())) {
      return true;
    }
    boolean open =
        find(sets, schedule.setOf(due))
            .map(set -> set.phase() instanceof SetPhase.Failed)
            .orElse(true);
    return due.equals(run.dueAt())
        && !run.done()
        && open
        && !run.triedAt().plus(RETRY_PAUSE).isAfter(now);
  }

  /** Newer ones first: the oldest goes when there is a newer one in its place. */
  private static List<SnapshotSetId> beyondRetention(
      Schedule schedule, Collection<SnapshotSet> sets) {
    return sets.stream()
        .filter(set -> schedule.id().equals(set.labels().get(Schedule.LABEL)))
        .filter(set -> set.phase() instanceof SetPhase.Ready)
        .sorted(
            Comparator.comparing((SnapshotSet set) -> ((SetPhase.Ready) set.phase()).takenAt())
                .reversed())
        .skip(schedule.plan().retain())
        .map(SnapshotSet::id)
        .toList();
  }

  private static Optional<SnapshotSet> find(Collection<SnapshotSet> sets, SnapshotSetId id) {
    return sets.stream().filter(set -> set.id().equals(id)).findFirst();
  }
}
