package io.mooring.volumeagent.volumes;

import static io.mooring.schemas.ReplicaRole.IN_SYNC;
import static io.mooring.schemas.ReplicaRole.JOINING;
import static io.mooring.schemas.ReplicaRole.LEAVING;
import static io.mooring.schemas.ReplicaRole.STALE;
import static io.mooring.schemas.VolumePhase.DELETING;
import static io.mooring.schemas.VolumePhase.DETACHED;
import static io.mooring.schemas.VolumePhase.FENCING;
import static io.mooring.schemas.VolumePhase.PUBLISHED;
import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.schemas.ReplicaRole;
import io.mooring.schemas.ReplicaState;
import io.mooring.schemas.VolumePhase;
import io.mooring.schemas.VolumeState;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ReplicaDecisionsTest {

  private static final long SIZE = 1L << 30;

  private final ReplicaDecisions decisions = new ReplicaDecisions("n1");

  @Test
  void aReplicaOfANewVolumeIsCreated() {
    assertThat(decisions.on(state(DETACHED, 0, 0, own(IN_SYNC)), Map.of()))
        .containsExactly(
            new ReplicaStep.Create("r1", "p1", SIZE), new ReplicaStep.Promise("r1", 0));
  }

  @Test
  void aJoiningReplicaIsCreatedAtAnyTimeAndPromisesTheEpoch() {
    assertThat(decisions.on(state(PUBLISHED, 7, 3, own(JOINING)), Map.of()))
        .containsExactly(
            new ReplicaStep.Create("r1", "p1", SIZE), new ReplicaStep.Promise("r1", 7));
  }

  @Test
  void aBlankFileNeverReplacesAReplicaThatHasHeldData() {
    for (ReplicaRole role : List.of(IN_SYNC, STALE)) {
      assertThat(decisions.on(state(DETACHED, 1, 0, own(role)), Map.of()))
          .singleElement()
          .isInstanceOfSatisfying(
              ReplicaStep.ReportUnusable.class,
              step -> assertThat(step.code()).isEqualTo("VOL-060"));
    }
  }

  @Test
  void aHigherEpochIsPromised() {
    assertThat(decisions.on(state(PUBLISHED, 4, 0, own(IN_SYNC)), sound(3, 0)))
        .containsExactly(new ReplicaStep.Promise("r1", 4));
    assertThat(decisions.on(state(FENCING, 4, 0, own(IN_SYNC)), sound(3, 0)))
        .containsExactly(new ReplicaStep.Promise("r1", 4));
  }

  @Test
  void aPromiseThatWasGivenBeforeIsGivenAgainWhileFencingLasts() {
    assertThat(decisions.on(state(FENCING, 4, 0, own(IN_SYNC)), sound(4, 0)))
        .containsExactly(new ReplicaStep.Promise("r1", 4));
    assertThat(decisions.on(state(PUBLISHED, 4, 0, own(IN_SYNC)), sound(4, 0))).isEmpty();
  }

  @Test
  void filesThatCannotBeOpenedAreReported() {
    assertThat(
            decisions.on(
                state(PUBLISHED, 2, 1, own(IN_SYNC)),
                Map.of("r1", new LocalReplica.Unusable("REP-010", "corrupt"))))
        .containsExactly(new ReplicaStep.ReportUnusable("r1", "REP-010", "corrupt"));
  }

  @Test
  void aReplicaThatCannotBeReadIsReportedOnceItIsOutsideTheSetOrTheLastInIt() {
    ReplicaStep report = new ReplicaStep.ReportUnusable("r1", "REP-029", "unreadable");

    assertThat(decisions.on(state(PUBLISHED, 2, 1, own(STALE)), damaged(2, 1)))
        .containsExactly(report);
    assertThat(decisions.on(state(PUBLISHED, 2, 1, own(JOINING)), damaged(2, 1)))
        .containsExactly(report);
    assertThat(decisions.on(state(PUBLISHED, 2, 1, own(IN_SYNC)), damaged(2, 1)))
        .containsExactly(report);
    assertThat(decisions.on(state(PUBLISHED, 2, 1, own(IN_SYNC), foreign()), damaged(2, 1)))
        .as("the head decides whether it can be spared")
        .isEmpty();
    assertThat(decisions.on(state(FENCING, 3, 1, own(IN_SYNC), foreign()), damaged(2, 1)))
        .containsExactly(new ReplicaStep.Promise("r1", 3));
    assertThat(decisions.on(state(PUBLISHED, 3, 5, foreign()), damaged(3, 4)))
        .containsExactly(new ReplicaStep.Delete("r1", true));
  }

  private static Map<String, LocalReplica> damaged(long promised, long generation) {
    return Map.of(
        "r1",
        new LocalReplica.Damaged(
            new LocalReplica.Sound(promised, generation), "REP-029", "unreadable"));
  }

  @Test
  void filesOfANewerLifeThanTheStateAreNeitherUsedNorTouched() {
    assertThat(decisions.on(state(DETACHED, 1, 0, own(IN_SYNC)), sound(5, 2)))
        .singleElement()
        .isInstanceOfSatisfying(
            ReplicaStep.ReportUnusable.class, step -> assertThat(step.code()).isEqualTo("VOL-061"));
  }

  @Test
  void aReplicaThatANewerStateDoesNotListIsDeleted() {
    assertThat(decisions.on(state(PUBLISHED, 3, 5, foreign()), sound(3, 4)))
        .containsExactly(new ReplicaStep.Delete("r1", true));
  }

  @Test
  void aStateThatIsNotNewerDeletesNothing() {
    assertThat(decisions.on(state(PUBLISHED, 3, 4, foreign()), sound(3, 4)))
        .singleElement()
        .isInstanceOf(ReplicaStep.Keep.class);
    assertThat(decisions.on(state(PUBLISHED, 2, 9, foreign()), sound(3, 4)))
        .singleElement()
        .isInstanceOf(ReplicaStep.Keep.class);
  }

  @Test
  void leavingReplicasAndThoseOfADeletedVolumeGoAndAreReportedAlsoIfTheyAreGoneAlready() {
    assertThat(decisions.on(state(PUBLISHED, 3, 5, own(LEAVING)), sound(3, 4)))
        .containsExactly(new ReplicaStep.Delete("r1", true));
    assertThat(decisions.on(state(DELETING, 3, 5, own(IN_SYNC)), Map.of()))
        .containsExactly(new ReplicaStep.Delete("r1", true));
    assertThat(decisions.onDeleted(sound(3, 4)))
        .containsExactly(new ReplicaStep.Delete("r1", false));
  }

  @Test
  void replicasOfOtherNodesAreNobodysBusinessHere() {
    assertThat(decisions.on(state(FENCING, 3, 5, foreign()), Map.of())).isEmpty();
  }

  private static Map<String, LocalReplica> sound(long promised, long generation) {
    return Map.of("r1", new LocalReplica.Sound(promised, generation));
  }

  private static ReplicaState own(ReplicaRole role) {
    return VolumeStates.replica("r1", "n1", role);
  }

  private static ReplicaState foreign() {
    return VolumeStates.replica("r2", "n2", IN_SYNC);
  }

  private static VolumeState state(
      VolumePhase phase, long epoch, long generation, ReplicaState... replicas) {
    return VolumeStates.volume("vol-1", phase, epoch, generation, SIZE, List.of(replicas));
  }
}
