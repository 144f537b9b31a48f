package io.mooring.migrator.kubernetes.resources;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.schemas.MigrationKind;
import io.mooring.schemas.MigrationSpec;
import io.mooring.schemas.MigrationStage;
import io.mooring.schemas.MigrationState;
import io.mooring.schemas.MigrationStatus;
import io.mooring.schemas.MigrationStep;
import io.mooring.schemas.MigrationVolume;
import io.mooring.schemas.TransferStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A migration in the words of its resource's status. */
class MigrationStatusTextTest {

  private static final Instant CREATED = Instant.parse("2026-01-31T08:00:00Z");

  @Test
  void thePapersRowIsTold() {
    MigrationState state = state(MigrationStage.FINAL, MigrationStatus.SUCCESSFUL, 7, 7);
    state.setFinishedAt(CREATED.plusSeconds(399));
    Map<String, Object> status = of(state, CREATED.plusSeconds(9999));
    assertThat(status)
        .containsEntry("stage", "Final")
        .containsEntry("status", "Successful")
        .containsEntry("finishTimestamp", "2026-01-31T08:06:39Z");
    assertThat(Fields.of(status).part("summary").values())
        .containsEntry("volumes", "7/7")
        .containsEntry("resources", "22/22")
        .containsEntry("elapsed", "6m39s");
  }

  /** Each time that is told is a write. */
  @ParameterizedTest
  @CsvSource({"9,0s", "10,10s", "69,1m0s", "399,6m30s", "3605,1h0m0s"})
  void underWayTheElapsedTimeIsToldInStepsOfTenSeconds(long seconds, String told) {
    MigrationState state = state(MigrationStage.VOLUMES, MigrationStatus.IN_PROGRESS, 3, 7);
    assertThat(MigrationStatusText.elapsed(state, CREATED.plusSeconds(seconds))).isEqualTo(told);
  }

  @Test
  void whatIsUnderWayAndWhatWentWrongIsToldForEachVolume() {
    MigrationState state = state(MigrationStage.PRE_EXEC_RULE, MigrationStatus.FAILED, 1, 2);
    state.getVolumes().get(1).setStatus(TransferStatus.FAILED);
    state.getVolumes().get(1).setReason("MIG-064 Gone.");
    state.setReason("MIG-064 Nothing is moved.");
    state.setLeftBehind("A snapshot.");
    Map<String, Object> status =
        MigrationStatusText.of(state, Map.of(), List.of("MIG-174 A note."), CREATED);
    assertThat(Fields.of(status).texts("problems"))
        .containsExactly("MIG-064 Nothing is moved.", "A snapshot.", "MIG-174 A note.");
    assertThat(status.get("volumes").toString())
        .contains("status=Successful")
        .contains("reason=MIG-064 Gone., status=Failed");
    assertThat(status).containsEntry("stage", "PreExecRule").doesNotContainKey("finishTimestamp");
  }

  private static Map<String, Object> of(MigrationState state, Instant now) {
    return MigrationStatusText.of(state, Map.of(), List.of(), now);
  }

  private static MigrationState state(
      MigrationStage stage, MigrationStatus status, int done, int total) {
    List<MigrationVolume> volumes = new ArrayList<>();
    for (int i = 0; i < total; i++) {
      volumes.add(
          MigrationVolume.newBuilder()
              .setName("data-" + i)
              .setVolumeId("v" + i)
              .setSizeBytes(100)
              .setStatus(i < done ? TransferStatus.COMPLETE : TransferStatus.IN_PROGRESS)
              .build());
    }
    return MigrationState.newBuilder()
        .setName("move")
        .setKind(MigrationKind.MIGRATION)
        .setSpec(MigrationSpec.newBuilder().build())
        .setStage(stage)
        .setStatus(status)
        .setStep(MigrationStep.UPLOAD)
        .setVolumes(volumes)
        .setResourcesTotal(22)
        .setResourcesDone(22)
        .setCommandId("uid")
        .setRequestedBy("kubernetes kafka/move")
        .setCorrelationId("c")
        .setCreatedAt(CREATED)
        .setUpdatedAt(CREATED.plus(Duration.ofSeconds(1)))
        .setRevision(1)
        .build();
  }
}
