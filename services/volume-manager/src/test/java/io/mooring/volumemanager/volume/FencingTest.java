package io.mooring.volumemanager.volume;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class FencingTest {

  @Test
  void aDeadHolderLosesTheVolumeAndItsReplicaInOneStep() {
    VolumeStory story = VolumeStory.withOpenVolume(2);
    long generation = story.volume().generation().value();

    story.nodeDown("n1");

    assertThat(story.volume().phase()).isInstanceOf(VolumePhase.Fencing.class);
    assertThat(story.volume().epoch().value()).isEqualTo(2);
    assertThat(story.volume().generation().value()).isEqualTo(generation + 1);
    assertThat(story.volume().fencedNode()).isEqualTo(new NodeId("n1"));
    assertThat(story.role("r1")).isEqualTo("STALE");
    assertThat(story.facts())
        .hasExactlyElementsOfTypes(VolumeFact.FencingStarted.class, VolumeFact.Degraded.class);
  }

  @Test
  void thePromiseOfAnInSyncReplicaEndsFencingWithEvidence() {
    VolumeStory story = VolumeStory.withOpenVolume(2).nodeDown("n1");

    story.promise("r2", "n2");

    assertThat(story.volume().phase()).isEqualTo(new VolumePhase.Detached());
    assertThat(story.fact())
        .isInstanceOfSatisfying(
            VolumeFact.Detached.class,
            detached -> {
              assertThat(detached.fenced()).isTrue();
              assertThat(detached.evidence()).hasSize(2);
              assertThat(detached.evidence().getFirst()).startsWith("NodeDown n1");
              assertThat(detached.evidence().getLast()).contains("promise of epoch 2", "r2 on n2");
            });
  }

  @Test
  void noOtherPromiseCounts() {
    VolumeStory story = VolumeStory.withOpenVolume(2).nodeDown("n1");

    story.promise("r1", "n1");
    assertThat(story.volume().phase()).isInstanceOf(VolumePhase.Fencing.class);
    story.promise("r2", "n3");
    assertThat(story.volume().phase()).isInstanceOf(VolumePhase.Fencing.class);
    story.report("n2", new AgentReport.ReplicaFenced(new ReplicaId("r2"), new Epoch(3)));
    assertThat(story.volume().phase()).isInstanceOf(VolumePhase.Fencing.class);
    story.report("n2", new AgentReport.ReplicaFenced(new ReplicaId("r2"), new Epoch(1)));
    assertThat(story.volume().phase()).isInstanceOf(VolumePhase.Fencing.class);
    assertThat(story.last().statePublished()).isTrue();
  }

  @Test
  void aRepeatedPromiseChangesNothing() {
    VolumeStory story = VolumeStory.withOpenVolume(2).nodeDown("n1").promise("r2", "n2");
    Volume before = story.volume();

    story.promise("r2", "n2");

    assertThat(story.volume()).isEqualTo(before);
    assertThat(story.facts()).isEmpty();
  }

  @Test
  void withoutALivingReplicaFencingWaitsForTheNodeToReturn() {
    VolumeStory story = VolumeStory.withOpenVolume(1).nodeDown("n1");

    assertThat(story.role("r1")).isEqualTo("IN_SYNC");
    assertThat(story.facts())
        .hasExactlyElementsOfTypes(VolumeFact.FencingStarted.class, VolumeFact.Unavailable.class);

    story.cluster.up("n1");
    story.promise("r1", "n1");
    assertThat(story.volume().phase()).isEqualTo(new VolumePhase.Detached());
  }

  @Test
  void aHeadWithoutLocalReplicaIsFencedByItsReplicas() {
    VolumeStory story = VolumeStory.withVolume(2).publish("n4");

    story.nodeDown("n4");

    assertThat(story.facts()).hasExactlyElementsOfTypes(VolumeFact.FencingStarted.class);
    assertThat(story.volume().inSyncNames()).containsExactly("r1", "r2");
  }

  @Test
  void aSecondNodeDownWhileFencingShrinksTheSetButNeverEmptiesIt() {
    VolumeStory story = VolumeStory.withOpenVolume(3).nodeDown("n1");

    story.nodeDown("n2");
    assertThat(story.volume().inSyncNames()).containsExactly("r3");
    story.nodeDown("n3");
    assertThat(story.volume().inSyncNames()).containsExactly("r3");
    assertThat(story.fact()).isInstanceOf(VolumeFact.Unavailable.class);
  }

  @Test
  void aRepeatedNodeDownFencesOnce() {
    VolumeStory story = VolumeStory.withOpenVolume(2).nodeDown("n1");
    Volume before = story.volume();

    story.nodeDown("n1");

    assertThat(story.volume()).isEqualTo(before);
  }

  @Test
  void unpublishByForceFencesALivingNode() {
    VolumeStory story = VolumeStory.withOpenVolume(2).unpublish("n1", true);

    assertThat(story.volume().phase()).isInstanceOf(VolumePhase.Fencing.class);
    assertThat(story.volume().inSyncNames()).containsExactly("r1", "r2");
    assertThat(story.facts())
        .hasExactlyElementsOfTypes(VolumeFact.FencingStarted.class, VolumeFact.Accepted.class);
    story.promise("r1", "n1");
    assertThat(story.volume().phase()).isEqualTo(new VolumePhase.Detached());
  }

  @Test
  void aPublishWaitsForTheEndOfFencing() {
    VolumeStory story = VolumeStory.withOpenVolume(2).nodeDown("n1").publish("n2");
    assertThat(story.facts()).isEmpty();
    story.publish("n3");

    story.promise("r2", "n2");

    assertThat(story.volume().phase()).isEqualTo(VolumePhase.Published.to(new NodeId("n2")));
    assertThat(story.volume().epoch().value()).isEqualTo(3);
    assertThat(story.facts())
        .hasExactlyElementsOfTypes(
            VolumeFact.Detached.class, VolumeFact.Published.class, VolumeFact.Rejected.class);
  }

  @Test
  void aPublishThatWaitedTooLongIsRefused() {
    VolumeStory story = VolumeStory.withOpenVolume(2).nodeDown("n1").publish("n2");

    story.wait(Duration.ofSeconds(11));
    assertThat(story.rejection()).isEqualTo("VOL-090");

    story.promise("r2", "n2");
    assertThat(story.volume().phase()).isEqualTo(new VolumePhase.Detached());
  }

  @Test
  void whoWaitedForACleanCloseIsAnsweredByFencing() {
    VolumeStory story = VolumeStory.withOpenVolume(2).unpublish("n1", false).nodeDown("n1");

    assertThat(story.facts()).last().isInstanceOf(VolumeFact.Accepted.class);
  }
}
