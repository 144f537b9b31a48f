package io.mooring.volumemanager.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.schedules.Recurrence;
import io.mooring.volumemanager.snapshot.SetPhase;
import io.mooring.volumemanager.snapshot.SnapshotSet;
import io.mooring.volumemanager.snapshot.SnapshotSetId;
import io.mooring.volumemanager.volume.Cause;
import io.mooring.volumemanager.volume.VolumeId;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** The clock is moved by the test, and so is what becomes of the sets. */
class ScheduleRulesTest {

  private static final Cause CAUSE = new Cause(UUID.randomUUID(), UUID.randomUUID());
  private static final Instant SINCE = Instant.parse("2026-01-01T00:00:00Z");

  private final Map<SnapshotSetId, SnapshotSet> sets = new LinkedHashMap<>();
  private Schedule schedule = schedule(new Recurrence.Daily(LocalTime.of(2, 30)), 3);
  private List<SnapshotSetId> deleted = List.of();

  @Test
  void isTakenOnceADayAtItsTime() {
    assertThat(at("2026-01-01T02:29:59Z")).isNull();
    SnapshotSetId first = at("2026-01-01T02:30:00Z");
    assertThat(first).isEqualTo(schedule.setOf(Instant.parse("2026-01-01T02:30:00Z")));
    ready(first);
    assertThat(at("2026-01-01T02:30:01Z")).isNull();
    assertThat(at("2026-01-01T23:59:59Z")).isNull();
    assertThat(at("2026-01-02T02:30:00Z")).isNotNull().isNotEqualTo(first);
  }

  @Test
  void whatWasMissedForAnHourIsSkipped() {
    assertThat(at("2026-01-01T03:29:59Z")).isNotNull();
    schedule = schedule(schedule.plan().recurrence(), 3);

    assertThat(at("2026-01-01T03:30:00Z")).isNull();
    assertThat(at("2026-01-02T02:30:00Z")).isNotNull();
  }

  @Test
  void nothingIsDueBeforeTheSchedule() {
    schedule =
        new Schedule(
            "nightly",
            schedule.plan(),
            new Schedule.Origin("test", CAUSE, Instant.parse("2026-01-01T02:45:00Z"), List.of()),
            null);

    assertThat(at("2026-01-01T02:50:00Z")).as("due before there was a schedule").isNull();
  }

  @Test
  void isTriedAgainEveryMinuteUntilItIsTakenOrMissed() {
    SnapshotSetId set = at("2026-01-01T02:30:00Z");
    assertThat(at("2026-01-01T02:30:59Z")).isNull();
    assertThat(at("2026-01-01T02:31:00Z")).as("it was refused").isEqualTo(set);
    put(set, new SetPhase.Holding(Instant.MAX));
    assertThat(at("2026-01-01T02:35:00Z")).as("it is under way").isNull();
    put(set, new SetPhase.Failed("SNP-021", "test"));
    assertThat(at("2026-01-01T02:36:00Z")).isEqualTo(set);
    assertThat(at("2026-01-01T03:30:00Z")).as("missed").isNull();
  }

  @Test
  void aSetThatSomebodyDeletesIsNotTakenAgain() {
    SnapshotSetId set = at("2026-01-01T02:30:00Z");
    ready(set);
    assertThat(at("2026-01-01T02:31:00Z")).isNull();
    sets.remove(set);

    assertThat(at("2026-01-01T02:40:00Z")).isNull();
  }

  @Test
  void anIntervalIsLateRatherThanMissedButTakenOnce() {
    schedule = schedule(new Recurrence.Interval(Duration.ofMinutes(15)), 3);

    SnapshotSetId late = at("2026-01-01T05:59:00Z");
    assertThat(late).isEqualTo(schedule.setOf(Instant.parse("2026-01-01T05:45:00Z")));
    ready(late);
    assertThat(at("2026-01-01T05:59:59Z")).isNull();
    assertThat(at("2026-01-01T06:00:00Z")).isNotNull();
  }

  @Test
  void theNewestAreKeptAndTheOldestGoWhenTheirSuccessorIsThere() {
    List<SnapshotSetId> taken = new ArrayList<>();
    for (int day = 1; day <= 3; day++) {
      SnapshotSetId set = at("2026-01-0%dT02:30:00Z".formatted(day));
      ready(set);
      taken.add(set);
    }
    SnapshotSetId fourth = at("2026-01-04T02:30:00Z");
    assertThat(deleted).as("the fourth is not there yet").isEmpty();
    ready(fourth);

    at("2026-01-04T02:30:05Z");

    assertThat(deleted).containsExactly(taken.getFirst());
  }

  @Test
  void setsOfOthersAreNotTouched() {
    schedule = schedule(new Recurrence.Daily(LocalTime.of(2, 30)), 1);
    for (int i = 0; i < 5; i++) {
      SnapshotSetId other = new SnapshotSetId("other-" + i);
      sets.put(other, set(other, Map.of(), new SetPhase.Ready(SINCE)));
    }

    at("2026-01-01T02:30:00Z");

    assertThat(deleted).isEmpty();
  }

  @Test
  void aSuspendedScheduleDoesNothing() {
    Schedule.Plan plan = schedule.plan();
    schedule =
        schedule.replacedBy(
            new Schedule.Plan(plan.recurrence(), plan.retain(), plan.volumes(), plan.group(), true),
            schedule.origin());

    assertThat(at("2026-01-01T02:30:00Z")).isNull();
  }

  private SnapshotSetId at(String now) {
    ScheduleRules.Step step = ScheduleRules.advance(schedule, sets.values(), Instant.parse(now));
    schedule = step.after();
    deleted = step.delete();
    deleted.forEach(sets::remove);
    return step.take();
  }

  private void ready(SnapshotSetId id) {
    put(id, new SetPhase.Ready(schedule.run().dueAt()));
  }

  private void put(SnapshotSetId id, SetPhase phase) {
    sets.put(id, set(id, Map.of(Schedule.LABEL, "nightly"), phase));
  }

  private static SnapshotSet set(SnapshotSetId id, Map<String, String> labels, SetPhase phase) {
    return new SnapshotSet(
        id,
        "nightly",
        phase,
        List.of(),
        labels,
        new SnapshotSet.Origin("test", CAUSE, SINCE, List.of()),
        SINCE);
  }

  private static Schedule schedule(Recurrence recurrence, int retain) {
    return new Schedule(
        "nightly",
        new Schedule.Plan(recurrence, retain, List.of(VolumeId.ofName("a")), "", false),
        new Schedule.Origin("test", CAUSE, SINCE, List.of()),
        null);
  }
}
