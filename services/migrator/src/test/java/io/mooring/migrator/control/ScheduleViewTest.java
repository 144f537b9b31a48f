package io.mooring.migrator.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.migrator.decision.ScheduleFindings;
import io.mooring.schemas.MigrationScheduleState;
import io.mooring.schemas.MigrationSpec;
import io.mooring.schemas.SnapshotRecurrence;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** A person and the scheduler speak about one schedule at the same time. */
class ScheduleViewTest {

  private static final String NAME = "nightly";
  private static final String REASON = "MIG-104 Rule 'gone' does not exist.";
  private static final Instant FIRST = Instant.parse("2026-01-01T00:00:00Z");
  private static final Instant LATER = FIRST.plusMillis(1);

  private final StateView view = new StateView();

  @Test
  void aSuspensionIsNotLostToAFindingThatIsWrittenAfterIt() {
    said(FIRST, false);
    said(LATER, true);
    found(FIRST, false, REASON);

    assertThat(seen().getSuspended()).isTrue();
    assertThat(seen().getReason()).isEmpty();
  }

  @Test
  void aSuspensionIsNotLostToAFindingThatIsWrittenBeforeIt() {
    said(FIRST, false);
    found(FIRST, false, REASON);
    assertThat(seen().getReason()).isEqualTo(REASON);
    said(LATER, true);

    assertThat(seen().getSuspended()).isTrue();
    assertThat(seen().getReason()).isEmpty();
  }

  @Test
  void whatTheSchedulerSuspendsAPersonResumes() {
    said(FIRST, false);
    found(FIRST, true, "MIG-121 Schedule 'nightly' is suspended.");
    assertThat(seen().getSuspended()).isTrue();

    said(LATER, false);
    found(FIRST, true, "MIG-121 Schedule 'nightly' is suspended.");

    assertThat(seen().getSuspended()).isFalse();
    assertThat(seen().getReason()).isEmpty();
  }

  @Test
  void aReasonThatIsOverGoes() {
    said(FIRST, false);
    found(FIRST, false, REASON);
    found(FIRST, false, "");
    assertThat(seen().getReason()).isEmpty();
  }

  @Test
  void aFindingDoesNotResumeWhatIsSuspended() {
    said(FIRST, true);
    found(FIRST, false, REASON);
    assertThat(seen().getSuspended()).isTrue();
  }

  @Test
  void aScheduleThatIsMadeAnewHasNoFindings() {
    said(FIRST, false);
    found(FIRST, true, REASON);
    view.removeSchedule(NAME);
    assertThat(view.schedule(NAME)).isEmpty();
    assertThat(view.schedules()).isEmpty();

    said(LATER, false);
    assertThat(seen().getSuspended()).isFalse();
    said(FIRST, false);
    view.removeSchedule(ScheduleFindings.key(NAME));
    assertThat(seen().getReason()).isEmpty();
  }

  private MigrationScheduleState seen() {
    assertThat(view.schedules()).singleElement().isEqualTo(view.schedule(NAME).orElseThrow());
    return view.schedule(NAME).orElseThrow();
  }

  private void said(Instant at, boolean suspended) {
    view.putSchedule(NAME, state(at, suspended, ""));
  }

  private void found(Instant about, boolean suspended, String reason) {
    view.putSchedule(ScheduleFindings.key(NAME), state(about, suspended, reason));
  }

  private static MigrationScheduleState state(Instant at, boolean suspended, String reason) {
    return MigrationScheduleState.newBuilder()
        .setName(NAME)
        .setSpec(MigrationSpec.newBuilder().setPair("west").setSchedule(NAME).build())
        .setRecurrence(SnapshotRecurrence.INTERVAL)
        .setIntervalMinutes(30)
        .setSuspended(suspended)
        .setReason(reason)
        .setSince(FIRST)
        .setRequestedBy("test")
        .setUpdatedAt(at)
        .build();
  }
}
