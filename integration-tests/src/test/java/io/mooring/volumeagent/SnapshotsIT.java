package io.mooring.volumeagent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mooring.schemas.SnapshotSetPhase;
import io.mooring.storage.nbd.NbdClient;
import io.mooring.testsupport.ControlPlane;
import io.mooring.volumemanager.volume.VolumeId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** Snapshots with the manager's decisions, real agents and real replicas. */
@Timeout(300)
class SnapshotsIT {

  private static final long SIZE = 64L << 20;
  private static final Duration LIMIT = Duration.ofSeconds(90);

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  Path directory;

  private final List<AutoCloseable> toClose = new ArrayList<>();
  private ControlPlane controlPlane;
  private RunningManager manager;
  private LocalAgent n1;
  private LocalAgent n2;

  @BeforeEach
  void start() throws Exception {
    controlPlane = closing(ControlPlane.start());
    manager = closing(new RunningManager(controlPlane, directory.resolve("manager")));
    n1 = closing(new LocalAgent("n1", directory.resolve("n1"), controlPlane));
    n2 = closing(new LocalAgent("n2", directory.resolve("n2"), controlPlane));
    for (LocalAgent node : List.of(n1, n2)) {
      eventually(() -> assertThat(manager.knows(node.nodeId)).isTrue());
    }
  }

  @AfterEach
  void leaveNothingBehind() throws Exception {
    for (AutoCloseable closeable : toClose.reversed()) {
      closeable.close();
    }
  }

  @Test
  void aGroupIsTakenUnderItsWritersRestoredClonedAndDeleted() throws Exception {
    VolumeId a = manager.create("a", SIZE, Map.of("repl", "2"));
    VolumeId b = manager.create("b", SIZE, Map.of("repl", "2"));
    String moment = takenWhileBothAreWrittenTo(a, b);
    int ofA = n1.number(a.value(), manager.snapshotOf(moment, a), 0);
    int ofB = n1.number(b.value(), manager.snapshotOf(moment, b), 0);
    assertThat(ofA).isBetween(ofB, ofB + 1);
    assertThat(ofB).isPositive();

    String detached = manager.take("detached", a, b);
    ready(detached);
    int newest = n2.number(a.value(), manager.snapshotOf(detached, a), 0);
    assertThat(newest).isGreaterThan(ofA);

    // It is complete a moment before the heads that were opened for it are closed.
    eventually(() -> assertThat(manager.isFree(a) && manager.isFree(b)).isTrue());
    manager.restore(a, moment);
    manager.restore(b, moment);
    eventually(() -> assertThat(manager.isFree(a) && manager.isFree(b)).isTrue());
    assertThat(firstNumber(a, n2)).isEqualTo(ofA);
    assertThat(firstNumber(b, n1)).isEqualTo(ofB);
    manager.restore(a, detached);
    eventually(() -> assertThat(manager.isFree(a)).isTrue());
    assertThat(firstNumber(a, n1)).isEqualTo(newest);

    VolumeId copy = manager.create("copy", 2 * SIZE, moment, a);
    eventually(() -> assertThat(manager.isFree(copy)).isTrue());
    assertThat(firstNumber(copy, n2)).isEqualTo(ofA);

    manager.delete(moment);
    manager.delete(detached);
    for (LocalAgent node : List.of(n1, n2)) {
      eventually(() -> {
        assertThat(node.snapshots(a.value())).isEmpty();
        assertThat(node.snapshots(b.value())).isEmpty();
      });
    }
    eventually(() -> {
      assertThat(manager.set(moment)).isEmpty();
      assertThat(manager.set(detached)).isEmpty();
    });
  }

  private String takenWhileBothAreWrittenTo(VolumeId a, VolumeId b) throws Exception {
    manager.publish(a, n1.nodeId);
    manager.publish(b, n2.nodeId);
    AtomicInteger acknowledged = new AtomicInteger();
    AtomicBoolean stop = new AtomicBoolean();
    String set;
    try (NbdClient toA = open(n1, a);
        NbdClient toB = open(n2, b)) {
      Thread writer = Thread.ofPlatform().start(() -> count(toA, toB, acknowledged, stop));
      awaitMore(acknowledged);
      set = manager.take("moment", a, b);
      ready(set);
      awaitMore(acknowledged);
      stop.set(true);
      writer.join();
    }
    free(a, n1);
    free(b, n2);
    return set;
  }

  private void ready(String setId) {
    eventually(() ->
        assertThat(manager.set(setId).orElseThrow().phase()).isEqualTo(SnapshotSetPhase.READY));
  }

  private int firstNumber(VolumeId volume, LocalAgent node) throws Exception {
    manager.publish(volume, node.nodeId);
    int number;
    try (NbdClient client = open(node, volume)) {
      number = Blocks.read(client, 0);
    }
    free(volume, node);
    return number;
  }

  private NbdClient open(LocalAgent node, VolumeId volume) throws Exception {
    eventually(() -> node.agent().exports().export(volume.value(), false));
    return node.connect(volume.value());
  }

  private void free(VolumeId volume, LocalAgent node) throws Exception {
    node.agent().exports().withdraw(volume.value());
    eventually(() -> manager.unpublish(volume, node.nodeId));
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

  private static void awaitMore(AtomicInteger acknowledged) {
    int before = acknowledged.get();
    await().atMost(LIMIT).until(() -> acknowledged.get() > before + 50);
  }

  private <T extends AutoCloseable> T closing(T closeable) {
    toClose.add(closeable);
    return closeable;
  }

  private static void eventually(ThrowingRunnable assertion) {
    await().atMost(LIMIT).ignoreExceptions().untilAsserted(assertion);
  }
}
