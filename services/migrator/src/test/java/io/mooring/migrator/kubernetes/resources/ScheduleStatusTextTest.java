package io.mooring.migrator.kubernetes.resources;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.schemas.MigrationKind;
import io.mooring.schemas.MigrationScheduleState;
import io.mooring.schemas.MigrationSpec;
import io.mooring.schemas.MigrationStage;
import io.mooring.schemas.MigrationState;
import io.mooring.schemas.MigrationStatus;
import io.mooring.schemas.MigrationStep;
import io.mooring.schemas.SnapshotRecurrence;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A schedule in the words of its resource's status. */
class ScheduleStatusTextTest {

  private static final Instant BEGUN = Instant.parse("2026-01-31T08:00:00Z");

  @Test
  void itsMigrationsAreTheOldestFirstAndTheLastSuccessStandsOut() {
    Map<String, Object> status =
        ScheduleStatusText.of(
            schedule(""),
            List.of("MIG-174 A note."),
            List.of(
                migration("dr-3", MigrationStatus.IN_PROGRESS, 120),
                migration("dr-2", MigrationStatus.FAILED, 60),
                migration("dr-1", MigrationStatus.SUCCESSFUL, 0)));
    assertThat(status)
        .containsEntry("name", "dr")
        .containsEntry("lastSuccessTime", "2026-01-31T08:00:42Z")
        .containsEntry("lastSuccessDuration", "42s");
    assertThat(status.get("items").toString())
        .startsWith("{Daily=[")
        .matches(".*name=dr-1, status=Successful.*name=dr-2, status=Failed.*name=dr-3.*");
    assertThat(Fields.of(status).texts("problems")).containsExactly("MIG-174 A note.");
  }

  @Test
  void whyItDoesNothingComesFirst() {
    Map<String, Object> status =
        ScheduleStatusText.of(schedule("MIG-118 Moved."), List.of("MIG-174 A note."), List.of());
    assertThat(Fields.of(status).texts("problems"))
        .containsExactly("MIG-118 Moved.", "MIG-174 A note.");
    assertThat(status).doesNotContainKey("lastSuccessTime");
  }

  private static MigrationScheduleState schedule(String reason) {
    return MigrationScheduleState.newBuilder()
        .setName("dr")
        .setSpec(MigrationSpec.newBuilder().build())
        .setRecurrence(SnapshotRecurrence.DAILY)
        .setReason(reason)
        .setSince(BEGUN)
        .setRequestedBy("kubernetes kafka/dr")
        .setUpdatedAt(BEGUN)
        .build();
  }

  private static MigrationState migration(String name, MigrationStatus status, long after) {
    Instant created = BEGUN.plusSeconds(after);
    boolean over = status != MigrationStatus.IN_PROGRESS;
    return MigrationState.newBuilder()
        .setName(name)
        .setKind(MigrationKind.MIGRATION)
        .setSpec(MigrationSpec.newBuilder().setSchedule("dr").build())
        .setStage(over ? MigrationStage.FINAL : MigrationStage.VOLUMES)
        .setStatus(status)
        .setStep(MigrationStep.END)
        .setCommandId(name)
        .setRequestedBy("schedule dr")
        .setCorrelationId("c")
        .setCreatedAt(created)
        .setUpdatedAt(created)
        .setFinishedAt(over ? created.plusSeconds(42) : null)
        .setRevision(1)
        .build();
  }
}
