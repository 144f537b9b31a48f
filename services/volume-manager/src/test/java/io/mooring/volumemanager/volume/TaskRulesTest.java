package io.mooring.volumemanager.volume;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.schemas.VolumeTaskKind;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class TaskRulesTest {

  private static final VolumeId SOURCE = VolumeId.ofName("source");

  @Test
  void aDetachedVolumeIsGivenToAnInSyncReplicasNodeForASnapshot() {
    VolumeStory story = VolumeStory.withVolume(2);

    story.command(new VolumeRequest.SnapshotDetached("set-1", "set-1-0"));

    assertThat(story.volume().phase()).isEqualTo(VolumePhase.Published.to(new NodeId("n1")));
    assertThat(story.volume().epoch()).isEqualTo(new Epoch(1));
    assertThat(task(story).kind()).isEqualTo(VolumeTaskKind.SNAPSHOT);
    assertThat(story.facts())
        .hasExactlyElementsOfTypes(VolumeFact.Accepted.class, VolumeFact.Published.class);
  }

  @Test
  void aPublishWaitsForASnapshot() {
    VolumeStory story = snapshotting().publish("n2");
    assertThat(story.facts()).isEmpty();

    done(story, "n1");

    assertThat(story.volume().task()).isNull();
    assertThat(story.volume().phase()).isEqualTo(VolumePhase.Published.to(new NodeId("n2")));
    assertThat(story.volume().epoch()).isEqualTo(new Epoch(2));
    assertThat(story.facts())
        .hasExactlyElementsOfTypes(
            VolumeFact.Detached.class, VolumeFact.TaskEnded.class, VolumeFact.Published.class);
  }

  @Test
  void aPublishThatWaitedTooLongIsRefused() {
    VolumeStory story = snapshotting().publish("n2").wait(Duration.ofSeconds(11));

    assertThat(story.rejection()).isEqualTo("VOL-070");
    done(story, "n1");
    assertThat(story.volume().phase()).isEqualTo(new VolumePhase.Detached());
  }

  @Test
  void aSnapshotThatNobodyEndsIsFenced() {
    VolumeStory story = snapshotting().wait(TaskRules.SHORT_TASK_MAX.minusSeconds(1));
    assertThat(story.volume().phase()).isInstanceOf(VolumePhase.Published.class);
    story.publish("n2").wait(Duration.ofSeconds(1));

    assertThat(story.volume().phase()).isInstanceOf(VolumePhase.Fencing.class);
    assertThat(story.volume().task()).isNull();
    story.promise("r2", "n2");
    assertThat(story.volume().phase())
        .as("who waited for the snapshot gets it")
        .isEqualTo(VolumePhase.Published.to(new NodeId("n2")));
  }

  @Test
  void aSnapshotEndsWithItsNode() {
    VolumeStory story = snapshotting().nodeDown("n1");

    assertThat(story.volume().task()).isNull();
    assertThat(story.facts())
        .hasExactlyElementsOfTypes(
            VolumeFact.FencingStarted.class, VolumeFact.TaskEnded.class, VolumeFact.Degraded.class);
  }

  @Test
  void aRestoreIsDoneBesideAReplicaThatHoldsTheSnapshot() {
    VolumeStory story = VolumeStory.withVolume(3);
    SnapshotKey key = story.cluster.snapshot(VolumeStory.ID, VolumeStory.SIZE, "r2@n2");

    restore(story, key);

    assertThat(story.volume().phase()).isEqualTo(VolumePhase.Published.to(new NodeId("n2")));
    assertThat(task(story).snapshot()).isEqualTo(key);
    assertThat(story.publish("n3").rejection()).isEqualTo("VOL-070");
    assertThat(story.command(new VolumeRequest.Expand(2 * VolumeStory.SIZE)).rejection())
        .isEqualTo("VOL-070");
    assertThat(story.command(new VolumeRequest.Delete()).rejection()).isEqualTo("VOL-070");
    assertThat(restore(story, key).fact()).isInstanceOf(VolumeFact.Accepted.class);

    done(story, "n2");
    assertThat(story.volume().phase()).isEqualTo(new VolumePhase.Detached());
    assertThat(story.publish("n3").fact())
        .isEqualTo(new VolumeFact.Published(new NodeId("n3"), Purpose.ORDINARY));
  }

  @Test
  void whatCannotBeRestoredIsRefused() {
    VolumeStory story = VolumeStory.withVolume(2);
    SnapshotKey key = story.cluster.snapshot(VolumeStory.ID, VolumeStory.SIZE, "r9@n4");

    assertThat(restore(story, key).rejection()).isEqualTo("VOL-074");
    assertThat(story.command(new VolumeRequest.Restore("nowhere", "x")).rejection())
        .isEqualTo("VOL-073");
    assertThat(story.command(new VolumeRequest.Restore("set-1", "of another attempt")).rejection())
        .isEqualTo("VOL-073");
    story.publish("n1");
    assertThat(restore(story, key).rejection()).isEqualTo("VOL-072");
  }

  @Test
  void aRestoreGoesToAnotherHolderWhenItsNodeDies() {
    VolumeStory story = restoring();
    String id = task(story).id();

    story.nodeDown("n1");
    assertThat(story.volume().phase()).isInstanceOf(VolumePhase.Fencing.class);
    story.promise("r2", "n2");

    assertThat(story.volume().phase()).isEqualTo(VolumePhase.Published.to(new NodeId("n2")));
    assertThat(story.volume().epoch()).isEqualTo(new Epoch(3));
    assertThat(task(story).id()).isEqualTo(id);
  }

  @Test
  void aVolumeIsAMixtureUntilItsRestoreIsDoneAndNobodyGetsIt() {
    VolumeStory story = restoring();

    failed(story, "n1");
    assertThat(story.volume().phase())
        .as("the other holder tries")
        .isEqualTo(VolumePhase.Published.to(new NodeId("n2")));
    failed(story, "n2");
    assertThat(story.volume().phase()).isEqualTo(new VolumePhase.Detached());
    assertThat(story.publish("n3").rejection()).isEqualTo("VOL-070");

    story.wait(TaskRules.RETRY_PAUSE);
    assertThat(story.volume().phase()).isEqualTo(VolumePhase.Published.to(new NodeId("n1")));
    done(story, "n1");
    assertThat(story.volume().task()).isNull();
  }

  @Test
  void anUnpublishByForceGivesTheWorkUp() {
    VolumeStory story = restoring().unpublish(null, true);

    assertThat(story.volume().task()).isNull();
    assertThat(story.facts())
        .hasAtLeastOneElementOfType(VolumeFact.TaskEnded.class)
        .hasAtLeastOneElementOfType(VolumeFact.FencingStarted.class);
    story.promise("r1", "n1");
    assertThat(story.volume().phase()).isEqualTo(new VolumePhase.Detached());
  }

  @Test
  void anUnpublishOfWhatNobodyHasDoesNotEndTheWork() {
    VolumeStory story = restoring().unpublish("n1", false);

    assertThat(story.fact()).isInstanceOf(VolumeFact.Accepted.class);
    assertThat(story.volume().phase()).isInstanceOf(VolumePhase.Published.class);
    assertThat(story.volume().task()).isNotNull();
  }

  @Test
  void onlyTheHolderOfThisEpochEndsItsTask() {
    VolumeStory story = restoring();
    String id = task(story).id();

    story.report("n2", new AgentReport.TaskDone(id, 1));
    story.report("n1", 0, 1, new AgentReport.TaskDone(id, 1));
    story.report("n1", new AgentReport.TaskDone("task-of-old", 1));
    assertThat(story.last().statePublished()).as("who is behind is told").isTrue();

    assertThat(story.volume().task()).isNotNull();
  }

  @Test
  void aCloneIsFilledBeforeAnybodyGetsIt() {
    VolumeStory story = cloned(Map.of(), 0);

    assertThat(story.volume().sizeBytes()).isEqualTo(VolumeStory.SIZE);
    assertThat(story.volume().spec()).isEqualTo(FakeCluster.SPEC);
    assertThat(task(story).kind()).isEqualTo(VolumeTaskKind.FILL);
    assertThat(story.volume().epoch().value())
        .as("agents make blank replicas only of what was never attached")
        .isZero();
    story.wait(Duration.ofSeconds(1));
    assertThat(story.volume().phase())
        .as("beside the snapshot, so that it needs no network")
        .isEqualTo(VolumePhase.Published.to(new NodeId("n2")));
    assertThat(story.publish("n1").rejection()).isEqualTo("VOL-070");
    assertThat(create(story, Map.of(), 0).fact()).isInstanceOf(VolumeFact.Accepted.class);

    done(story, "n2");
    assertThat(story.publish("n1").fact())
        .isEqualTo(new VolumeFact.Published(new NodeId("n1"), Purpose.ORDINARY));
  }

  @Test
  void aCloneThatCannotBeFilledCanBeDeleted() {
    VolumeStory story = cloned(Map.of("repl", "1"), 0);
    story.wait(Duration.ofSeconds(1));
    failed(story, "n1");

    story.command(new VolumeRequest.Delete());

    assertThat(story.volume().phase()).isInstanceOf(VolumePhase.Deleting.class);
    assertThat(story.volume().task()).isNull();
  }

  @Test
  void aCloneMayBeLargerAndOtherwiseButItsFileSystemIsGiven() {
    VolumeStory story = cloned(Map.of("repl", "1", "priority_io", "low"), 2 * VolumeStory.SIZE);
    assertThat(story.volume().sizeBytes()).isEqualTo(2 * VolumeStory.SIZE);
    assertThat(story.volume().spec().repl()).isEqualTo(1);

    assertThat(cloned(Map.of(), VolumeStory.SIZE / 2).rejection()).isEqualTo("VOL-075");
    assertThat(cloned(Map.of("fs", "none"), 0).rejection()).isEqualTo("VOL-076");
    VolumeStory empty = new VolumeStory("n1", "n2");
    assertThat(create(empty, Map.of(), 0).rejection()).isEqualTo("VOL-073");
  }

  @Test
  void aVolumeWithSnapshotsIsNotDeleted() {
    VolumeStory story = VolumeStory.withVolume(2);
    story.cluster.snapshot(VolumeStory.ID, VolumeStory.SIZE, "r1@n1");

    assertThat(story.command(new VolumeRequest.Delete()).rejection()).isEqualTo("VOL-071");
  }

  @Test
  void noReplicaIsReleasedOrMovedThatAloneHoldsASnapshot() {
    VolumeStory story = VolumeStory.withOpenVolume(2);
    story.cluster.snapshot(VolumeStory.ID, VolumeStory.SIZE, "r2@n2");

    assertThat(
            story
                .command(new VolumeRequest.Move(new ReplicaId("r2"), FakeCluster.pool("n3")))
                .rejection())
        .isEqualTo("VOL-077");
    assertThat(story.command(new VolumeRequest.SetReplicaCount(1, new NodeId("n2"))).rejection())
        .isEqualTo("VOL-077");
    story.command(new VolumeRequest.SetReplicaCount(1, null));
    assertThat(story.role("r1")).as("of two, the one without a snapshot goes").isEqualTo("LEAVING");
  }

  @Test
  void aMovedReplicaStaysIfASnapshotWasTakenMeanwhile() {
    VolumeStory story = VolumeStory.withOpenVolume(1);
    story.command(new VolumeRequest.Move(new ReplicaId("r1"), FakeCluster.pool("n3")));
    story.cluster.snapshot(VolumeStory.ID, VolumeStory.SIZE, "r1@n1");

    story.report("n1", new AgentReport.ReplicaCaughtUp(new ReplicaId("r2"), 1, 1));

    assertThat(story.role("r1")).isEqualTo("IN_SYNC");
    assertThat(story.role("r2")).isEqualTo("LEAVING");
  }

  private static VolumeStory snapshotting() {
    return VolumeStory.withVolume(2)
        .command(new VolumeRequest.SnapshotDetached("set-1", "set-1-0"));
  }

  private static VolumeStory restoring() {
    VolumeStory story = VolumeStory.withVolume(2);
    return restore(
        story, story.cluster.snapshot(VolumeStory.ID, VolumeStory.SIZE, "r1@n1", "r2@n2"));
  }

  private static VolumeStory restore(VolumeStory story, SnapshotKey key) {
    return story.command(new VolumeRequest.Restore(key.setId(), key.snapshotId()));
  }

  private static VolumeStory cloned(Map<String, String> parameters, long size) {
    VolumeStory story = new VolumeStory("n1", "n2", "n3");
    story.cluster.snapshot(SOURCE, VolumeStory.SIZE, "r1@n2");
    return create(story, parameters, size);
  }

  private static VolumeStory create(VolumeStory story, Map<String, String> parameters, long size) {
    return story.command(
        new VolumeRequest.Create(
            VolumeStory.NAME, size, parameters, null, new VolumeRequest.Source("set-1", SOURCE)));
  }

  private static HeadTask task(VolumeStory story) {
    return Objects.requireNonNull(story.volume().task());
  }

  private static void done(VolumeStory story, String node) {
    story.report(node, new AgentReport.TaskDone(task(story).id(), 1));
  }

  private static void failed(VolumeStory story, String node) {
    story.report(node, new AgentReport.TaskFailed(task(story).id(), "SNP-060", "test"));
  }
}
