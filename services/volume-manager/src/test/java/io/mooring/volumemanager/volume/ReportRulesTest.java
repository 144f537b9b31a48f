package io.mooring.volumemanager.volume;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ReportRulesTest {

  private static final ReplicaId R1 = new ReplicaId("r1");
  private static final ReplicaId R2 = new ReplicaId("r2");

  @Test
  void aLostReplicaLeavesTheInSyncSet() {
    VolumeStory story = VolumeStory.withOpenVolume(2);
    long generation = story.volume().generation().value();

    story.report("n1", new AgentReport.ReplicaLost(R2, "connection closed"));

    assertThat(story.role("r2")).isEqualTo("STALE");
    assertThat(story.volume().generation().value()).isEqualTo(generation + 1);
    assertThat(story.fact()).isInstanceOf(VolumeFact.Degraded.class);
    assertThat(story.last().statePublished()).isTrue();
  }

  @Test
  void theLastReplicaStaysInSyncWhateverIsReported() {
    VolumeStory story = VolumeStory.withOpenVolume(2);
    story.report("n1", new AgentReport.ReplicaLost(R2, "gone"));

    story.report("n1", new AgentReport.ReplicaLost(R1, "gone"));

    assertThat(story.volume().inSyncNames()).containsExactly("r1");
    assertThat(story.fact()).isInstanceOf(VolumeFact.Unavailable.class);
    assertThat(story.last().statePublished()).isTrue();
  }

  @Test
  void reportsOfOldHeadsAndOldGenerationsAreAnsweredWithTheStateOnly() {
    VolumeStory story = VolumeStory.withOpenVolume(2);
    Volume before = story.volume();
    long generation = before.generation().value();

    AgentReport lost = new AgentReport.ReplicaLost(R2, "gone");
    for (VolumeStory told :
        new VolumeStory[] {
          story.report("n1", 0, generation, lost),
          story.report("n1", 1, generation - 1, lost),
          story.report("n2", 1, generation, lost),
          story.report("n1", 1, generation, new AgentReport.ReplicaLost(new ReplicaId("r9"), "?"))
        }) {
      assertThat(told.volume().replicas()).isEqualTo(before.replicas());
      assertThat(told.facts()).isEmpty();
      assertThat(told.last().statePublished()).isTrue();
    }
  }

  @Test
  void aReplicaThatCaughtUpMakesTheVolumeHealthyAgain() {
    VolumeStory story = VolumeStory.withOpenVolume(2);
    story.report("n1", new AgentReport.ReplicaLost(R2, "gone"));

    story.report("n1", new AgentReport.ReplicaCaughtUp(R2, 7, 100));

    assertThat(story.volume().inSyncNames()).containsExactly("r1", "r2");
    assertThat(story.fact())
        .isEqualTo(new VolumeFact.Healthy(story.volume().inSyncNames(), 7, 100));
  }

  @Test
  void aReplicaDoesNotJoinOnAnOldGeneration() {
    VolumeStory story = VolumeStory.withOpenVolume(3);
    story.report("n1", new AgentReport.ReplicaLost(R2, "gone"));
    long seen = story.volume().generation().value();
    story.report("n1", new AgentReport.ReplicaLost(new ReplicaId("r3"), "gone"));

    story.report("n1", 1, seen, new AgentReport.ReplicaCaughtUp(R2, 0, 0));

    assertThat(story.role("r2")).isEqualTo("STALE");
    assertThat(story.last().statePublished()).isTrue();
  }

  @Test
  void aNodeThatOnlyHoldsAReplicaCostsOnlyThatReplica() {
    VolumeStory story = VolumeStory.withOpenVolume(2).nodeDown("n2");

    assertThat(story.volume().phase()).isInstanceOf(VolumePhase.Published.class);
    assertThat(story.volume().epoch().value()).isEqualTo(1);
    assertThat(story.role("r2")).isEqualTo("STALE");
  }

  @Test
  void aSickDiskCostsTheReplicaOnIt() {
    VolumeStory story = VolumeStory.withOpenVolume(2).diskSick("n1");

    assertThat(story.role("r1")).isEqualTo("STALE");
    assertThat(story.volume().phase()).isInstanceOf(VolumePhase.Published.class);
  }

  @Test
  void aReplicaThatStaysAwayIsReplacedAndLeavesWhenTheNewOneIsInSync() {
    VolumeStory story = VolumeStory.withOpenVolume(2).nodeDown("n2");

    story.wait(VolumeStory.REPLACE_AFTER.minusSeconds(1));
    assertThat(story.facts()).isEmpty();
    story.wait(Duration.ofSeconds(1));
    assertThat(story.fact())
        .isEqualTo(
            new VolumeFact.ReplicaPlaced(
                new ReplicaId("r3"), new NodeId("n3"), "replaces a lost replica"));
    assertThat(story.last().announcements().getFirst().cause())
        .isEqualTo(story.volume().lastChange().cause());
    story.wait(Duration.ofSeconds(1));
    assertThat(story.facts()).isEmpty();

    story.report("n1", new AgentReport.ReplicaCaughtUp(new ReplicaId("r3"), 9, 9));
    assertThat(story.role("r3")).isEqualTo("IN_SYNC");
    assertThat(story.role("r2")).isEqualTo("LEAVING");
    assertThat(story.facts())
        .hasExactlyElementsOfTypes(VolumeFact.Healthy.class, VolumeFact.ReplicaRetired.class);

    story.wait(Duration.ofSeconds(1));
    assertThat(story.role("r2")).isEqualTo("none");
    assertThat(story.volume().needsAttention()).isFalse();
  }

  @Test
  void aReplicaThatReturnsInTimeIsNotReplaced() {
    VolumeStory story = VolumeStory.withOpenVolume(2).nodeDown("n2");
    story.wait(Duration.ofMinutes(9));
    story.cluster.up("n2");

    story.wait(Duration.ofMinutes(9));

    assertThat(story.volume().replicas().members()).hasSize(2);
  }

  @Test
  void theReturningReplicaMakesTheReplacementSuperfluous() {
    VolumeStory story = VolumeStory.withOpenVolume(2).nodeDown("n2");
    story.wait(VolumeStory.REPLACE_AFTER);
    story.cluster.up("n2");

    story.report("n1", new AgentReport.ReplicaCaughtUp(R2, 1, 9));

    assertThat(story.role("r2")).isEqualTo("IN_SYNC");
    assertThat(story.role("r3")).isEqualTo("LEAVING");
  }

  @Test
  void aJoiningReplicaWhoseNodeDiesIsReplacedToo() {
    VolumeStory story = VolumeStory.withOpenVolume(2).nodeDown("n2");
    story.wait(VolumeStory.REPLACE_AFTER);
    story.nodeDown("n3");

    story.wait(VolumeStory.REPLACE_AFTER);

    assertThat(story.role("r3")).isEqualTo("LEAVING");
    assertThat(story.role("r4")).isEqualTo("JOINING");
  }

  @Test
  void anUnusableReplicaIsReplacedAtOnceOnItsOwnNodeIfNeedBe() {
    VolumeStory story = VolumeStory.withOpenVolume(2);
    story.cluster.down("n3", story.now());
    story.cluster.down("n4", story.now());

    story.report("n2", new AgentReport.ReplicaUnusable(R2, "REP-001", "bad header"));

    assertThat(story.role("r2")).isEqualTo("STALE");
    assertThat(story.role("r3")).isEqualTo("JOINING");
    assertThat(story.volume().replicas().find(new ReplicaId("r3")).orElseThrow().node())
        .isEqualTo(new NodeId("n2"));
  }

  @Test
  void anUnusableLastReplicaMakesTheVolumeUnavailableAndIsReportedWithoutEffectOnTheSet() {
    VolumeStory story = VolumeStory.withOpenVolume(1);

    story.report("n1", new AgentReport.ReplicaUnusable(R1, "REP-001", "bad header"));

    assertThat(story.volume().inSyncNames()).containsExactly("r1");
    assertThat(story.fact()).isInstanceOf(VolumeFact.Unavailable.class);
  }

  @Test
  void aReplicaThatIsNewerThanAnOldViewOfItIsNotGivenUp() {
    VolumeStory story = VolumeStory.withOpenVolume(2);
    Volume before = story.volume();

    story.report(
        "n2",
        before.epoch().value(),
        before.generation().value() - 1,
        new AgentReport.ReplicaUnusable(R2, "VOL-061", "newer than the state"));

    assertThat(story.volume().replicas()).isEqualTo(before.replicas());
    assertThat(story.last().statePublished()).isTrue();
  }

  @Test
  void filesThatVanishUnaskedCountAsUnusable() {
    VolumeStory story = VolumeStory.withOpenVolume(2);

    story.report("n2", new AgentReport.ReplicaRemoved(R2));

    assertThat(story.role("r2")).isEqualTo("STALE");
    assertThat(story.role("r3")).isEqualTo("JOINING");
  }

  @Test
  void whatAHeadTellsBecomesEvents() {
    VolumeStory story = VolumeStory.withOpenVolume(1);

    story.report("n1", new AgentReport.HeadAttached("/dev/nbd0"));
    assertThat(story.fact()).isEqualTo(new VolumeFact.Attached(new NodeId("n1"), "/dev/nbd0"));
    story.report("n1", new AgentReport.VolumeGrown(10, 9));
    assertThat(story.fact()).isEqualTo(new VolumeFact.Resized(10, 9));
    story.report("n1", 0, 1, new AgentReport.HeadServing());
    assertThat(story.last().statePublished()).isTrue();
  }
}
