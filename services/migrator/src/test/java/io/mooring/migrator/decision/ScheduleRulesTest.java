package io.mooring.migrator.decision;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.schemas.MigrationKind;
import io.mooring.schemas.MigrationScheduleState;
import io.mooring.schemas.MigrationSpec;
import io.mooring.schemas.MigrationStage;
import io.mooring.schemas.MigrationState;
import io.mooring.schemas.MigrationStatus;
import io.mooring.schemas.MigrationStep;
import io.mooring.schemas.MigrationVolume;
import io.mooring.schemas.SnapshotRecurrence;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The clock is moved by the test, and so is what becomes of the migrations. */
class ScheduleRulesTest {

  private static final Instant SINCE = Instant.parse("2026-01-01T00:00:00Z");
  private static final MigrationSpec SPEC =
      MigrationSpec.newBuilder().setPair("west").setGroup("kafka").setSchedule("nightly").build();

  private final List<MigrationState> all = new ArrayList<>();
  private MigrationScheduleState schedule = interval(30);

  /** 4 January 2026 is a Sunday; 31 February is 3 March. */
  @ParameterizedTest
  @CsvSource({
    "INTERVAL, 30,   0,  1, 2026-01-01T00:00:00Z, nightly-20260101000000",
    "INTERVAL, 30,   0,  1, 2026-01-01T05:59:59Z, nightly-20260101053000",
    "DAILY,     0, 150,  1, 2026-01-01T02:29:59Z,",
    "DAILY,     0, 150,  1, 2026-01-01T02:30:00Z, nightly-20260101023000",
    "DAILY,     0, 150,  1, 2026-01-01T03:29:59Z, nightly-20260101023000",
    "DAILY,     0, 150,  1, 2026-01-01T03:30:00Z,",
    "WEEKLY,    0, 150,  7, 2026-01-03T23:59:59Z,",
    "WEEKLY,    0, 150,  7, 2026-01-04T02:30:00Z, nightly-20260104023000",
    "MONTHLY,   0, 150, 31, 2026-03-03T03:00:00Z, nightly-20260303023000",
    "MONTHLY,   0, 150, 31, 2026-03-03T04:00:00Z,",
    "DAILY,     0,   0, 99, 2025-12-31T00:10:00Z,",
    "WEEKLY,    0, 150,  9, 2026-01-04T02:30:00Z,",
  })
  void isDueInItsWindow(
      SnapshotRecurrence recurrence, int minutes, int minute, int day, Instant now, String name) {
    schedule =
        MigrationScheduleState.newBuilder(schedule)
            .setRecurrence(recurrence)
            .setIntervalMinutes(minutes)
            .setMinuteOfDay(minute)
            .setDay(day)
            .build();
    assertThat(ScheduleRules.due(schedule, all, now)).isEqualTo(Optional.ofNullable(name));
  }

  @Test
  void anOccasionIsBegunOnceAndTheNextOneInItsTime() {
    begun(at("2026-01-01T00:30:01Z"), MigrationStatus.SUCCESSFUL, "2026-01-01T00:30:01Z");
    assertThat(at("2026-01-01T00:45:00Z")).isEmpty();
    assertThat(at("2026-01-01T00:59:59Z")).isEmpty();
    assertThat(at("2026-01-01T01:00:00Z")).contains("nightly-20260101010000");
  }

  @Test
  void aClockThatWasLateDoesNotBeginAnOccasionTwice() {
    begun(at("2026-01-01T00:30:00Z"), MigrationStatus.SUCCESSFUL, "2026-01-01T00:29:58Z");
    assertThat(at("2026-01-01T00:31:00Z")).isEmpty();
  }

  @Test
  void noneBeginsWhileAnotherRunsAndThenTheNewestOccasionIsMadeUpFor() {
    begun(at("2026-01-01T00:00:00Z"), MigrationStatus.IN_PROGRESS, "2026-01-01T00:00:00Z");
    assertThat(at("2026-01-01T01:10:00Z")).isEmpty();
    all.getFirst().setStatus(MigrationStatus.SUCCESSFUL);
    assertThat(at("2026-01-01T01:10:00Z")).contains("nightly-20260101010000");
  }

  @Test
  void oneThatFailedWaitsForTheNextOccasion() {
    begun(at("2026-01-01T00:00:00Z"), MigrationStatus.FAILED, "2026-01-01T00:00:00Z");
    assertThat(at("2026-01-01T00:10:00Z")).isEmpty();
    assertThat(at("2026-01-01T00:30:00Z")).isPresent();
  }

  @Test
  void othersAreNoneOfItsBusiness() {
    MigrationSpec other = MigrationSpec.newBuilder(SPEC).setSchedule("other").build();
    all.add(state("x", MigrationKind.MIGRATION, other, MigrationStatus.IN_PROGRESS, SINCE));
    all.add(state("y", MigrationKind.RESTORE, SPEC, MigrationStatus.IN_PROGRESS, SINCE));
    assertThat(at("2026-01-01T00:00:00Z")).isPresent();
  }

  @Test
  void aSuspendedScheduleDoesNothing() {
    schedule = MigrationScheduleState.newBuilder(schedule).setSuspended(true).build();
    assertThat(at("2026-01-01T00:00:00Z")).isEmpty();
  }

  @Test
  void aFailoverSuspendsItUntilSomebodyResumesIt() {
    MigrationSpec failover = MigrationSpec.newBuilder(SPEC).setFailover(true).build();
    Instant moved = Instant.parse("2026-01-01T02:00:00Z");
    all.add(state("m", MigrationKind.MIGRATION, failover, MigrationStatus.FAILED, moved));
    assertThat(ScheduleRules.suspension(schedule, all)).isEmpty();
    all.add(state("n", MigrationKind.MIGRATION, failover, MigrationStatus.SUCCESSFUL, moved));
    assertThat(ScheduleRules.suspension(schedule, all).orElseThrow()).startsWith("MIG-118");
    schedule =
        MigrationScheduleState.newBuilder(schedule).setUpdatedAt(moved.plusSeconds(90)).build();
    assertThat(ScheduleRules.suspension(schedule, all)).isEmpty();
  }

  @Test
  void theLastSuccessAndTheLaterFailuresAreKept() {
    begun("a", MigrationStatus.SUCCESSFUL, "2026-01-01T00:00:00Z");
    begun("b", MigrationStatus.FAILED, "2026-01-01T01:00:00Z");
    begun("c", MigrationStatus.PARTIAL_SUCCESS, "2026-01-01T02:00:00Z");
    begun("d", MigrationStatus.FAILED, "2026-01-01T03:00:00Z");
    begun("e", MigrationStatus.IN_PROGRESS, "2026-01-01T04:00:00Z");
    assertThat(names(ScheduleRules.beyondNeed(all))).containsExactly("a", "b");
  }

  @Test
  void theCopyIsAsOldAsTheBeginningOfItsNewestSuccess() {
    assertThat(ScheduleRules.age(schedule, all, SINCE.plusSeconds(90))).hasSeconds(90);
    begun("a", MigrationStatus.SUCCESSFUL, "2026-01-01T01:00:00Z");
    begun("b", MigrationStatus.FAILED, "2026-01-01T02:00:00Z");
    assertThat(ScheduleRules.age(schedule, all, Instant.parse("2026-01-01T03:00:00Z"))).hasHours(2);
  }

  @Test
  void whatNoScheduleBeganIsKept() {
    MigrationSpec manual = MigrationSpec.newBuilder(SPEC).setSchedule("").build();
    all.add(state("a", MigrationKind.MIGRATION, manual, MigrationStatus.SUCCESSFUL, SINCE));
    all.add(
        state(
            "b",
            MigrationKind.MIGRATION,
            manual,
            MigrationStatus.SUCCESSFUL,
            SINCE.plusSeconds(60)));
    assertThat(ScheduleRules.beyondNeed(all)).isEmpty();
  }

  @Test
  void restoresOfTheTargetGoTheSameWayAndStartsAreNone() {
    all.add(state("a", MigrationKind.RESTORE, SPEC, MigrationStatus.SUCCESSFUL, SINCE));
    MigrationState start =
        state("s", MigrationKind.RESTORE, SPEC, MigrationStatus.SUCCESSFUL, SINCE.plusSeconds(1));
    start.setVolumes(List.of());
    all.add(start);
    assertThat(ScheduleRules.beyondNeed(all)).isEmpty();
    all.add(
        state("b", MigrationKind.RESTORE, SPEC, MigrationStatus.SUCCESSFUL, SINCE.plusSeconds(9)));
    assertThat(names(ScheduleRules.beyondNeed(all))).containsExactly("a", "s");
  }

  @Test
  void whatIsForgottenIsOver() {
    Course course = new Course();
    course.start("one", MigrationKind.BACKUP, Course.BROKERS, io.mooring.schemas.PairMode.DEFAULT);
    assertThat(course.purge("one")).isEqualTo(Decision.NOTHING);
    course.finish("one");
    course.purge("one");
    assertThat(course.states).isEmpty();
  }

  @Test
  void itsNamesFitIntoTheStore() {
    String longest = "a".repeat(28);
    assertThat(ScheduleRules.nameAt(longest, SINCE)).hasSizeLessThanOrEqualTo(50);
    assertThat(ScheduleRules.nameOf(longest, "failover", SINCE))
        .isEqualTo(longest + "-failover-260101000000")
        .hasSizeLessThanOrEqualTo(50);
  }

  private Optional<String> at(String now) {
    return ScheduleRules.due(schedule, all, Instant.parse(now));
  }

  private void begun(Optional<String> name, MigrationStatus status, String createdAt) {
    begun(name.orElseThrow(), status, createdAt);
  }

  private void begun(String name, MigrationStatus status, String createdAt) {
    all.add(state(name, MigrationKind.MIGRATION, SPEC, status, Instant.parse(createdAt)));
  }

  private static List<String> names(List<MigrationState> states) {
    return states.stream().map(MigrationState::getName).toList();
  }

  private static MigrationScheduleState interval(int minutes) {
    return MigrationScheduleState.newBuilder()
        .setName("nightly")
        .setSpec(SPEC)
        .setRecurrence(SnapshotRecurrence.INTERVAL)
        .setIntervalMinutes(minutes)
        .setSince(SINCE)
        .setRequestedBy("ann")
        .setUpdatedAt(SINCE)
        .build();
  }

  private static MigrationState state(
      String name, MigrationKind kind, MigrationSpec spec, MigrationStatus status, Instant at) {
    boolean over = status != MigrationStatus.IN_PROGRESS;
    return MigrationState.newBuilder()
        .setName(name)
        .setKind(kind)
        .setSpec(spec)
        .setStage(over ? MigrationStage.FINAL : MigrationStage.VOLUMES)
        .setStatus(status)
        .setStep(over ? MigrationStep.END : MigrationStep.UPLOAD)
        .setVolumes(List.of(MigrationVolume.newBuilder(Course.volume("data-0")).build()))
        .setCommandId(name)
        .setRequestedBy("ann")
        .setCorrelationId("c")
        .setCreatedAt(at)
        .setUpdatedAt(at)
        .setFinishedAt(over ? at.plusSeconds(60) : null)
        .setRevision(1)
        .build();
  }
}
