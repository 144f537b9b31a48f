package io.mooring.volumeagent;

import static io.mooring.schemas.ReplicaRole.IN_SYNC;
import static io.mooring.schemas.SnapshotSetPhase.DELETING;
import static io.mooring.schemas.SnapshotSetPhase.FAILED;
import static io.mooring.schemas.SnapshotSetPhase.HOLDING;
import static io.mooring.schemas.SnapshotSetPhase.TAKING;
import static io.mooring.schemas.VolumePhase.DETACHED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mooring.schemas.ControlTopic;
import io.mooring.schemas.EventHeaders;
import io.mooring.schemas.HeadDetached;
import io.mooring.schemas.NodeDescriptor;
import io.mooring.schemas.SnapshotMissed;
import io.mooring.schemas.SnapshotRemoved;
import io.mooring.schemas.SnapshotReport;
import io.mooring.schemas.SnapshotTaken;
import io.mooring.schemas.TaskDone;
import io.mooring.schemas.TaskFailed;
import io.mooring.schemas.VolumeTask;
import io.mooring.schemas.VolumeTaskKind;
import io.mooring.schemas.VolumeTaskRecord;
import io.mooring.schemas.WritesHeld;
import io.mooring.storage.nbd.NbdClient;
import io.mooring.storage.replication.SnapshotId;
import io.mooring.testsupport.ControlPlane;
import io.mooring.volumeagent.volumes.VolumeStates;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * Snapshots from the first state of their set to its tombstone, on two real agents with real
 * replicas and a real Kafka.
 */
@Tag("long")
@Timeout(180)
class SnapshotLifeIT {

  private static final long SIZE = 64L << 20;
  private static final Duration LIMIT = Duration.ofSeconds(40);

  private static ControlPlane controlPlane;
  private static int tests;

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  Path directory;

  private final List<AutoCloseable> toClose = new ArrayList<>();
  private final int test = ++tests;
  private final String first = "vol-%012x".formatted(0xa00 + test);
  private final String second = "vol-%012x".formatted(0xb00 + test);
  private LocalAgent n1;
  private LocalAgent n2;
  private StandInSets sets;
  private ControlTopicProbe<VolumeTaskRecord> tasks;

  @BeforeAll
  static void startControlPlane() throws InterruptedException {
    controlPlane = ControlPlane.start();
  }

  @AfterAll
  static void stopControlPlane() {
    controlPlane.close();
  }

  @BeforeEach
  void startNodes() throws Exception {
    n1 = closing(new LocalAgent("n1-" + test, directory.resolve("n1"), controlPlane));
    n2 = closing(new LocalAgent("n2-" + test, directory.resolve("n2"), controlPlane));
    sets = closing(new StandInSets(controlPlane));
    tasks =
        closing(
            new ControlTopicProbe<>(
                controlPlane, ControlTopic.VOLUME_TASKS, VolumeTaskRecord.class));
    for (LocalAgent node : List.of(n1, n2)) {
      eventually(() ->
          assertThat(node.agent().directory().all())
              .extracting(NodeDescriptor::getNodeId)
              .contains(n1.nodeId, n2.nodeId));
      eventually(() -> assertThat(node.agent().volumes().directory().hasCaughtUp()).isTrue());
    }
  }

  @AfterEach
  void leaveNothingBehind() throws Exception {
    for (AutoCloseable closeable : toClose.reversed()) {
      closeable.close();
    }
  }

  @Test
  void aGroupShowsOneMomentOfAllItsVolumes() throws Exception {
    granted(first, n1);
    granted(second, n2);
    NbdClient a = closing(n1.open(first));
    NbdClient b = closing(n2.open(second));
    AtomicInteger acknowledged = new AtomicInteger();
    AtomicBoolean stop = new AtomicBoolean();
    Thread writer = Thread.ofPlatform().start(() -> count(a, b, acknowledged, stop));

    for (int round = 1; round <= 5; round++) {
      int before = acknowledged.get();
      await().atMost(LIMIT).until(() -> acknowledged.get() > before + 50);
      var set = sets.begin("group-" + test + "-" + round, HOLDING, first, second);
      eventually(() -> assertThat(set.reports(WritesHeld.class)).hasSize(2));
      int atHold = acknowledged.get();
      set.taking(1);
      eventually(() -> assertThat(set.reports(SnapshotTaken.class)).hasSize(2));
      ready(set);

      int shownByA = n1.number(first, set.snapshotOf(first), 0);
      int shownByB = n1.number(second, set.snapshotOf(second), 0);
      assertThat(shownByA).isBetween(shownByB, shownByB + 1);
      assertThat(shownByB).isBetween(atHold, atHold + 1);
      assertThat(n2.number(first, set.snapshotOf(first), 0)).isEqualTo(shownByA);
      assertThat(n2.number(second, set.snapshotOf(second), 0)).isEqualTo(shownByB);
    }

    int after = acknowledged.get();
    await().atMost(LIMIT).until(() -> acknowledged.get() > after + 50);
    stop.set(true);
    writer.join();
  }

  /** Each number is on the second volume only after it was acknowledged on the first. */
  private static void count(
      NbdClient a, NbdClient b, AtomicInteger acknowledged, AtomicBoolean stop) {
    try {
      while (!stop.get()) {
        int next = acknowledged.get() + 1;
        Blocks.write(a, 0, 1, next);
        Blocks.write(b, 0, 1, next);
        acknowledged.set(next);
      }
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void aDeletedSetGivesItsSpaceBackOnEveryReplica() throws Exception {
    granted(first, n1);
    NbdClient client = closing(n1.open(first));
    Blocks.write(client, 0, 512, 1);
    var set = alone("deleted");
    Blocks.write(client, 0, 512, 2);
    long withSnapshot = n2.replica(first).allocatedBytes();
    assertThat(withSnapshot).isGreaterThanOrEqualTo(1024L * Blocks.BYTES);
    assertThat(n1.agent().volumes().poolBytes("p1")).isGreaterThanOrEqualTo(withSnapshot);

    EventHeaders deleting = set.become(DELETING);

    eventually(() ->
        assertThat(removed(set)).containsExactlyInAnyOrder(n1.nodeId + "/r1", n2.nodeId + "/r2"));
    assertThat(set.reports(SnapshotRemoved.class))
        .allMatch(report -> report.getSnapshotId().equals(set.snapshotOf(first)));
    assertThat(deleting).isNotNull();
    for (LocalAgent node : List.of(n1, n2)) {
      assertThat(node.snapshots(first)).isEmpty();
      eventually(() ->
          assertThat(node.replica(first).allocatedBytes())
              .isLessThan(withSnapshot - 500L * Blocks.BYTES));
    }
    assertThat(Blocks.read(client, 511)).isEqualTo(2);
  }

  private static Set<String> removed(StandInSets.OneSet set) {
    return set.reports(SnapshotRemoved.class).stream()
        .map(report ->
            report.getNodeId() + "/" + ((SnapshotRemoved) report.getDetail()).getReplicaId())
        .collect(Collectors.toSet());
  }

  @Test
  void whatNoSetListsIsDeletedAndWhatASetListsStays() throws Exception {
    granted(first, n1);
    NbdClient client = closing(n1.open(first));
    Blocks.write(client, 0, 1, 1);
    var listed = alone("listed");
    var head = n1.agent().volumes().heads().head(first).orElseThrow();
    head.snapshot(new SnapshotId("stray")).get(20, TimeUnit.SECONDS);
    assertThat(n2.snapshots(first)).contains("stray");

    // Any change of a set makes the agents look.
    sets.begin("other-" + test, FAILED, "vol-elsewhere");

    for (LocalAgent node : List.of(n1, n2)) {
      eventually(() -> assertThat(node.snapshots(first)).containsExactly(listed.snapshotOf(first)));
    }
  }

  @Test
  void aSetThatFailsLetsWritesGoOnAndLeavesNothing() throws Exception {
    granted(first, n1);
    NbdClient client = closing(n1.open(first));
    var set = sets.begin("fails-" + test, HOLDING, first, second);
    eventually(() -> assertThat(set.reports(WritesHeld.class)).hasSize(1));
    set.become(FAILED);
    Blocks.write(client, 0, 1, 7);

    set.become(TAKING);

    eventually(() -> assertThat(set.reports(SnapshotMissed.class)).hasSize(1));
    assertThat(missedCode(set)).isEqualTo("SNP-062");
    assertThat(n1.snapshots(first)).isEmpty();
    assertThat(Blocks.read(client, 0)).isEqualTo(7);
  }

  @Test
  void aHoldThatEndedByItselfIsMissed() throws Exception {
    granted(first, n1);
    NbdClient client = closing(n1.open(first));
    var set = sets.begin("late-" + test, HOLDING, first, second);
    eventually(() -> assertThat(set.reports(WritesHeld.class)).hasSize(1));
    // It waits until the head gives up holding.
    Blocks.write(client, 0, 1, 1);

    set.taking(1);

    eventually(() -> assertThat(set.reports(SnapshotMissed.class)).hasSize(1));
    assertThat(missedCode(set)).isEqualTo("SNP-060");
    assertThat(set.reports(SnapshotTaken.class)).isEmpty();
  }

  @Test
  void aHeadTakesNothingUnderTheHoldOfAnotherOne() throws Exception {
    granted(first, n1);
    closing(n1.open(first));
    var set = sets.begin("other-epoch-" + test, HOLDING, first, second);
    eventually(() -> assertThat(set.reports(WritesHeld.class)).hasSize(1));

    set.taking(7);

    eventually(() -> assertThat(set.reports(SnapshotMissed.class)).hasSize(1));
    assertThat(missedCode(set)).isEqualTo("SNP-062");
    assertThat(n1.snapshots(first)).isEmpty();
  }

  @Test
  void aDetachedMemberIsHeldAndTakenByItsTask() throws Exception {
    granted(first, n1);
    closing(n1.open(first));
    StandInManager detached = manager(second);
    var set = sets.begin("mixed-" + test, HOLDING, first, second);
    EventHeaders given = give(detached, n2, task(VolumeTaskKind.SNAPSHOT, set, second));

    eventually(() -> assertThat(set.reports(WritesHeld.class)).hasSize(2));
    set.taking(1);
    eventually(() -> assertThat(set.reports(SnapshotTaken.class)).hasSize(2));
    assertThat(tasks.all(record -> record.getVolumeId().equals(second))).isEmpty();
    ready(set);

    eventually(() -> assertThat(done(second)).hasSize(1));
    assertThat(done(second).getFirst().headers().orElseThrow().correlationId())
        .isEqualTo(given.correlationId());
    assertThat(detached.reports(HeadDetached.class)).hasSize(1);
    assertThat(n2.agent().volumes().heads().running()).isEmpty();
    assertThat(n1.snapshots(second)).containsExactly(set.snapshotOf(second));
  }

  @Test
  void aTaskWhoseSetIsGoneIsDoneAtOnce() throws Exception {
    StandInManager detached = manager(first);
    var set = sets.begin("gone-" + test, HOLDING, first);
    VolumeTask task = task(VolumeTaskKind.SNAPSHOT, set, first);
    set.tombstone();
    give(detached, n1, task);

    eventually(() -> assertThat(done(first)).hasSize(1));
    assertThat(set.reports(WritesHeld.class)).isEmpty();
    assertThat(detached.reports(HeadDetached.class)).hasSize(1);
  }

  @Test
  void aVolumeIsRestoredByAnotherNodeThanTheOneThatTookTheSnapshot() throws Exception {
    StandInManager manager = granted(first, n1);
    NbdClient client = n1.open(first);
    Blocks.write(client, 0, 64, 1);
    var set = alone("restored");
    Blocks.write(client, 32, 96, 2);
    client.close();
    detach(manager, n1);

    give(manager, n2, task(VolumeTaskKind.RESTORE, set, first));

    eventually(() -> assertThat(done(first)).hasSize(1));
    TaskDone done = (TaskDone) done(first).getFirst().value().getDetail();
    assertThat(done.getBytes()).isEqualTo(96L * Blocks.BYTES);
    assertThat(done.getEpoch()).isEqualTo(2);
    taskEnded(manager);
    grant(manager, n1);
    NbdClient restored = closing(n1.open(first));
    assertThat(Blocks.read(restored, 63)).isEqualTo(1);
    assertThat(Blocks.read(restored, 32)).isEqualTo(1);
    assertThat(Blocks.read(restored, 64)).isZero();
    assertThat(n1.snapshots(first)).containsExactly(set.snapshotOf(first));
  }

  @Test
  void aNewVolumeIsFilledFromAReplicaOfItsNode() throws Exception {
    StandInManager source = granted(first, n1);
    NbdClient client = n1.open(first);
    Blocks.write(client, 0, 64, 1);
    var set = alone("cloned");
    Blocks.write(client, 0, 64, 2);
    client.close();
    detach(source, n1);
    StandInManager copy = manager(second);

    give(copy, n2, task(VolumeTaskKind.FILL, set, first));

    eventually(() -> assertThat(done(second)).hasSize(1));
    assertThat(((TaskDone) done(second).getFirst().value().getDetail()).getBytes())
        .isEqualTo(64L * Blocks.BYTES);
    taskEnded(copy);
    grant(copy, n1);
    NbdClient filled = closing(n1.open(second));
    assertThat(Blocks.read(filled, 63)).isEqualTo(1);
    assertThat(Blocks.read(filled, 64)).isZero();
  }

  @Test
  void whatCannotBeDoneHereIsGivenBack() throws Exception {
    StandInManager manager = manager(first);
    var set = sets.begin("never-" + test, TAKING, first);
    give(manager, n1, task(VolumeTaskKind.RESTORE, set, first));

    eventually(() -> {
      var failed = tasks.all(record -> record.getDetail() instanceof TaskFailed);
      assertThat(failed).hasSize(1);
      assertThat(((TaskFailed) failed.getFirst().value().getDetail()).getCode())
          .isEqualTo("SNP-063");
    });
    assertThat(manager.reports(HeadDetached.class)).hasSize(1);
  }

  @Test
  void aWithdrawnTaskLeavesNoHead() throws Exception {
    StandInManager manager = manager(first);
    var set = sets.begin("withdrawn-" + test, HOLDING, first, second);
    give(manager, n1, task(VolumeTaskKind.SNAPSHOT, set, first));
    eventually(() -> assertThat(set.reports(WritesHeld.class)).hasSize(1));

    manager.fence();

    eventually(() -> assertThat(n1.agent().volumes().heads().running()).isEmpty());
    eventually(() -> assertThat(n1.agent().snapshots().tasks().underWay()).isEmpty());
    assertThat(tasks.all(record -> record.getVolumeId().equals(first))).isEmpty();
  }

  private <T extends AutoCloseable> T closing(T closeable) {
    toClose.add(closeable);
    return closeable;
  }

  private StandInManager manager(String volume) throws InterruptedException {
    StandInManager manager =
        closing(
            new StandInManager(
                controlPlane,
                VolumeStates.volume(
                    volume,
                    DETACHED,
                    0,
                    0,
                    SIZE,
                    List.of(
                        VolumeStates.replica("r1", n1.nodeId, IN_SYNC),
                        VolumeStates.replica("r2", n2.nodeId, IN_SYNC)))));
    manager.publish(state -> {});
    for (LocalAgent node : List.of(n1, n2)) {
      eventually(() -> assertThat(node.agent().volumes().withReplica()).contains(volume));
    }
    return manager;
  }

  private StandInManager granted(String volume, LocalAgent holder) throws InterruptedException {
    StandInManager manager = manager(volume);
    grant(manager, holder);
    return manager;
  }

  private static void grant(StandInManager manager, LocalAgent holder) throws InterruptedException {
    manager.grant(holder.nodeId);
    String volume = manager.state().getVolumeId();
    eventually(() ->
        assertThat(holder.agent().volumes().directory().find(volume).orElseThrow().state())
            .matches(state -> holder.nodeId.equals(state.getHolder()))
            .matches(state -> state.getEpoch() == manager.state().getEpoch()));
  }

  private static void taskEnded(StandInManager manager) throws InterruptedException {
    manager.publish(state -> {
      state.setTask(null);
      state.setPhase(DETACHED);
      state.setHolder(null);
    });
  }

  private static EventHeaders give(StandInManager manager, LocalAgent node, VolumeTask task)
      throws InterruptedException {
    manager.prepare(state -> state.setTask(task));
    return manager.grant(node.nodeId);
  }

  private static void detach(StandInManager manager, LocalAgent node) throws Exception {
    node.agent().exports().withdraw(manager.state().getVolumeId());
    manager.publish(state -> {
      state.setPhase(DETACHED);
      state.setHolder(null);
    });
  }

  private VolumeTask task(VolumeTaskKind kind, StandInSets.OneSet set, String snapshotOf) {
    return VolumeTask.newBuilder()
        .setTaskId("task-" + test)
        .setKind(kind)
        .setSetId(set.state().getSetId())
        .setVolumeId(snapshotOf)
        .setSnapshotId(set.snapshotOf(snapshotOf))
        .build();
  }

  /** Takes the snapshot of the first volume alone. */
  private StandInSets.OneSet alone(String name) throws InterruptedException {
    var set = sets.begin(name + "-" + test, TAKING, first);
    eventually(() -> assertThat(set.reports(SnapshotTaken.class)).hasSize(1));
    SnapshotReport taken = set.reports(SnapshotTaken.class).getFirst();
    SnapshotTaken detail = (SnapshotTaken) taken.getDetail();
    assertThat(detail.getReplicaIds()).containsExactly("r1", "r2");
    assertThat(detail.getSizeBytes()).isEqualTo(SIZE);
    ready(set);
    return set;
  }

  private void ready(StandInSets.OneSet set) throws InterruptedException {
    set.ready(Map.of("r1", n1.nodeId, "r2", n2.nodeId));
  }

  private static String missedCode(StandInSets.OneSet set) {
    return ((SnapshotMissed) set.reports(SnapshotMissed.class).getFirst().getDetail()).getCode();
  }

  private List<ControlTopicProbe.Seen<VolumeTaskRecord>> done(String volume) {
    return tasks.all(
        record -> record.getVolumeId().equals(volume) && record.getDetail() instanceof TaskDone);
  }

  private static void eventually(ThrowingRunnable assertion) {
    await().atMost(LIMIT).untilAsserted(assertion);
  }
}
