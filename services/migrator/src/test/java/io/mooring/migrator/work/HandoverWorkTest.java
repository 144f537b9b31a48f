package io.mooring.migrator.work;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooring.migrator.outside.RestClient;
import io.mooring.migrator.plane.OtherSide;
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
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The other side of a pair is asked once and followed to its end. */
class HandoverWorkTest {

  private static final Map<String, Object> RUNNING =
      Map.of(
          "status",
          "IN_PROGRESS",
          "stage",
          "APPLICATIONS",
          "volumes",
          List.of(volume("IN_PROGRESS", 50)),
          "resourcesTotal",
          3,
          "resourcesDone",
          1);

  private static Map<String, Object> volume(String status, int done) {
    return Map.of(
        "name",
        "data-0",
        "status",
        status,
        "doneBytes",
        done,
        "movedBytes",
        done,
        "bytesPerSecond",
        7,
        "leftSeconds",
        8);
  }

  @Test
  void itsProgressAndItsEndAreOurs() throws Exception {
    Map<String, Object> done =
        Map.of(
            "status",
            "SUCCESSFUL",
            "stage",
            "FINAL",
            "volumes",
            List.of(volume("COMPLETE", 100)),
            "resourcesTotal",
            3,
            "resourcesDone",
            3,
            "leftBehind",
            "MIG-135 Something stays.");
    try (OtherSide other = new OtherSide(List.of(RUNNING, done))) {
      Board board = new Board();
      Findings findings = work(other).run(board);
      assertThat(findings.volumes())
          .singleElement()
          .satisfies(volume -> {
            assertThat(volume.getStatus()).isEqualTo(TransferStatus.COMPLETE);
            assertThat(volume.getDoneBytes()).isEqualTo(100);
          });
      assertThat(findings.resourcesDone()).isEqualTo(3);
      assertThat(findings.left()).isEqualTo("MIG-135 Something stays.");
      assertThat(other.seen().getFirst())
          .contains("POST /migrations key-1")
          .contains("\"kind\":\"RESTORE\"")
          .contains("\"backup\":\"move\"")
          .contains("\"startApplications\":false");
    }
  }

  @Test
  void whatIsSaidAboutObjectsIsSaidToTheOtherSide() throws Exception {
    MigrationSpec spec =
        MigrationSpec.newBuilder()
            .setPair("west")
            .setNamespace("a")
            .setNamespaces(List.of("a", "b"))
            .setNamespaceMapping(Map.of("b", "c"))
            .setClassMapping(Map.of("slow", "fast"))
            .setPurgeDeleted(true)
            .setIncludeVolumes(false)
            .build();
    try (OtherSide other = new OtherSide(List.of(RUNNING, Map.of("status", "SUCCESSFUL")))) {
      work(other, spec).run(new Board());
      assertThat(other.seen().getFirst())
          .contains("\"namespaces\":[\"a\",\"b\"]")
          .contains("\"namespaceMapping\":{\"b\":\"c\"}")
          .contains("\"classMapping\":{\"slow\":\"fast\"}")
          .contains("\"purgeDeleted\":true")
          .contains("\"includeVolumes\":false")
          .contains("\"origin\":\"pair/west\"");
    }
    spec.setSchedule("nightly");
    try (OtherSide other = new OtherSide(List.of(RUNNING, Map.of("status", "SUCCESSFUL")))) {
      work(other, spec).run(new Board());
      assertThat(other.seen().getFirst()).contains("\"origin\":\"schedule/nightly\"");
    }
  }

  @Test
  void whatItRefusesIsToldInItsWords() throws Exception {
    Map<String, Object> failed = Map.of("status", "FAILED", "reason", "MIG-066 Volume there.");
    try (OtherSide other = new OtherSide(List.of(RUNNING, failed))) {
      assertThatThrownBy(() -> work(other).run(new Board()))
          .isInstanceOf(WorkRefusedException.class)
          .hasMessageContaining("MIG-072")
          .hasMessageContaining("MIG-066 Volume there.");
    }
  }

  private static HandoverWork work(OtherSide other) {
    return work(other, MigrationSpec.newBuilder().setPair("west").build());
  }

  private static HandoverWork work(OtherSide other, MigrationSpec spec) {
    Instant now = Instant.parse("2026-01-31T08:00:00Z");
    MigrationState state =
        MigrationState.newBuilder()
            .setName("move")
            .setKind(MigrationKind.MIGRATION)
            .setSpec(spec)
            .setStage(MigrationStage.VOLUMES)
            .setStatus(MigrationStatus.IN_PROGRESS)
            .setStep(MigrationStep.HANDOVER)
            .setVolumes(
                List.of(
                    MigrationVolume.newBuilder()
                        .setName("data-0")
                        .setVolumeId("id")
                        .setSizeBytes(100)
                        .setStatus(TransferStatus.QUEUED)
                        .build()))
            .setCommandId("key-1")
            .setRequestedBy("ann")
            .setCorrelationId("c")
            .setCreatedAt(now)
            .setUpdatedAt(now)
            .setRevision(9)
            .build();
    return new HandoverWork(new RestClient(other.url(), Duration.ofSeconds(5)), state);
  }
}
