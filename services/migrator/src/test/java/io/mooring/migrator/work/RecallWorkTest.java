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
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The restore of the other side is ended, also if it begins only now. */
class RecallWorkTest {

  private static final Map<String, Object> UNKNOWN = Map.of();
  private static final Map<String, Object> RUNNING = Map.of("step", "FILL");
  private static final Map<String, Object> OVER = Map.of("step", "END");

  @Test
  void itIsCancelledOnceAndWaitedFor() throws Exception {
    try (OtherSide other = new OtherSide(List.of(UNKNOWN, RUNNING, RUNNING, OVER))) {
      recall(other, Duration.ofSeconds(30)).run();
      assertThat(other.seen())
          .filteredOn(request -> request.startsWith("POST /migrations/move/cancel"))
          .hasSize(1);
    }
  }

  @Test
  void whatIsOverOrNeverBeganIsLeftAlone() throws Exception {
    for (Map<String, Object> answer : List.of(OVER, UNKNOWN)) {
      try (OtherSide other = new OtherSide(List.of(answer))) {
        recall(other, Duration.ofSeconds(30)).run();
        assertThat(other.seen()).noneMatch(request -> request.startsWith("POST"));
      }
    }
  }

  @Test
  void aRestoreThatDoesNotEndIsTold() throws Exception {
    try (OtherSide other = new OtherSide(List.of(RUNNING))) {
      assertThatThrownBy(() -> recall(other, Duration.ofMillis(100)).run())
          .hasMessageContaining("MIG-119");
    }
  }

  private static RecallWork recall(OtherSide other, Duration patience) {
    Instant now = Instant.parse("2026-01-31T08:00:00Z");
    MigrationState state =
        MigrationState.newBuilder()
            .setName("move")
            .setKind(MigrationKind.MIGRATION)
            .setSpec(MigrationSpec.newBuilder().setPair("west").build())
            .setStage(MigrationStage.VOLUMES)
            .setStatus(MigrationStatus.IN_PROGRESS)
            .setStep(MigrationStep.RECALL)
            .setReason("MIG-053 Cancelled.")
            .setCommandId("key-1")
            .setRequestedBy("ann")
            .setCorrelationId("c")
            .setCreatedAt(now)
            .setUpdatedAt(now)
            .setRevision(9)
            .build();
    return new RecallWork(new RestClient(other.url(), Duration.ofSeconds(5)), state, patience);
  }
}
