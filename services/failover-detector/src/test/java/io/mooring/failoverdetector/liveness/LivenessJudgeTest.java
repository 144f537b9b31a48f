package io.mooring.failoverdetector.liveness;

import static io.mooring.schemas.ProbeOutcome.REACHABLE;
import static io.mooring.schemas.ProbeOutcome.REFUSED;
import static io.mooring.schemas.ProbeOutcome.STALLED;
import static io.mooring.schemas.ProbeOutcome.UNKNOWN;
import static io.mooring.schemas.ProbeOutcome.UNREACHABLE;
import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.schemas.DiskSick;
import io.mooring.schemas.NodeDown;
import io.mooring.schemas.NodeUp;
import io.mooring.schemas.Observation;
import java.util.List;
import org.assertj.core.api.Assertions;
import org.assertj.core.groups.Tuple;
import org.junit.jupiter.api.Test;

class LivenessJudgeTest {

  private static final long HOUR = 3_600_000;

  private final JudgedCluster cluster = new JudgedCluster("a", "b", "c");

  @Test
  void aNodeThatNobodyReachesIsDownAfterTheMinimumSilence() {
    cluster.silence("c").seenAs("c", UNREACHABLE).run(950);
    assertThat(cluster.decided()).doesNotContain("c NodeDown");

    cluster.run(350);

    assertThat(cluster.decided()).containsExactly("c NodeSuspected", "c NodeDown");
  }

  @Test
  void nodeDownCarriesItsEvidence() {
    cluster.silence("c").seenAs("c", UNREACHABLE).run(1_500);

    NodeDown down = cluster.detail(NodeDown.class);
    assertThat(down.getSilentMs()).isBetween(1_000L, 1_250L);
    assertThat(down.getReason()).isEqualTo("unreachable for 2 of 2 voters");
    assertThat(down.getObservations())
        .extracting(Observation::getObserver, Observation::getHasVote)
        .containsExactly(tuple("a", true), tuple("b", true));
  }

  private static Tuple tuple(Object... values) {
    return Assertions.tuple(values);
  }

  @Test
  void oneIncidentHasOneCorrelationAndAnUnbrokenChainOfCauses() {
    cluster.silence("c").seenAs("c", UNREACHABLE).run(2_000);
    cluster.beatAgain("c").seenAs("c", REACHABLE).run(2_000);

    assertThat(cluster.decided()).containsExactly("c NodeSuspected", "c NodeDown", "c NodeUp");
    List<Trace> traces = cluster.judgements().stream().map(Judgement::trace).toList();
    assertThat(traces).extracting(Trace::correlationId).containsOnly(traces.get(0).correlationId());
    assertThat(traces.get(0).causationId()).isNull();
    assertThat(traces.get(1).causationId()).isEqualTo(traces.get(0).eventId());
    assertThat(traces.get(2).causationId()).isEqualTo(traces.get(1).eventId());
  }

  @Test
  void aNodeThatIsOnlyCutOffFromTheControlTopicsIsNeverDown() {
    cluster.silence("c").run(HOUR);

    assertThat(cluster.decided()).containsExactly("c NodeSuspected");
  }

  @Test
  void oneVoterWhoReachesItOutweighsAllOthers() {
    cluster.silence("c").sees("a", "c", UNREACHABLE).run(HOUR);

    assertThat(cluster.decided()).containsExactly("c NodeSuspected");
  }

  @Test
  void aStalledNodeGetsItsGrace() {
    cluster.silence("c").seenAs("c", STALLED).run(9_900);
    assertThat(cluster.decided()).containsExactly("c NodeSuspected");

    cluster.run(400);

    assertThat(cluster.decided()).containsExactly("c NodeSuspected", "c NodeDown");
  }

  @Test
  void aCrashedAgentGetsTheLongerGrace() {
    cluster.silence("c").seenAs("c", REFUSED).run(29_900);
    assertThat(cluster.decided()).containsExactly("c NodeSuspected");

    cluster.run(400);

    assertThat(cluster.decided()).containsExactly("c NodeSuspected", "c NodeDown");
  }

  @Test
  void theLongerGraceHoldsWhereVotersDiffer() {
    cluster.silence("c").sees("a", "c", STALLED).sees("b", "c", REFUSED).run(20_000);

    assertThat(cluster.decided()).containsExactly("c NodeSuspected");
  }

  @Test
  void theGraceOfACrashBeginsWhenTheAgentWasLastReached() {
    cluster.silence("c").run(60_000).seenAs("c", REFUSED).run(25_000);

    assertThat(cluster.decided()).containsExactly("c NodeSuspected");
  }

  @Test
  void anAgentThatStallsWhileItStartsIsNotHeldAgainstIt() {
    cluster.silence("c").seenAs("c", REFUSED).run(15_000).seenAs("c", STALLED).run(9_000);
    assertThat(cluster.decided()).containsExactly("c NodeSuspected");

    cluster.run(1_500);

    assertThat(cluster.decided()).containsExactly("c NodeSuspected", "c NodeDown");
  }

  @Test
  void anAgentThatKeepsCrashingIsDownAfterTheLongerGrace() {
    cluster.silence("c");
    for (int i = 0; i < 4; i++) {
      cluster.seenAs("c", REFUSED).run(4_000).seenAs("c", STALLED).run(4_000);
    }

    assertThat(cluster.decided()).containsExactly("c NodeSuspected", "c NodeDown");
  }

  @Test
  void aStalledNodeMustBeUnreachableForLonger() {
    cluster.silence("c").seenAs("c", STALLED).run(3_000).seenAs("c", UNREACHABLE).run(1_100);
    assertThat(cluster.decided()).containsExactly("c NodeSuspected");

    cluster.run(500);

    assertThat(cluster.decided()).containsExactly("c NodeSuspected", "c NodeDown");
  }

  @Test
  void aRestartedAgentClearsTheSuspicion() {
    cluster.silence("c").seenAs("c", REFUSED).run(5_000);
    cluster.restart("c", "run-2").seenAs("c", REACHABLE).run(5_000);

    assertThat(cluster.decided()).containsExactly("c NodeSuspected", "c NodeCleared");
  }

  @Test
  void halfOfTheVotersIsNoMajority() {
    cluster.silence("c").sees("a", "c", UNREACHABLE).sees("b", "c", STALLED).run(9_000);

    assertThat(cluster.decided()).containsExactly("c NodeSuspected");
  }

  @Test
  void aFewFailedProbesAreNotEnough() {
    cluster.silence("c").run(1_000);
    cluster.seenAs("c", UNREACHABLE).run(700).seenAs("c", REACHABLE).run(HOUR);

    assertThat(cluster.decided()).containsExactly("c NodeSuspected");
  }

  @Test
  void starvedObserversMustHaveSeenNothingForLonger() {
    cluster.stalled("a", 700).stalled("b", 700);
    cluster.silence("c").seenAs("c", UNREACHABLE).run(2_000);
    assertThat(cluster.decided()).containsExactly("c NodeSuspected");

    cluster.run(600);

    assertThat(cluster.decided()).containsExactly("c NodeSuspected", "c NodeDown");
  }

  @Test
  void aLongStallIsNoLongObservation() {
    cluster.stalled("a", 4_000).stalled("b", 4_000);
    cluster.silence("c").seenAs("c", UNREACHABLE).run(4_500);

    assertThat(cluster.decided()).containsExactly("c NodeSuspected");
  }

  @Test
  void aStarvedObserverWhoReachesItOutweighsAllOthers() {
    cluster.stalled("b", 700).silence("c").sees("a", "c", UNREACHABLE).run(HOUR);

    assertThat(cluster.decided()).containsExactly("c NodeSuspected");
  }

  @Test
  void whetherAnAgentReadsStarvedObserversSayAfterTheGrace() {
    cluster.stalled("a", 700).stalled("b", 700);
    cluster.silence("c").seenAs("c", STALLED).run(10_500);
    assertThat(cluster.decided()).containsExactly("c NodeSuspected");

    cluster.run(1_500);

    assertThat(cluster.decided()).containsExactly("c NodeSuspected", "c NodeDown");
  }

  @Test
  void theOtherOfTwoNodesIsEnough() {
    JudgedCluster two = new JudgedCluster("a", "b");

    two.silence("b").seenAs("b", UNREACHABLE).run(2_000);

    assertThat(two.decided()).containsExactly("b NodeSuspected", "b NodeDown");
  }

  @Test
  void withoutAVoterNothingIsDecided() {
    cluster.seenAs("c", UNKNOWN).silence("c").run(HOUR);

    assertThat(cluster.decided()).containsExactly("c NodeSuspected");
  }

  @Test
  void nobodyIsJudgedWhileNobodyIsHeard() {
    cluster.silence("a", "b", "c").seenAs("c", UNREACHABLE).run(HOUR);

    assertThat(cluster.decided()).isEmpty();
    assertThat(cluster.judge().isQuiet()).isTrue();
  }

  @Test
  void whoReconnectsLaterAfterAnOutageIsNotSuspected() {
    cluster.silence("a", "b", "c").run(60_000);

    cluster.beatAgain("a").run(1_000).beatAgain("b").beatAgain("c").run(10_000);

    assertThat(cluster.decided()).isEmpty();
  }

  @Test
  void aNodeThatDiedDuringAnOutageIsFoundAfterIt() {
    cluster.silence("a", "b", "c").seenAs("c", UNREACHABLE).run(60_000);

    cluster.beatAgain("a").beatAgain("b").run(2_000);

    assertThat(cluster.decided()).containsExactly("c NodeSuspected", "c NodeDown");
  }

  @Test
  void whenBeatsCeaseToArriveTheLastOneHeardDoesNotDecideAlone() {
    JudgedCluster five = new JudgedCluster("a", "b", "c", "d", "e");
    five.sees("a", "e", UNREACHABLE).run(5_000);

    five.silence("b", "c", "d", "e").run(600).silence("a").run(60_000);

    assertThat(five.decided()).noneMatch(decision -> decision.endsWith("NodeDown"));
  }

  @Test
  void anotherNodesCrashedAgentIsNotWaitedFor() {
    cluster.silence("a").seenAs("a", REFUSED).run(1_000);
    cluster.silence("c").seenAs("c", UNREACHABLE).run(1_300);

    assertThat(cluster.decided())
        .containsExactly("a NodeSuspected", "c NodeSuspected", "c NodeDown");
  }

  @Test
  void afterAnOutageTheFirstToReconnectDoesNotDecideAlone() {
    cluster.silence("a", "b", "c").sees("a", "c", UNREACHABLE).run(60_000);

    cluster.beatAgain("a").run(1_800).beatAgain("b").run(5_000);

    assertThat(cluster.decided()).containsExactly("c NodeSuspected");
  }

  @Test
  void afterAnOutageEachNodeHasTheMinimumSilenceToReconnect() {
    JudgedCluster two = new JudgedCluster("a", "b");
    two.silence("a", "b").seenAs("b", UNREACHABLE).run(60_000);

    two.beatAgain("a").run(800).beatAgain("b").run(5_000);

    assertThat(two.decided()).isEmpty();
  }

  @Test
  void afterAnOutageTheLastOneDecidesAloneOnceTheOthersHadTheirTime() {
    cluster.silence("a", "b", "c").seenAs("b", UNREACHABLE).seenAs("c", UNREACHABLE).run(60_000);

    cluster.beatAgain("a").run(1_900);
    assertThat(cluster.decided()).isEmpty();
    cluster.run(400);

    assertThat(cluster.decided())
        .containsExactlyInAnyOrder(
            "b NodeSuspected", "b NodeDown", "c NodeSuspected", "c NodeDown");
  }

  @Test
  void theDetectorsOwnPauseIsNobodysFault() {
    cluster.seenAs("c", UNREACHABLE).pauseDetector(30_000).run(5_000);

    assertThat(cluster.decided()).isEmpty();
    assertThat(cluster.judge().ownPauses()).isEqualTo(1);
  }

  @Test
  void bothOfTwoDeadNodesAreFoundByTheThird() {
    cluster.silence("b", "c").seenAs("b", UNREACHABLE).seenAs("c", UNREACHABLE).run(1_900);
    assertThat(cluster.decided()).containsExactlyInAnyOrder("b NodeSuspected", "c NodeSuspected");

    cluster.run(300);

    assertThat(cluster.decided())
        .containsExactlyInAnyOrder(
            "b NodeSuspected", "b NodeDown", "c NodeSuspected", "c NodeDown");
  }

  @Test
  void aDownNodeComesUpOnlyAfterSeveralBeats() {
    cluster.silence("c").seenAs("c", UNREACHABLE).run(5_000);

    cluster.beatAgain("c").run(500);
    assertThat(cluster.decided()).doesNotContain("c NodeUp");
    cluster.run(250);

    assertThat(cluster.detail(NodeUp.class).getDownMs()).isBetween(4_000L, 5_000L);
  }

  @Test
  void beatsFromThePastNeitherVoteNorRaiseTheDead() {
    cluster.silence("c").seenAs("c", UNREACHABLE).run(2_000);
    cluster.delayed("c", 60_000).beatAgain("c").run(5_000);
    assertThat(cluster.decided()).containsExactly("c NodeSuspected", "c NodeDown");

    cluster.delayed("a", 60_000).delayed("c", 0).seenAs("c", REACHABLE).run(2_000);
    cluster.judgements().clear();
    cluster.silence("b").sees("a", "b", UNREACHABLE).sees("c", "b", REACHABLE).run(5_000);

    assertThat(cluster.decided()).containsExactly("b NodeSuspected");
  }

  @Test
  void aRestartedDetectorForgetsNoDeadNodeAndAnnouncesNoneTwice() {
    cluster.silence("c").seenAs("c", UNREACHABLE).run(2_000);
    Trace down = cluster.judgements().getLast().trace();
    cluster.judgements().clear();

    cluster.restartDetector().run(10_000);
    assertThat(cluster.decided()).isEmpty();
    cluster.beatAgain("c").run(1_000);

    assertThat(cluster.decided()).containsExactly("c NodeUp");
    assertThat(cluster.judgements().getFirst().trace().correlationId())
        .isEqualTo(down.correlationId());
  }

  @Test
  void aNodeThatDiesWhileTheDetectorIsAwayIsFoundAfterwards() {
    cluster.silence("c").seenAs("c", UNREACHABLE).restartDetector().run(2_000);

    assertThat(cluster.decided()).containsExactly("c NodeSuspected", "c NodeDown");
  }

  @Test
  void aForgottenNodeIsJudgedNoMore() {
    cluster.silence("c").seenAs("c", UNREACHABLE);
    cluster.judge().forget("c");
    cluster.run(HOUR);

    assertThat(cluster.decided()).isEmpty();
  }

  @Test
  void aPoolIsSickAfterSeveralFailedCanariesAndHealthyAfterMany() {
    cluster.pool("b", "p1", false).run(500);
    assertThat(cluster.decided()).isEmpty();
    cluster.run(250).pool("b", "p1", true).run(4_750);
    assertThat(cluster.decided()).containsExactly("b DiskSick");
    cluster.run(250);

    assertThat(cluster.decided()).containsExactly("b DiskSick", "b DiskHealthy");
    assertThat(cluster.detail(DiskSick.class).getError()).isEqualTo("EIO");
    assertThat(cluster.judgements())
        .extracting(judgement -> judgement.trace().correlationId())
        .containsOnly(cluster.judgements().getFirst().trace().correlationId());
  }

  @Test
  void aSickPoolIsNotAnnouncedAgainAfterARestartOfTheDetector() {
    cluster.pool("b", "p1", false).run(2_000);

    cluster.restartDetector().run(5_000).pool("b", "p1", true).run(6_000);

    assertThat(cluster.decided()).containsExactly("b DiskSick", "b DiskHealthy");
  }

  @Test
  void aNewNodeIsUp() {
    JudgedCluster fresh = new JudgedCluster("a");

    assertThat(fresh.judge().views())
        .extracting(NodeView::status)
        .containsOnly(new NodeStatus.Alive());
  }
}
