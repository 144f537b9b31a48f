package io.mooring.localcluster.orchestrator;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class OrchestratorTest {

  private static final StatefulSet BROKERS =
      new StatefulSet(
          "broker",
          2,
          new VolumeClaim("data", 1 << 20, "kafka", Map.of(), List.of()),
          new Template());
  private static final Duration SOON = Duration.ofSeconds(10);
  private static final Duration CALM = Duration.ofMillis(50);

  private final FakeVolumes volumes = new FakeVolumes(Set.of("n1", "n2"));
  private final FakeRuntime runtime = new FakeRuntime();
  private final BlockingQueue<PodStatus> steps = new LinkedBlockingQueue<>();
  private final Orchestrator orchestrator = new Orchestrator(volumes, runtime, steps::add, CALM);

  @BeforeEach
  void addNodes() {
    for (String node : List.of("n1", "n2", "n3")) {
      orchestrator.addNode(new NodeSite(node, "eu", "z1", "rack-" + node, true));
    }
  }

  @AfterEach
  void close() {
    orchestrator.close();
  }

  @Test
  void aPodTakesTheStepsOfAKubeletInOrderAndKeepsItsNames() throws InterruptedException {
    orchestrator.run(set(1));

    assertThat(List.of(next(), next(), next(), next(), next(), next()))
        .extracting(PodStatus::step)
        .containsExactly(
            PodStep.CREATED,
            PodStep.SCHEDULED,
            PodStep.VOLUME_PUBLISHED,
            PodStep.VOLUME_MOUNTED,
            PodStep.STARTED,
            PodStep.READY);
    assertThat(volumes.calls)
        .containsExactly(
            "create data-broker-0", "publish data-broker-0 n1", "mount data-broker-0 n1");
    assertThat(runtime.nodeOfAddress).containsExactly(Map.entry("address-of-broker-0", "n1"));
  }

  @Test
  void podsStartInOrderAndSpread() throws InterruptedException {
    runtime.becomeReady = false;
    orchestrator.run(BROKERS);
    awaitStep("broker-0", PodStep.STARTED);
    assertThat(volumes.calls).noneMatch(call -> call.contains("broker-1"));

    runtime.becomeReady = true;
    assertThat(orchestrator.awaitReady(BROKERS, SOON)).isTrue();

    assertThat(runtime.starts).containsExactly("broker-0@n1", "broker-1@n2");
  }

  @Test
  void aPodOfADeadNodeMovesToTheOtherReplicaOnceItsVolumeIsFree() throws InterruptedException {
    orchestrator.run(BROKERS);
    orchestrator.awaitReady(BROKERS, SOON);

    orchestrator.onNodeDown("n1");
    awaitStep("broker-0", PodStep.EVICTED);
    awaitStep("broker-0", PodStep.READY);

    assertThat(orchestrator.nodeOf("broker-0")).contains("n2");
    assertThat(orchestrator.nodeOf("broker-1")).contains("n2");
    assertThat(volumes.calls)
        .containsSubsequence(
            "unpublish data-broker-0 n1", "publish data-broker-0 n2", "mount data-broker-0 n2");
    assertThat(runtime.nodeOfAddress).containsEntry("address-of-broker-0", "n2");
    assertThat(volumes.calls).doesNotContain("unmount data-broker-0 n1");
  }

  @Test
  void aPodIsEvictedAlsoWhileItStarts() throws InterruptedException {
    runtime.becomeReady = false;
    orchestrator.run(set(1));
    awaitStep("broker-0", PodStep.STARTED);

    orchestrator.onNodeDown("n1");
    runtime.becomeReady = true;
    awaitStep("broker-0", PodStep.READY);

    assertThat(orchestrator.nodeOf("broker-0")).contains("n2");
  }

  @Test
  void theProcessLeftOnANodeIsKilledAndUnmountedWhenTheNodeIsBack() throws InterruptedException {
    orchestrator.run(set(1));
    awaitStep("broker-0", PodStep.READY);
    FakeRuntime.FakePod old = runtime.running.get("broker-0");

    orchestrator.onNodeDown("n1");
    awaitStep("broker-0", PodStep.EVICTED);
    awaitStep("broker-0", PodStep.READY);
    assertThat(old.isAlive()).isTrue();

    orchestrator.onNodeUp("n1");
    old.await();
    untilUp("n1");
    assertThat(volumes.calls).contains("unmount data-broker-0 n1");
  }

  @Test
  void aCrashedPodIsStartedAgainInPlace() throws InterruptedException {
    orchestrator.run(set(1));
    awaitStep("broker-0", PodStep.READY);

    runtime.running.get("broker-0").crash();
    awaitStep("broker-0", PodStep.CRASHED);
    PodStatus again = awaitStep("broker-0", PodStep.READY);

    assertThat(again.node()).isEqualTo("n1");
    assertThat(again.restarts()).isOne();
    assertThat(volumes.calls).noneMatch(call -> call.startsWith("unpublish"));
  }

  @Test
  void aStepThatFailsIsRepeated() throws InterruptedException {
    volumes.failuresAhead.set(2);
    orchestrator.run(set(1));

    assertThat(awaitStep("broker-0", PodStep.FAILED).detail()).contains("not now");
    awaitStep("broker-0", PodStep.READY);
  }

  @Test
  void aPodWaitsWhileNoNodeWithAReplicaIsUp() throws InterruptedException {
    volumes.replicaNodes = Set.of("n1");
    orchestrator.run(set(1));
    awaitStep("broker-0", PodStep.READY);

    orchestrator.onNodeDown("n1");
    awaitStep("broker-0", PodStep.EVICTED);
    awaitStep("broker-0", PodStep.CREATED);
    assertThat(orchestrator.nodeOf("broker-0")).isEmpty();

    orchestrator.onNodeUp("n1");
    awaitStep("broker-0", PodStep.READY);
    assertThat(orchestrator.nodeOf("broker-0")).contains("n1");
  }

  @Test
  void aPodThatIsMadeAgainWaitsForItsPredecessors() throws InterruptedException {
    orchestrator.run(BROKERS);
    orchestrator.awaitReady(BROKERS, SOON);
    runtime.becomeReady = false;
    runtime.running.get("broker-0").crash();
    awaitStep("broker-0", PodStep.CRASHED);

    orchestrator.onNodeDown("n2");
    awaitStep("broker-1", PodStep.EVICTED);
    awaitStep("broker-1", PodStep.CREATED);
    assertThat(orchestrator.nodeOf("broker-1")).isEmpty();

    runtime.becomeReady = true;
    assertThat(orchestrator.awaitReady(BROKERS, SOON)).isTrue();
    assertThat(orchestrator.nodeOf("broker-1")).contains("n1");
  }

  @Test
  void podsThatShareANodeAreSpreadInOrderWhenAnotherNodeIsBack() throws InterruptedException {
    orchestrator.run(BROKERS);
    orchestrator.awaitReady(BROKERS, SOON);
    orchestrator.onNodeDown("n1");
    awaitStep("broker-0", PodStep.EVICTED);
    awaitStep("broker-0", PodStep.READY);
    FakeRuntime.FakePod shared = runtime.running.get("broker-0");
    assertThat(orchestrator.isSettled()).isFalse();

    orchestrator.onNodeUp("n1");
    awaitStep("broker-0", PodStep.MOVING);
    awaitStep("broker-0", PodStep.READY);

    assertThat(orchestrator.nodeOf("broker-0")).contains("n1");
    assertThat(orchestrator.nodeOf("broker-1")).contains("n2");
    assertThat(shared.isAlive()).isFalse();
    assertThat(volumes.calls)
        .containsSubsequence(
            "mount data-broker-0 n2",
            "unmount data-broker-0 n2",
            "unpublish data-broker-0 n2",
            "publish data-broker-0 n1");
    untilSettled();
  }

  @Test
  void podsThatShareANodeStayWhileNoOtherNodeHasTheirData() throws InterruptedException {
    volumes.replicaNodes = Set.of("n2");
    orchestrator.run(BROKERS);
    orchestrator.awaitReady(BROKERS, SOON);

    untilSettled();
    assertThat(steps).extracting(PodStatus::step).doesNotContain(PodStep.MOVING);
    volumes.replicaNodes = Set.of("n2", "n3");
    assertThat(orchestrator.isSettled()).isFalse();

    awaitStep("broker-0", PodStep.MOVING);
    awaitStep("broker-0", PodStep.READY);
    assertThat(orchestrator.nodeOf("broker-0")).contains("n3");
  }

  @Test
  void aPodThatIsBeingMovedIsEvictedWhenItsNodeDies() throws InterruptedException {
    orchestrator.run(BROKERS);
    orchestrator.awaitReady(BROKERS, SOON);
    orchestrator.onNodeDown("n1");
    awaitStep("broker-0", PodStep.EVICTED);
    awaitStep("broker-0", PodStep.READY);
    runtime.hangOnStop = true;
    orchestrator.onNodeUp("n1");
    awaitStep("broker-0", PodStep.MOVING);

    orchestrator.onNodeDown("n2");
    awaitStep("broker-0", PodStep.EVICTED);
    awaitStep("broker-0", PodStep.READY);

    assertThat(orchestrator.nodeOf("broker-0")).contains("n1");
    assertThat(volumes.calls).doesNotContain("unmount data-broker-0 n2");
  }

  @Test
  void podsAreEndedFromTheHighestNumberAndTheirVolumesAreDetached() throws InterruptedException {
    orchestrator.run(BROKERS);
    orchestrator.awaitReady(BROKERS, SOON);
    FakeRuntime.FakePod first = runtime.running.get("broker-0");

    orchestrator.scale(BROKERS.name(), 0);
    awaitStep("broker-0", PodStep.STOPPED);
    untilNoPodIsLeft();

    assertThat(first.isAlive()).isFalse();
    assertThat(volumes.holders).isEmpty();
    assertThat(volumes.calls)
        .containsSubsequence(
            "unmount data-broker-1 n2",
            "unpublish data-broker-1 n2",
            "unmount data-broker-0 n1",
            "unpublish data-broker-0 n1");
    assertThat(orchestrator.isSettled()).isTrue();
  }

  @Test
  void podsThatWereEndedComeBackWhenTheyAreWantedAgain() throws InterruptedException {
    orchestrator.run(BROKERS);
    orchestrator.awaitReady(BROKERS, SOON);
    orchestrator.scale(BROKERS.name(), 0);
    orchestrator.scale(BROKERS.name(), 2);

    assertThat(orchestrator.awaitReady(BROKERS, SOON)).isTrue();
    orchestrator.scale(BROKERS.name(), 0);
    untilNoPodIsLeft();
    orchestrator.scale(BROKERS.name(), 2);

    assertThat(orchestrator.awaitReady(BROKERS, SOON)).isTrue();
    assertThat(volumes.holders).containsOnlyKeys("data-broker-0", "data-broker-1");
  }

  @Test
  void aPodThatWaitsForItsPlaceIsEndedToo() throws InterruptedException {
    volumes.replicaNodes = Set.of();
    orchestrator.run(set(1));
    awaitStep("broker-0", PodStep.CREATED);

    orchestrator.scale(BROKERS.name(), 0);
    awaitStep("broker-0", PodStep.STOPPED);

    untilNoPodIsLeft();
    assertThat(volumes.holders).isEmpty();
  }

  @Test
  void aPodIsEndedAlthoughItsNodeDiesMeanwhile() throws InterruptedException {
    orchestrator.run(set(1));
    awaitStep("broker-0", PodStep.READY);
    runtime.hangOnStop = true;

    orchestrator.scale(BROKERS.name(), 0);
    awaitStep("broker-0", PodStep.STOPPING);
    orchestrator.onNodeDown("n1");
    awaitStep("broker-0", PodStep.STOPPED);

    assertThat(volumes.holders).isEmpty();
    assertThat(volumes.calls).doesNotContain("unmount data-broker-0 n1");
  }

  @Test
  void aPodWhoseVolumeComesFromElsewhereWaitsForItAndMakesNone() throws InterruptedException {
    orchestrator.run(
        new StatefulSet(
            BROKERS.name(), 1, BROKERS.claim(), BROKERS.template(), Set.of("data-broker-0")));
    assertThat(awaitStep("broker-0", PodStep.FAILED).detail()).contains("is not there");

    volumes.existing.add("data-broker-0");
    awaitStep("broker-0", PodStep.READY);

    assertThat(volumes.calls).contains("find data-broker-0").doesNotContain("create data-broker-0");
  }

  private void untilNoPodIsLeft() {
    while (!orchestrator.pods().isEmpty()) {
      Thread.onSpinWait();
    }
  }

  private static StatefulSet set(int replicas) {
    return new StatefulSet(BROKERS.name(), replicas, BROKERS.claim(), BROKERS.template());
  }

  private PodStatus next() throws InterruptedException {
    PodStatus status = steps.poll(SOON.toSeconds(), TimeUnit.SECONDS);
    assertThat(status).as("next step").isNotNull();
    return status;
  }

  private PodStatus awaitStep(String pod, PodStep step) throws InterruptedException {
    while (true) {
      PodStatus status = next();
      if (status.pod().name().equals(pod) && status.step() == step) {
        return status;
      }
    }
  }

  private void untilSettled() {
    while (!orchestrator.isSettled()) {
      Thread.onSpinWait();
    }
  }

  private void untilUp(String node) {
    while (!orchestrator.isUp(node)) {
      Thread.onSpinWait();
    }
  }

  private static final class Template implements PodTemplate {

    @Override
    public String address(PodIdentity pod) {
      return "address-of-" + pod;
    }

    @Override
    public int readyPort() {
      return 1;
    }

    @Override
    public List<String> command(PodIdentity pod, Path configuration, Path data) {
      return List.of("true");
    }
  }
}
