package io.mooring.volumemanager.volume;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.schemas.IoProfile;
import io.mooring.schemas.ReplicaRole;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CommandRulesTest {

  @Test
  void aNewVolumeIsDetachedWithAllReplicasInSync() {
    VolumeStory story = VolumeStory.withVolume(2);

    assertThat(story.volume().phase()).isEqualTo(new VolumePhase.Detached());
    assertThat(story.volume().epoch().value()).isZero();
    assertThat(story.volume().inSyncNames()).containsExactly("r1", "r2");
    assertThat(story.volume().spec().ioProfile()).isEqualTo(IoProfile.DB_REMOTE);
    assertThat(story.fact())
        .isEqualTo(
            new VolumeFact.Created(
                "data", VolumeStory.SIZE, List.of(new NodeId("n1"), new NodeId("n2"))));
    assertThat(story.last().statePublished()).isTrue();
  }

  @Test
  void sizesAreRoundedUpToBlocks() {
    VolumeStory story = new VolumeStory("n1");

    story.command(new VolumeRequest.Create("data", VolumeStory.SIZE + 1, Map.of(), null));

    assertThat(story.volume().sizeBytes()).isEqualTo(VolumeStory.SIZE + 4096);
  }

  @Test
  void creatingAgainIsAcceptedIfNothingDiffers() {
    VolumeStory story = VolumeStory.withVolume(2);

    story.create(Map.of("repl", "2"));
    assertThat(story.fact()).isInstanceOf(VolumeFact.Accepted.class);
    assertThat(story.last().statePublished()).isFalse();

    story.create(Map.of("repl", "1"));
    assertThat(story.rejection()).isEqualTo("VOL-020");

    story.command(
        new VolumeRequest.Create("data", 2 * VolumeStory.SIZE, Map.of("repl", "2"), null));
    assertThat(story.rejection()).isEqualTo("VOL-020");
  }

  @Test
  void creatingAgainIsAcceptedAfterTheVolumeHasGrown() {
    VolumeStory story = VolumeStory.withVolume(1);
    story.command(new VolumeRequest.Expand(2 * VolumeStory.SIZE));

    story.create(Map.of("repl", "1"));

    assertThat(story.fact()).isInstanceOf(VolumeFact.Accepted.class);
  }

  @Test
  void allProblemsOfACreationAreNamedAtOnce() {
    VolumeStory story = new VolumeStory("n1");

    story.command(
        new VolumeRequest.Create(
            "data", 5, Map.of("repl", "7", "fs", "ntfs", "io_profile", "fast"), null));
    VolumeFact.Rejected rejected = (VolumeFact.Rejected) story.fact();

    assertThat(rejected.rejection().what()).contains("VOL-001", "VOL-003", "VOL-004");
    assertThat(story.exists()).isFalse();
  }

  @Test
  void badNamesAndSizesAreRefused() {
    VolumeStory story = new VolumeStory("n1");

    story.command(new VolumeRequest.Create(" ", VolumeStory.SIZE, Map.of(), null));
    assertThat(story.rejection()).isEqualTo("VOL-021");
    story.command(new VolumeRequest.Create("vol-0123456789ab", VolumeStory.SIZE, Map.of(), null));
    assertThat(story.rejection()).isEqualTo("VOL-021");
    story.command(new VolumeRequest.Create("data", 0, Map.of(), null));
    assertThat(story.rejection()).isEqualTo("VOL-011");
    story.command(new VolumeRequest.Create("data", Long.MAX_VALUE, Map.of(), null));
    assertThat(story.rejection()).isEqualTo("VOL-011");
    story.command(new VolumeRequest.Create("data", VolumeStory.SIZE, Map.of("fs", "xfs"), null));
    assertThat(story.rejection()).isEqualTo("VOL-011");
  }

  @Test
  void anExpiredCommandChangesNothing() {
    VolumeStory story = new VolumeStory("n1");

    story.command(
        new VolumeRequest.Create("data", VolumeStory.SIZE, Map.of(), null),
        "late",
        Duration.ofSeconds(-1));

    assertThat(story.rejection()).isEqualTo("VOL-090");
    assertThat(story.exists()).isFalse();
  }

  @Test
  void publishingGivesAHigherEpochAndIsIdempotentForTheHolder() {
    VolumeStory story = VolumeStory.withVolume(2).publish("n3");

    assertThat(story.fact())
        .isEqualTo(new VolumeFact.Published(new NodeId("n3"), Purpose.ORDINARY));
    assertThat(story.volume().epoch().value()).isEqualTo(1);

    story.publish("n3");
    assertThat(story.fact()).isInstanceOf(VolumeFact.Accepted.class);
    assertThat(story.volume().epoch().value()).isEqualTo(1);

    story.publish("n1");
    assertThat(story.rejection()).isEqualTo("VOL-030");
  }

  @Test
  void aVolumeIsNotPublishedWhereNobodyCouldOpenIt() {
    VolumeStory story = VolumeStory.withVolume(1);

    story.publish("n9");
    assertThat(story.rejection()).isEqualTo("VOL-036");

    story.cluster.down("n2", story.now());
    story.publish("n2");
    assertThat(story.rejection()).isEqualTo("VOL-034");

    story.cluster.down("n1", story.now());
    story.publish("n3");
    assertThat(story.rejection()).isEqualTo("VOL-035");
  }

  @Test
  void aVolumeWhoseHeadNeverOpenedOrWasClosedIsDetachedAtOnce() {
    VolumeStory story = VolumeStory.withVolume(1).publish("n1");

    story.unpublish("n1", false);
    assertThat(story.fact())
        .isInstanceOfSatisfying(
            VolumeFact.Detached.class, detached -> assertThat(detached.fenced()).isFalse());

    story.publish("n1");
    story.report("n1", new AgentReport.HeadServing());
    story.report("n1", new AgentReport.HeadDetached());
    story.unpublish(null, false);
    assertThat(story.volume().phase()).isEqualTo(new VolumePhase.Detached());
    assertThat(story.volume().epoch().value()).isEqualTo(2);
  }

  @Test
  void unpublishingWaitsForTheHeadToClose() {
    VolumeStory story = VolumeStory.withOpenVolume(1).unpublish("n1", false);
    assertThat(story.facts()).isEmpty();

    story.report("n1", new AgentReport.HeadDetached());

    assertThat(story.fact()).isInstanceOf(VolumeFact.Detached.class);
    assertThat(story.last().announcements().getFirst().answers()).isNotNull();
  }

  @Test
  void unpublishingGivesUpWhenTheHeadStaysOpen() {
    VolumeStory story = VolumeStory.withOpenVolume(1).unpublish("n1", false);

    story.wait(Duration.ofSeconds(11));

    assertThat(story.rejection()).isEqualTo("VOL-033");
    assertThat(story.volume().phase()).isInstanceOf(VolumePhase.Published.class);
    story.wait(Duration.ofSeconds(11));
    assertThat(story.facts()).isEmpty();
  }

  @Test
  void unpublishingFromElsewhereOrTwiceIsAccepted() {
    VolumeStory story = VolumeStory.withOpenVolume(1).unpublish("n2", false);
    assertThat(story.fact()).isInstanceOf(VolumeFact.Accepted.class);
    assertThat(story.volume().phase()).isInstanceOf(VolumePhase.Published.class);

    VolumeStory detached = VolumeStory.withVolume(1).unpublish("n1", false);
    assertThat(detached.fact()).isInstanceOf(VolumeFact.Accepted.class);
  }

  @Test
  void onlyADetachedVolumeIsDeletedAndItIsGoneWhenItsReplicasAre() {
    VolumeStory story = VolumeStory.withOpenVolume(2).command(new VolumeRequest.Delete());
    assertThat(story.rejection()).isEqualTo("VOL-031");

    story.report("n1", new AgentReport.HeadDetached()).unpublish("n1", false);
    story.command(new VolumeRequest.Delete());
    assertThat(story.fact()).isInstanceOf(VolumeFact.Accepted.class);
    story.create(Map.of("repl", "2"));
    assertThat(story.rejection()).isEqualTo("VOL-032");
    story.publish("n1");
    assertThat(story.rejection()).isEqualTo("VOL-032");

    story.report("n1", new AgentReport.ReplicaRemoved(new ReplicaId("r1")));
    assertThat(story.facts()).isEmpty();
    story.report("n2", new AgentReport.ReplicaRemoved(new ReplicaId("r2")));
    assertThat(story.fact()).isEqualTo(new VolumeFact.Deleted());
    assertThat(story.exists()).isFalse();
    assertThat(story.last().statePublished()).isTrue();
  }

  @Test
  void aDeletedVolumeDoesNotWaitForeverForADeadNode() {
    VolumeStory story = VolumeStory.withVolume(2).nodeDown("n2");
    story.command(new VolumeRequest.Delete());
    story.report("n1", new AgentReport.ReplicaRemoved(new ReplicaId("r1")));
    assertThat(story.exists()).isTrue();

    story.wait(VolumeStory.REPLACE_AFTER);

    assertThat(story.exists()).isFalse();
  }

  @Test
  void whatDoesNotExistIsDeletedAndUnpublishedButNotPublished() {
    VolumeStory story = new VolumeStory("n1");

    assertThat(story.command(new VolumeRequest.Delete()).fact())
        .isInstanceOf(VolumeFact.Accepted.class);
    assertThat(story.unpublish("n1", true).fact()).isInstanceOf(VolumeFact.Accepted.class);
    assertThat(story.publish("n1").rejection()).isEqualTo("VOL-040");
    assertThat(story.command(new VolumeRequest.Expand(1)).rejection()).isEqualTo("VOL-040");
  }

  @Test
  void aVolumeGrowsWithinItsPoolsAndNeverShrinks() {
    VolumeStory story = VolumeStory.withVolume(2);

    story.command(new VolumeRequest.Expand(2 * VolumeStory.SIZE));
    assertThat(story.fact())
        .isEqualTo(new VolumeFact.Expanded(2 * VolumeStory.SIZE, VolumeStory.SIZE));
    story.command(new VolumeRequest.Expand(2 * VolumeStory.SIZE));
    assertThat(story.fact()).isInstanceOf(VolumeFact.Accepted.class);
    story.command(new VolumeRequest.Expand(VolumeStory.SIZE));
    assertThat(story.rejection()).isEqualTo("VOL-012");

    story.cluster.limitSize(3 * VolumeStory.SIZE);
    story.command(new VolumeRequest.Expand(4 * VolumeStory.SIZE));
    assertThat(story.rejection()).isEqualTo("VOL-010");
    assertThat(story.volume().sizeBytes()).isEqualTo(2 * VolumeStory.SIZE);
  }

  @Test
  void raisingReplicasAddsJoiningOnes() {
    VolumeStory story = VolumeStory.withOpenVolume(1);

    story.command(new VolumeRequest.SetReplicaCount(3, null));

    assertThat(story.volume().replicas().in(ReplicaRole.JOINING)).hasSize(2);
    assertThat(story.volume().isDegraded()).isTrue();
    assertThat(story.facts()).hasSize(3).last().isInstanceOf(VolumeFact.Accepted.class);
  }

  @Test
  void loweringReplicasKeepsTheOneBesideTheWriterAndStopsCoalescingFlushes() {
    VolumeStory story = VolumeStory.withOpenVolume(3);

    story.command(new VolumeRequest.SetReplicaCount(1, null));

    assertThat(story.volume().inSyncNames()).containsExactly("r1");
    assertThat(story.role("r2")).isEqualTo("LEAVING");
    assertThat(story.volume().spec().ioProfile()).isEqualTo(IoProfile.NONE);
    story.report("n2", new AgentReport.ReplicaRemoved(new ReplicaId("r2")));
    assertThat(story.role("r2")).isEqualTo("none");
  }

  @Test
  void theLastInSyncReplicaIsNotRemovedEvenIfNamed() {
    VolumeStory story = VolumeStory.withOpenVolume(2);
    story.report("n1", new AgentReport.ReplicaLost(new ReplicaId("r2"), "gone"));

    story.command(new VolumeRequest.SetReplicaCount(1, new NodeId("n1")));
    assertThat(story.rejection()).isEqualTo("VOL-050");
    story.command(new VolumeRequest.SetReplicaCount(1, new NodeId("n4")));
    assertThat(story.rejection()).isEqualTo("VOL-051");
    story.command(new VolumeRequest.SetReplicaCount(0, null));
    assertThat(story.rejection()).isEqualTo("VOL-001");
  }
}
