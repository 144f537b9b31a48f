package io.mooring.volumemanager.volume;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class MoveRulesTest {

  @Test
  void aMovedReplicaIsAddedFirstAndTheOldOneReleasedWhenItIsInSync() {
    VolumeStory story = VolumeStory.withOpenVolume(2);

    move(story, "r2", "n3");
    assertThat(story.role("r3")).isEqualTo("JOINING");
    assertThat(story.role("r2")).isEqualTo("IN_SYNC");
    assertThat(story.volume().isDegraded()).isFalse();

    caughtUp(story, "r3");
    assertThat(story.role("r3")).isEqualTo("IN_SYNC");
    assertThat(story.role("r2")).isEqualTo("LEAVING");
    assertThat(story.facts())
        .hasAtLeastOneElementOfType(VolumeFact.Healthy.class)
        .anySatisfy(fact ->
            assertThat(fact)
                .isInstanceOfSatisfying(
                    VolumeFact.ReplicaRetired.class,
                    retired -> assertThat(retired.reason()).contains("moved to n3/p")));

    story.report("n2", new AgentReport.ReplicaRemoved(new ReplicaId("r2")));
    assertThat(story.volume().replicas().members())
        .hasSize(2)
        .allMatch(Replica::isInSync)
        .noneMatch(Replica::isMove);
  }

  @Test
  void theOnlyReplicaOfAVolumeCanBeMovedAwayFromItsWriter() {
    VolumeStory story = VolumeStory.withOpenVolume(1);

    move(story, "r1", "n2");
    caughtUp(story, "r2");

    assertThat(story.role("r1")).isEqualTo("LEAVING");
    assertThat(story.role("r2")).isEqualTo("IN_SYNC");
  }

  @Test
  void oneReplicaIsMovedAtATime() {
    VolumeStory story = VolumeStory.withOpenVolume(2);
    move(story, "r2", "n3");

    move(story, "r1", "n4");

    assertThat(story.rejection()).isEqualTo("VOL-052");
  }

  @Test
  void aVolumeThatIsNotInUseIsNotMoved() {
    VolumeStory story = VolumeStory.withVolume(2);

    move(story, "r2", "n3");

    assertThat(story.rejection()).isEqualTo("VOL-053");
  }

  @Test
  void aDegradedVolumeIsRepairedNotMoved() {
    VolumeStory story = VolumeStory.withOpenVolume(2);
    story.report("n1", new AgentReport.ReplicaLost(new ReplicaId("r2"), "gone"));

    move(story, "r1", "n3");

    assertThat(story.rejection()).isEqualTo("VOL-052");
  }

  @Test
  void whatTheClusterRefusesIsRefused() {
    VolumeStory story = VolumeStory.withOpenVolume(2);

    move(story, "r2", "n1");

    assertThat(story.rejection()).isEqualTo(FakeCluster.NO_ROOM.code());
    assertThat(story.volume().replicas().members()).hasSize(2);
  }

  @Test
  void aReplicaThatIsLostMeanwhileIsReplacedByTheMovedOne() {
    VolumeStory story = VolumeStory.withOpenVolume(2);
    move(story, "r1", "n3");
    story.report("n1", new AgentReport.ReplicaLost(new ReplicaId("r2"), "gone"));

    caughtUp(story, "r3");

    assertThat(story.volume().replicas().inSync())
        .extracting(replica -> replica.id().value())
        .as("released would leave one in-sync replica of two")
        .containsExactlyInAnyOrder("r1", "r3");
    assertThat(story.volume().replicas().members()).noneMatch(Replica::isMove);
  }

  @Test
  void aReplicaThatComesBackMeanwhileDoesNotEndTheMove() {
    VolumeStory story = VolumeStory.withOpenVolume(2);
    move(story, "r1", "n3");
    story.report("n1", new AgentReport.ReplicaLost(new ReplicaId("r2"), "gone"));
    caughtUp(story, "r2");
    assertThat(story.role("r3")).isEqualTo("JOINING");

    caughtUp(story, "r3");

    assertThat(story.role("r1")).isEqualTo("LEAVING");
    assertThat(story.role("r2")).isEqualTo("IN_SYNC");
  }

  @Test
  void theOldReplicaMayGetLostMeanwhile() {
    VolumeStory story = VolumeStory.withOpenVolume(2);
    move(story, "r2", "n3");
    story.report("n1", new AgentReport.ReplicaLost(new ReplicaId("r2"), "gone"));

    caughtUp(story, "r3");

    assertThat(story.role("r2")).isEqualTo("LEAVING");
    assertThat(story.volume().isDegraded()).isFalse();
  }

  @Test
  void redundancyThatIsIncompleteKeepsTheOldReplicaUntilItIsComplete() {
    VolumeStory story = VolumeStory.withOpenVolume(3);
    move(story, "r3", "n4");
    story.report("n1", new AgentReport.ReplicaLost(new ReplicaId("r2"), "gone"));
    story.report("n1", new AgentReport.ReplicaLost(new ReplicaId("r3"), "gone"));
    caughtUp(story, "r4");
    assertThat(story.volume().isDegraded()).isTrue();

    caughtUp(story, "r3");
    assertThat(story.volume().replicas().inSync())
        .extracting(replica -> replica.id().value())
        .containsExactlyInAnyOrder("r1", "r3", "r4");
    assertThat(story.volume().replicas().members()).noneMatch(Replica::isMove);
  }

  @Test
  void aCancelledMoveLeavesTheVolumeAsItWas() {
    VolumeStory story = VolumeStory.withOpenVolume(2);
    move(story, "r2", "n3");

    story.command(new VolumeRequest.CancelMove());

    assertThat(story.role("r3")).isEqualTo("LEAVING");
    assertThat(story.role("r2")).isEqualTo("IN_SYNC");
    caughtUp(story, "r3");
    assertThat(story.role("r3")).as("a late report changes nothing").isEqualTo("LEAVING");
  }

  @Test
  void aMoveThatIsInSyncCannotBeCancelled() {
    VolumeStory story = VolumeStory.withOpenVolume(2);
    move(story, "r2", "n3");
    caughtUp(story, "r3");

    story.command(new VolumeRequest.CancelMove());

    assertThat(story.fact()).isInstanceOf(VolumeFact.Accepted.class);
    assertThat(story.role("r3")).isEqualTo("IN_SYNC");
  }

  @Test
  void aTargetThatDiesIsGivenUpAndTheOldReplicaStays() {
    VolumeStory story = VolumeStory.withOpenVolume(2);
    move(story, "r2", "n3");
    story.nodeDown("n3");

    story.wait(VolumeStory.REPLACE_AFTER.plus(Duration.ofSeconds(1)));

    assertThat(story.role("r3")).isIn("LEAVING", "none");
    assertThat(story.role("r2")).isEqualTo("IN_SYNC");
    assertThat(story.volume().isDegraded()).isFalse();
  }

  @Test
  void raisingTheNumberOfReplicasTurnsAMoveIntoAnAddition() {
    VolumeStory story = VolumeStory.withOpenVolume(1);
    move(story, "r1", "n2");
    story.command(new VolumeRequest.SetReplicaCount(2, null));

    caughtUp(story, "r2");

    assertThat(story.volume().replicas().members())
        .hasSize(2)
        .allMatch(Replica::isInSync)
        .noneMatch(Replica::isMove);
  }

  private static void move(VolumeStory story, String replica, String node) {
    story.command(new VolumeRequest.Move(new ReplicaId(replica), FakeCluster.pool(node)));
  }

  private static void caughtUp(VolumeStory story, String replica) {
    story.report("n1", new AgentReport.ReplicaCaughtUp(new ReplicaId(replica), 1, 1));
  }
}
