package io.mooring.migrator.work;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooring.migrator.outside.RestClient;
import io.mooring.migrator.outside.SnapshotSet;
import io.mooring.migrator.outside.VolumeManagerClient;
import io.mooring.migrator.plane.FakePlane;
import io.mooring.schemas.MigrationKind;
import io.mooring.schemas.MigrationSpec;
import io.mooring.schemas.MigrationStage;
import io.mooring.schemas.MigrationState;
import io.mooring.schemas.MigrationStatus;
import io.mooring.schemas.MigrationStep;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Of a group snapshot one set is left, whatever runs of its task there were. */
class KeptSnapshotsTest {

  private FakePlane plane;
  private VolumeManagerClient manager;
  private String volume;

  @BeforeEach
  void start() throws IOException {
    plane = new FakePlane();
    manager = new VolumeManagerClient(new RestClient(plane.managerUrl(), Duration.ofSeconds(5)));
    volume = plane.volume("data-0", 1 << 20, Map.of()).id();
  }

  @AfterEach
  void stop() {
    plane.close();
  }

  @Test
  void whatAnotherRunHasTakenIsDeletedAndWhatBelongsToOthersStays() throws Exception {
    String decided = taken("group");
    taken("group");
    String foreign = taken("nightly");
    new KeptSnapshots(manager, seal(decided)).run();
    assertThat(manager.snapshotSets())
        .extracting(SnapshotSet::id)
        .containsExactlyInAnyOrder(decided, foreign);
  }

  @Test
  void aSetThatSomebodyHasDeletedIsNotPresentedAsKept() throws Exception {
    String decided = taken("group");
    taken("group");
    manager.deleteSnapshots(decided);
    assertThatThrownBy(() -> new KeptSnapshots(manager, seal(decided)).run())
        .isInstanceOf(WorkRefusedException.class)
        .hasMessageStartingWith("MIG-061");
  }

  private String taken(String owner) throws IOException {
    return manager
        .snapshot(
            owner, List.of(volume), Map.of(SnapshotWork.OWNER, owner), owner + plane.snapshotSets())
        .id();
  }

  private static MigrationState seal(String set) {
    Instant now = Instant.parse("2026-01-31T08:00:00Z");
    return MigrationState.newBuilder()
        .setName("group")
        .setKind(MigrationKind.SNAPSHOT)
        .setSpec(MigrationSpec.newBuilder().setGroup("kafka").build())
        .setStage(MigrationStage.VOLUMES)
        .setStatus(MigrationStatus.IN_PROGRESS)
        .setStep(MigrationStep.SEAL)
        .setSnapshotSet(set)
        .setCommandId("key-1")
        .setRequestedBy("test")
        .setCorrelationId("c")
        .setRevision(1)
        .setCreatedAt(now)
        .setUpdatedAt(now)
        .build();
  }
}
