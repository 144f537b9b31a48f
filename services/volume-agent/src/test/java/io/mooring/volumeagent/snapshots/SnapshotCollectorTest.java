package io.mooring.volumeagent.snapshots;

import static io.mooring.schemas.ReplicaRole.IN_SYNC;
import static io.mooring.schemas.SnapshotMemberPhase.TAKEN;
import static io.mooring.schemas.SnapshotMemberPhase.WAITING;
import static io.mooring.schemas.SnapshotSetPhase.DELETING;
import static io.mooring.schemas.SnapshotSetPhase.FAILED;
import static io.mooring.schemas.SnapshotSetPhase.HOLDING;
import static io.mooring.schemas.SnapshotSetPhase.READY;
import static io.mooring.schemas.SnapshotSetPhase.TAKING;
import static io.mooring.schemas.VolumePhase.PUBLISHED;
import static io.mooring.volumeagent.snapshots.SetStates.member;
import static io.mooring.volumeagent.snapshots.SetStates.set;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mooring.schemas.SnapshotHolder;
import io.mooring.schemas.SnapshotMember;
import io.mooring.schemas.SnapshotRemoved;
import io.mooring.schemas.SnapshotReport;
import io.mooring.storage.engine.ReplicaHost;
import io.mooring.storage.replication.SnapshotId;
import io.mooring.volumeagent.volumes.VolumeDirectory;
import io.mooring.volumeagent.volumes.VolumeStates;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is deleted from a real replica, and above all what is not. */
@Timeout(60)
class SnapshotCollectorTest {

  private static final String NODE = "n1";

  @TempDir Path directory;

  private final SnapshotSets sets = new SnapshotSets();
  private final VolumeDirectory volumes = new VolumeDirectory(NODE, _ -> false);
  private final List<SnapshotReport> reports = new CopyOnWriteArrayList<>();
  private final AtomicInteger readings = new AtomicInteger();
  private volatile Runnable whileReading = () -> {};
  private OneVolume volume;
  private SnapshotCollector collector;

  @BeforeEach
  void start() throws Exception {
    volume = new OneVolume(directory, 1);
    take("x");
    collector =
        SnapshotCollector.start(
            new SnapshotCollector.Node() {
              @Override
              public String id() {
                return NODE;
              }

              @Override
              public List<ReplicaHost> replicas() {
                return List.of(volume.replica());
              }

              @Override
              public boolean hasFilesOf(String volumeId, String replicaId) {
                return replicaId.equals(OneVolume.REPLICA);
              }

              @Override
              public VolumeDirectory volumes() {
                return volumes;
              }
            },
            sets,
            () -> {
              whileReading.run();
              readings.incrementAndGet();
              return CompletableFuture.completedFuture(null);
            },
            new SnapshotReports(NODE, (report, cause) -> reports.add(report)),
            new SnapshotCounters());
    sets.onReplay();
    volumes.onReplay();
  }

  @AfterEach
  void stop() throws IOException {
    collector.close();
    volume.close();
  }

  @Test
  void whatNoSetListsIsDeleted() throws Exception {
    volumeIsKnown();
    sets.onCaughtUp();

    look();

    assertThat(volume.snapshots()).isEmpty();
    assertThat(readings).hasValue(1);
  }

  @Test
  void whatASetListsThatIsHeardOfOnlyNowIsKept() throws Exception {
    volumeIsKnown();
    whileReading =
        () -> sets.onState("s", set("s", TAKING, member(OneVolume.ID, "x", WAITING)), null);
    sets.onCaughtUp();

    look();

    assertThat(readings).hasValue(1);
    assertThat(volume.snapshots()).containsExactly("x");
  }

  @Test
  void ofAVolumeThatNobodyKnowsNothingIsDeleted() throws Exception {
    volumes.onCaughtUp();
    sets.onCaughtUp();
    look();
    assertThat(readings.get()).isPositive();
    assertThat(volume.snapshots()).containsExactly("x");

    // A set that says so itself is another matter.
    sets.onState("s", set("s", FAILED, member(OneVolume.ID, "x", TAKEN)), null);
    await().until(() -> volume.snapshots().isEmpty());
  }

  @Test
  void nothingIsDeletedBeforeTheTopicsWereRead() throws Exception {
    look();
    sets.onCaughtUp();
    look();
    sets.onState("s", set("s", READY, member(OneVolume.ID, "x", TAKEN, OneVolume.REPLICA)), null);
    volumeIsKnown();
    look();

    assertThat(volume.snapshots()).containsExactly("x");
    assertThat(readings).hasValue(0);
  }

  @Test
  void aReplicaThatIsNotAmongTheHoldersOfACompleteSetHasAnotherMoment() {
    volumeIsKnown();
    SnapshotMember elsewhere = member(OneVolume.ID, "x", TAKEN);
    elsewhere.setHolders(List.of(new SnapshotHolder("r2", "n2")));
    sets.onState("s", set("s", READY, elsewhere), null);
    sets.onCaughtUp();

    await().until(() -> volume.snapshots().isEmpty());
    assertThat(reports).isEmpty();
  }

  @Test
  void theEndOfASnapshotIsSaidForEachReplicaOfThisNodePresentOrPast() throws Exception {
    sets.onState("s", set("s", READY, member(OneVolume.ID, "x", TAKEN, OneVolume.REPLICA)), null);
    volumeIsKnown();
    sets.onCaughtUp();
    sets.onState(
        "s",
        set("s", DELETING, member(OneVolume.ID, "x", TAKEN, OneVolume.REPLICA, "r-moved-away")),
        null);

    await().until(() -> reports.size() == 2);
    assertThat(reports)
        .extracting(report -> ((SnapshotRemoved) report.getDetail()).getReplicaId())
        .containsExactlyInAnyOrder(OneVolume.REPLICA, "r-moved-away");
    assertThat(volume.snapshots()).isEmpty();
    take("y");
    sets.onState("t", set("t", HOLDING, member(OneVolume.ID, "y", WAITING)), null);
    look();
    assertThat(reports).hasSize(2);
    assertThat(volume.snapshots()).containsExactly("y");
  }

  @Test
  void aHolderThatWasReplacedIsNoneAnyMore() throws Exception {
    volumeIsKnown();
    sets.onState(
        "s",
        set("s", READY, member(OneVolume.ID, "x", TAKEN, OneVolume.REPLICA, "r-moved-away")),
        null);
    sets.onCaughtUp();

    look();
    look();

    assertThat(reports)
        .extracting(report -> ((SnapshotRemoved) report.getDetail()).getReplicaId())
        .containsExactly("r-moved-away");
  }

  private void take(String id) throws Exception {
    volume.head.snapshot(new SnapshotId(id)).get(20, TimeUnit.SECONDS);
  }

  private void volumeIsKnown() {
    volumes.onState(
        OneVolume.ID,
        VolumeStates.volume(
            OneVolume.ID,
            PUBLISHED,
            1,
            1,
            8L << 20,
            List.of(VolumeStates.replica(OneVolume.REPLICA, NODE, IN_SYNC))),
        null);
    volumes.onCaughtUp();
  }

  /** Has the collector look; returns when it has, whoever began. */
  private void look() throws InterruptedException {
    collector.collect();
  }
}
