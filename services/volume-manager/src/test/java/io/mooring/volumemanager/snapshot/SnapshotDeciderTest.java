package io.mooring.volumemanager.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.schemas.VolumeTaskKind;
import io.mooring.volumemanager.snapshot.SnapshotEffect.Fact;
import io.mooring.volumemanager.snapshot.SnapshotInput.Said;
import io.mooring.volumemanager.volume.Cause;
import io.mooring.volumemanager.volume.NodeId;
import io.mooring.volumemanager.volume.ReplicaId;
import io.mooring.volumemanager.volume.SnapshotSource.Holder;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SnapshotDeciderTest {

  @Test
  void aGroupIsTakenWhenAllAreHeldAndReadyWhenAllAreTaken() {
    SetStory story = SetStory.holdingTwo();
    assertThat(story.phase()).isInstanceOf(SetPhase.Holding.class);
    assertThat(story.facts()).hasExactlyElementsOfTypes(Fact.Accepted.class, Fact.Started.class);

    story.held("a", 1);
    assertThat(story.phase()).isInstanceOf(SetPhase.Holding.class);
    Instant allHeld = story.now();
    story.held("b", 1);
    assertThat(story.phase()).isInstanceOf(SetPhase.Taking.class);

    story.taken("b", 1);
    assertThat(story.phase()).isInstanceOf(SetPhase.Taking.class);
    story.taken("a", 1);

    assertThat(story.phase()).isEqualTo(new SetPhase.Ready(allHeld));
    assertThat(story.facts())
        .containsExactly(
            new Fact.Taken(
                List.of(FakeVolumes.id("a"), FakeVolumes.id("b")).stream()
                    .sorted((x, y) -> x.value().compareTo(y.value()))
                    .toList(),
                12));
    assertThat(((MemberPhase.Taken) story.set().members().getFirst().phase()).holders())
        .containsExactly(
            new Holder(new ReplicaId("r1"), new NodeId("n1")),
            new Holder(new ReplicaId("r2"), new NodeId("n2")));
  }

  @Test
  void oneAttachedVolumeNeedsNoHold() {
    SetStory story = new SetStory();
    story.volumes.attached("a", 1);

    story.take("a");
    assertThat(story.phase()).isInstanceOf(SetPhase.Taking.class);
    story.taken("a", 1);

    assertThat(story.phase()).isEqualTo(new SetPhase.Ready(story.now()));
  }

  @Test
  void aDetachedVolumeGetsANode() {
    SetStory story = new SetStory();
    story.volumes.detached("a", 4);

    story.take("a");

    assertThat(story.phase()).isInstanceOf(SetPhase.Holding.class);
    assertThat(story.asked())
        .singleElement()
        .satisfies(ask -> {
          assertThat(ask.snapshot().snapshotId()).isEqualTo(story.snapshotId());
          assertThat(ask.idempotencyKey()).isEqualTo(story.snapshotId() + "/1");
        });
    assertThat(story.wait(Duration.ofSeconds(1)).asked()).isEmpty();
    assertThat(story.wait(Duration.ofSeconds(1)).asked())
        .as("asked again under another key, if it still has none")
        .extracting(SnapshotEffect.AskForNode::idempotencyKey)
        .containsExactly(story.snapshotId() + "/2");
    story.volumes.working("a", 5, VolumeTaskKind.SNAPSHOT, SetStory.ID.value());
    assertThat(story.wait(Duration.ofSeconds(3)).asked()).isEmpty();
    story.held("a", 5).taken("a", 5);
    assertThat(story.phase()).isInstanceOf(SetPhase.Ready.class);
  }

  @Test
  void aVolumeThatComesOutOfUseMeanwhileGetsANodeToo() {
    SetStory story = SetStory.holdingTwo();
    story.volumes.detached("b", 1);

    assertThat(story.wait(Duration.ofSeconds(1)).asked())
        .extracting(ask -> ask.snapshot().volume())
        .containsExactly(FakeVolumes.id("b"));
  }

  @Test
  void oneMissedMemberFailsTheWholeSet() {
    SetStory story = SetStory.holdingTwo().held("a", 1).held("b", 1).taken("a", 1).missed("b");

    assertThat(story.failure()).isEqualTo("SNP-020");
    assertThat(story.facts())
        .singleElement()
        .isInstanceOfSatisfying(
            Fact.Failed.class,
            failed -> assertThat(failed.reason()).contains("'b'", "SNP-061 the hold has ended"));
    assertThat(story.set().isListed()).as("replicas delete what is left").isFalse();
  }

  @Test
  void anAttemptEndsAtItsDeadlineAndSaysWhatIsMissing() {
    SetStory story = SetStory.holdingTwo().held("a", 1);

    story.wait(Duration.ofSeconds(9));
    assertThat(story.phase()).isInstanceOf(SetPhase.Holding.class);
    story.wait(Duration.ofSeconds(1));

    assertThat(story.failure()).isEqualTo("SNP-021");
    assertThat(((SetPhase.Failed) story.phase()).reason())
        .contains("'a', PUBLISHED to n1: its writes were held back")
        .contains("'b', PUBLISHED to n1: no head has answered");
  }

  @Test
  void aFailoverOfAHeldVolumeFailsTheSet() {
    SetStory story = SetStory.holdingTwo().held("a", 1);
    story.volumes.fencing("a", 2);

    story.held("b", 1);

    assertThat(story.failure()).isEqualTo("SNP-022");
  }

  @Test
  void aFailoverIsNoticedWithoutAReport() {
    SetStory story = SetStory.holdingTwo().held("a", 1).held("b", 1).taken("a", 1);
    story.volumes.fencing("b", 2);

    assertThat(story.wait(Duration.ofSeconds(1)).failure()).isEqualTo("SNP-022");
  }

  @Test
  void aFailoverAfterTheSnapshotChangesNothing() {
    SetStory story = SetStory.holdingTwo().held("a", 1).held("b", 1).taken("a", 1);
    story.volumes.fencing("a", 2);

    story.wait(Duration.ofSeconds(1)).taken("b", 1);

    assertThat(story.phase()).isInstanceOf(SetPhase.Ready.class);
  }

  @Test
  void anotherHeadCannotTakeUnderTheHoldOfTheFirst() {
    SetStory story = SetStory.holdingTwo().held("a", 1).held("b", 1);

    assertThat(story.taken("a", 2).failure()).isEqualTo("SNP-022");
    assertThat(SetStory.holdingTwo().held("a", 1).held("a", 2).failure()).isEqualTo("SNP-022");
  }

  @Test
  void aDeletedVolumeFailsTheSet() {
    SetStory story = SetStory.holdingTwo();
    story.volumes.deleted("b");

    assertThat(story.wait(Duration.ofSeconds(1)).failure()).isEqualTo("SNP-023");
  }

  @Test
  void aRepeatedCommandIsAnsweredAgainAndNotDoneAgain() {
    SetStory story = SetStory.holdingTwo();
    SnapshotSet before = story.set();

    story.take(SetStory.ID, "key-1", "a", "b");
    assertThat(story.facts()).containsExactly(new Fact.Accepted("key-1"));
    assertThat(story.set()).isEqualTo(before);

    story.take(SetStory.ID, "other", "b", "a");
    assertThat(story.facts()).containsExactly(new Fact.Accepted("other"));
    assertThat(story.set().origin().commands()).containsExactly("key-1", "other");
    assertThat(story.snapshotId()).isEqualTo(before.members().getFirst().snapshotId());
  }

  @Test
  void aFailedSetIsTakenAnewUnderANewIdentity() {
    SetStory story = SetStory.holdingTwo().held("a", 1).missed("b");
    String first = story.snapshotId();

    story.take("a", "b");

    assertThat(story.phase()).isInstanceOf(SetPhase.Holding.class);
    assertThat(story.snapshotId()).isNotEqualTo(first).startsWith(SetStory.ID + "-");
    story.said("a", first, "n1", new Said.Held(1));
    assertThat(story.set().members())
        .as("a report about the first attempt counts for nothing")
        .allSatisfy(m -> assertThat(m.phase()).isInstanceOf(MemberPhase.Waiting.class));
  }

  @Test
  void whatCannotBeTakenIsRefused() {
    SetStory story = SetStory.ready();
    story.volumes.attached("c", 1);
    story.volumes.working("filling", 1, VolumeTaskKind.FILL, SetStory.ID.value());

    assertThat(story.take("a").rejection()).isEqualTo("SNP-010");
    assertThat(story.take(other(1), "k", "nowhere").rejection()).isEqualTo("SNP-004");
    assertThat(story.take(other(1), "k").rejection()).isEqualTo("SNP-002");
    assertThat(story.take(other(1), "k", "filling").rejection()).isEqualTo("SNP-005");
    story.take(other(1), "k", "a", "c");
    assertThat(story.take(other(2), "k", "c").rejection()).isEqualTo("SNP-006");
  }

  @Test
  void aVolumeHasAtMost64Sets() {
    SetStory story = SetStory.ready();
    SnapshotSet one = story.set();
    IntStream.range(1, 64)
        .mapToObj(SnapshotDeciderTest::other)
        .forEach(id ->
            story.volumes.sets.put(
                id,
                new SnapshotSet(
                    id,
                    one.name(),
                    one.phase(),
                    one.members(),
                    one.labels(),
                    one.origin(),
                    one.updatedAt())));

    assertThat(story.take(other(64), "k", "a").rejection()).isEqualTo("SNP-007");
    story.volumes.sets.remove(other(1));
    story.take(other(64), "k", "a");
    assertThat(story.facts().getFirst()).isInstanceOf(Fact.Accepted.class);
  }

  private static SnapshotSetId other(int number) {
    return new SnapshotSetId("other-" + number);
  }

  @Test
  void aSetIsGoneWhenEveryHolderHasRemovedIt() {
    SetStory story = SetStory.ready().delete();
    assertThat(story.phase()).isInstanceOf(SetPhase.Deleting.class);
    assertThat(story.delete().facts()).hasExactlyElementsOfTypes(Fact.Accepted.class);
    assertThat(story.take("a", "b").rejection()).isEqualTo("SNP-011");

    story.removed("a", "r1", "n1").removed("a", "r2", "n2").removed("b", "r1", "n1");
    assertThat(story.found()).isPresent();
    story.removed("b", "r1", "n1").removed("b", "r2", "n9");
    assertThat(story.found()).as("a repeat, and another node, count for nothing").isPresent();
    story.removed("b", "r2", "n2");

    assertThat(story.found()).isEmpty();
    assertThat(story.facts()).containsExactly(new Fact.Deleted());
  }

  @Test
  void aHolderThatIsAwayIsNotWaitedFor() {
    SetStory story = SetStory.ready().delete();
    story.removed("a", "r1", "n1").removed("b", "r1", "n1");

    story.volumes.down("n2");

    assertThat(story.wait(Duration.ofSeconds(1)).found()).isEmpty();
  }

  @Test
  void aSilentHolderIsNotWaitedForForEver() {
    SetStory story = SetStory.ready().delete();

    assertThat(story.wait(SnapshotDecider.REMOVAL_AWAITED.minusSeconds(1)).found()).isPresent();
    assertThat(story.wait(Duration.ofSeconds(1)).found()).isEmpty();
  }

  @Test
  void aSetThatIsReadIsNotDeleted() {
    SetStory story = SetStory.ready();
    story.volumes.working("clone", 1, VolumeTaskKind.FILL, SetStory.ID.value());

    assertThat(story.delete().rejection()).isEqualTo("SNP-012");
    assertThat(story.phase()).isInstanceOf(SetPhase.Ready.class);
  }

  @Test
  void aSetThatIsBeingTakenCanBeDeleted() {
    SetStory story = SetStory.holdingTwo().held("a", 1).delete();

    assertThat(story.found()).as("nobody holds anything yet").isEmpty();
  }

  @Test
  void aSetThatIsNotThereIsDeleted() {
    assertThat(new SetStory().delete().facts()).hasExactlyElementsOfTypes(Fact.Accepted.class);
  }

  @Test
  void nothingButARequestEndsAReadySet() {
    SetStory story = SetStory.ready();

    story.missed("a").held("b", 7).taken("b", 7);
    story.volumes.fencing("a", 2);
    story.wait(Duration.ofDays(1000));
    story.removed("a", "r1", "n1").removed("a", "r2", "n2");

    assertThat(story.phase()).isInstanceOf(SetPhase.Ready.class);
  }

  @Test
  void aFailedSetCanBeLookedAtForAnHour() {
    SetStory story = SetStory.holdingTwo().missed("a");

    assertThat(story.wait(Duration.ofMinutes(59)).found()).isPresent();
    assertThat(story.wait(Duration.ofMinutes(1)).found()).isEmpty();
  }

  @Test
  void aCommandThatNobodyWantsAnyMoreIsRefused() {
    SetStory story = new SetStory();
    story.volumes.attached("a", 1);
    SnapshotInput.Reference late =
        new SnapshotInput.Reference(
            new Cause(UUID.randomUUID(), UUID.randomUUID()),
            "k",
            story.now().minusSeconds(1),
            "test");
    SnapshotDecision decision =
        new SnapshotDecider(story.volumes)
            .decide(
                SetStory.ID,
                null,
                new SnapshotInput.Take(late, "x", List.of(FakeVolumes.id("a")), Map.of()),
                story.now());

    assertThat(decision.after()).isNull();
    assertThat(decision.effects())
        .singleElement()
        .isInstanceOfSatisfying(
            SnapshotEffect.Announce.class,
            told ->
                assertThat(((Fact.Rejected) told.fact()).rejection().code()).isEqualTo("SNP-090"));
  }

  @Test
  void ofAHalfVolumeNoSnapshotIsTaken() {
    SetStory story = new SetStory();
    story.volumes.attached("a", 1);
    story.volumes.half("b", 4);
    assertThat(story.take("a", "b").rejection()).isEqualTo("SNP-008");

    story.volumes.filling("b", 5);
    assertThat(story.take("a", "b").rejection()).isEqualTo("SNP-008");
    assertThat(story.found()).isEmpty();
  }

  @Test
  void aSetFailsWhenSomebodyBeginsToFillOneOfItsVolumes() {
    SetStory waiting = new SetStory();
    waiting.volumes.attached("a", 1);
    waiting.volumes.detached("b", 4);
    waiting.take("a", "b");
    waiting.volumes.filling("b", 5);
    assertThat(waiting.wait(Duration.ofMillis(200)).failure()).isEqualTo("SNP-024");

    SetStory held = new SetStory();
    held.volumes.attached("a", 1);
    held.volumes.detached("b", 4);
    held.take("a", "b").held("a", 1);
    held.volumes.filling("b", 5);
    assertThat(held.held("b", 5).failure()).isEqualTo("SNP-024");
  }

  @Test
  void whatSomebodyTookWhileItWasFilledIsNotKept() {
    SetStory story = new SetStory();
    story.volumes.attached("a", 1);
    story.take("a");
    story.volumes.filling("a", 2);

    story.taken("a", 2);

    assertThat(story.failure()).isEqualTo("SNP-024");
  }
}
