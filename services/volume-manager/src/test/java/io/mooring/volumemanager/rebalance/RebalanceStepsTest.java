package io.mooring.volumemanager.rebalance;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.schemas.RebalanceControl;
import io.mooring.schemas.RebalancePhase;
import io.mooring.schemas.ReplicaMovePhase;
import io.mooring.schemas.ReplicaRole;
import io.mooring.volumemanager.rebalance.RebalanceSteps.Step;
import io.mooring.volumemanager.rebalance.VolumeOutline.Member;
import io.mooring.volumemanager.volume.Cause;
import io.mooring.volumemanager.volume.NodeId;
import io.mooring.volumemanager.volume.PoolId;
import io.mooring.volumemanager.volume.ReplicaId;
import io.mooring.volumemanager.volume.VolumeId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class RebalanceStepsTest {

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  private final RebalanceSteps steps = new RebalanceSteps(2, PATIENCE);
  private final Map<VolumeId, VolumeOutline> volumes = new HashMap<>();
  private final List<RebalanceEffect> effects = new ArrayList<>();
  private Instant now = START;
  private RebalanceJob job;

  private final RebalanceSteps.View view =
      new RebalanceSteps.View() {
        @Override
        public Optional<VolumeOutline> volume(VolumeId id) {
          return Optional.ofNullable(volumes.get(id));
        }

        @Override
        public double largestDeviation() {
          return 3;
        }
      };

  @Test
  void soManyMovesAreUnderWayAndTheNextBeginsWhenOneIsDone() {
    plan("a", "b", "c");
    advance();
    assertThat(phases())
        .containsExactly(
            ReplicaMovePhase.REQUESTED, ReplicaMovePhase.REQUESTED, ReplicaMovePhase.PLANNED);
    assertThat(job.phase()).isEqualTo(RebalancePhase.RUNNING);

    joining("a");
    advance();
    assertThat(phases()).startsWith(ReplicaMovePhase.COPYING).endsWith(ReplicaMovePhase.PLANNED);

    moved("a");
    advance();
    assertThat(phases())
        .containsExactly(
            ReplicaMovePhase.DONE, ReplicaMovePhase.REQUESTED, ReplicaMovePhase.REQUESTED);
  }

  @Test
  void itIsDoneWhenNoMoveIsLeftAndTellsWhatItHasComeTo() {
    plan("a");
    advance();
    moved("a");
    advance();

    assertThat(job.phase()).isEqualTo(RebalancePhase.DONE);
    assertThat(job.knownDeviation().after()).isEqualTo(3);
    effects.clear();
    advance();
    assertThat(effects).isEmpty();
  }

  @Test
  void nothingHappensBeforeThereIsAPlan() {
    job = requested();
    advance();

    assertThat(effects).isEmpty();
    assertThat(job.phase()).isEqualTo(RebalancePhase.PENDING);
    control(RebalanceControl.CANCEL);
    assertThat(job.phase()).isEqualTo(RebalancePhase.CANCELLED);
  }

  @Test
  void ofOneVolumeOneReplicaIsMovedAtATime() {
    plan("a", "a", "b");
    advance();
    assertThat(phases())
        .containsExactly(
            ReplicaMovePhase.REQUESTED, ReplicaMovePhase.PLANNED, ReplicaMovePhase.REQUESTED);

    moved("a");
    release("a");
    advance();
    assertThat(phases().get(1))
        .as("the old replica is still being removed")
        .isEqualTo(ReplicaMovePhase.PLANNED);
  }

  @Test
  void aVolumeThatShowsNoSignHasRefused() {
    plan("a");
    advance();
    now = now.plus(PATIENCE);
    advance();
    assertThat(phases()).containsExactly(ReplicaMovePhase.REQUESTED);

    now = now.plusMillis(1);
    advance();
    assertThat(phases()).containsExactly(ReplicaMovePhase.GIVEN_UP);
    assertThat(job.phase()).isEqualTo(RebalancePhase.DONE);
  }

  @Test
  void aVolumeThatIsNotInUseAnyMoreTakesTheNewReplicaBack() {
    plan("a");
    advance();
    joining("a");
    VolumeOutline volume = volumes.get(id("a"));
    volumes.put(
        id("a"),
        new VolumeOutline(
            volume.id(),
            "a",
            volume.sizeBytes(),
            volume.spec(),
            null,
            RandomCluster.STANDING,
            volume.members()));
    advance();

    assertThat(effects).hasAtLeastOneElementOfType(RebalanceEffect.TakeBack.class);
    assertThat(phases()).containsExactly(ReplicaMovePhase.GIVEN_UP);
  }

  @Test
  void aMoveIsDoneWhenTheOldReplicaIsRemoved() {
    plan("a");
    advance();
    release("a");
    advance();
    assertThat(phases()).containsExactly(ReplicaMovePhase.COPYING);

    moved("a");
    advance();
    assertThat(phases()).containsExactly(ReplicaMovePhase.DONE);
  }

  @Test
  void aReplicaThatFilledAGapInsteadIsNoMove() {
    plan("a");
    advance();
    put("a", member("r1", "n1", ReplicaRole.IN_SYNC), member("r2", "n2", ReplicaRole.IN_SYNC));
    advance();

    assertThat(phases()).containsExactly(ReplicaMovePhase.GIVEN_UP);
    assertThat(effects).noneMatch(RebalanceEffect.TakeBack.class::isInstance);
  }

  @Test
  void aVolumeThatWasDeletedOrIsDegradedIsLeftAlone() {
    plan("a", "b");
    volumes.remove(id("a"));
    put("b", member("r1", "n1", ReplicaRole.STALE));
    advance();

    assertThat(phases()).containsExactly(ReplicaMovePhase.GIVEN_UP, ReplicaMovePhase.GIVEN_UP);
    assertThat(effects).noneMatch(RebalanceEffect.Request.class::isInstance);
    assertThat(job.phase()).isEqualTo(RebalancePhase.DONE);
  }

  @Test
  void whilePausedNothingBeginsAndWhatHasBegunGoesOn() {
    plan("a", "b", "c");
    advance();
    control(RebalanceControl.PAUSE);
    moved("a");
    moved("b");
    advance();
    assertThat(job.phase()).isEqualTo(RebalancePhase.PAUSED);
    assertThat(phases())
        .containsExactly(ReplicaMovePhase.DONE, ReplicaMovePhase.DONE, ReplicaMovePhase.PLANNED);

    control(RebalanceControl.RESUME);
    advance();
    assertThat(phases().getLast()).isEqualTo(ReplicaMovePhase.REQUESTED);
    assertThat(job.phase()).isEqualTo(RebalancePhase.RUNNING);
  }

  @Test
  void cancellingTakesBackWhatIsUnderWayAndKeepsWhatIsDone() {
    plan("a", "b", "c");
    advance();
    moved("a");
    joining("b");
    advance();
    effects.clear();

    control(RebalanceControl.CANCEL);

    assertThat(job.phase()).isEqualTo(RebalancePhase.CANCELLED);
    assertThat(phases())
        .containsExactly(
            ReplicaMovePhase.DONE, ReplicaMovePhase.GIVEN_UP, ReplicaMovePhase.GIVEN_UP);
    assertThat(effects.stream().filter(RebalanceEffect.TakeBack.class::isInstance)).hasSize(2);
    effects.clear();
    control(RebalanceControl.RESUME);
    assertThat(effects).isEmpty();
  }

  private void plan(String... names) {
    List<PlannedMove> moves = new ArrayList<>();
    for (String name : names) {
      put(name, member("r1", "n1", ReplicaRole.IN_SYNC));
      moves.add(new PlannedMove(id(name), name, 1, new ReplicaId("r1"), pool("n1"), pool("n2")));
    }
    job = requested().planned(new RebalancePlan(moves, 30, 1, 0), START);
  }

  private static RebalanceJob requested() {
    return RebalanceJob.requested(
        "rb",
        false,
        new RebalanceJob.Origin("test", new Cause(UUID.randomUUID(), UUID.randomUUID()), START),
        "key",
        1);
  }

  private void joining(String name) {
    put(
        name,
        member("r1", "n1", ReplicaRole.IN_SYNC),
        new Member(new ReplicaId("r2"), pool("n2"), ReplicaRole.JOINING, new ReplicaId("r1")));
  }

  private void moved(String name) {
    put(name, member("r2", "n2", ReplicaRole.IN_SYNC));
  }

  private void release(String name) {
    put(name, member("r1", "n1", ReplicaRole.LEAVING), member("r2", "n2", ReplicaRole.IN_SYNC));
  }

  private void put(String name, Member... members) {
    volumes.put(
        id(name),
        new VolumeOutline(
            id(name),
            name,
            1,
            RandomCluster.spec(Map.of("repl", "1")),
            new NodeId("n1"),
            RandomCluster.STANDING,
            List.of(members)));
  }

  private static Member member(String replica, String node, ReplicaRole role) {
    return new Member(new ReplicaId(replica), pool(node), role, null);
  }

  private void advance() {
    accept(steps.advance(job, view, now));
  }

  private void control(RebalanceControl wanted) {
    accept(steps.control(job, wanted, view, now));
  }

  private void accept(Step step) {
    job = step.after();
    effects.addAll(step.effects());
  }

  private List<ReplicaMovePhase> phases() {
    return job.moves().stream().map(RebalanceJob.Move::phase).toList();
  }

  private static VolumeId id(String name) {
    return VolumeId.ofName(name);
  }

  private static PoolId pool(String node) {
    return new PoolId(new NodeId(node), "p");
  }
}
