package io.mooring.storage.replication;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.storage.replication.HeadMessage.Membership;
import io.mooring.storage.replication.HeadMessage.Subject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class ReplicaTest {
  private static final ReplicaId SELF = new ReplicaId("r1");
  private static final ReplicaId OTHER = new ReplicaId("r2");
  private static final long SIZE = 64L << 20;
  private static final ByteRange WINDOW = new ByteRange(0, SIZE);
  private static final Membership BOTH = membership(1, List.of(SELF, OTHER), List.of());
  private static final Membership ALONE = membership(2, List.of(SELF), List.of(OTHER));
  private static final Membership OTHER_ALONE = membership(2, List.of(OTHER), List.of(SELF));
  private static final HeadMessage.Read READ =
      new HeadMessage.Read(new RequestId(-1), new ByteRange(0, 4096));
  private static final SnapshotId S1 = new SnapshotId("s1");
  private static final StreamId STREAM = new StreamId(1);
  private static final StreamId NEWER = new StreamId(2);

  private final List<ReplicaEffect> effects = new ArrayList<>();
  private Replica replica = replica(ReplicaRecord.blank(SIZE), ReplicaRecord.Restart.INTACT);

  @Test
  void promiseIsDurableBeforeWelcome() {
    input(hello(STREAM, Promise.of(1, 1), BOTH));
    assertThat(replies(STREAM)).isEmpty();

    persistAll();
    assertThat(replies(STREAM))
        .containsExactly(new ReplicaMessage.Welcome(new Generation(1), false, false));
  }

  @Test
  void lowerRunIsRefused() {
    open(STREAM, Promise.of(2, 1), BOTH);

    input(hello(NEWER, Promise.of(1, 9), BOTH));

    assertThat(replies(NEWER)).containsExactly(new ReplicaMessage.Refused(Promise.of(2, 1)));
    assertThat(effects)
        .contains(new ReplicaEffect.CloseStream(NEWER))
        .doesNotContain(new ReplicaEffect.CloseStream(STREAM));
  }

  @Test
  void newStreamEndsTheOlderOne() {
    open(STREAM, Promise.of(1, 1), BOTH);
    open(NEWER, Promise.of(1, 1), BOTH);

    input(new ReplicaInput.Received(STREAM, write(1, 0)));

    assertThat(effects)
        .contains(new ReplicaEffect.CloseStream(STREAM))
        .noneMatch(ReplicaEffect.Apply.class::isInstance);
  }

  @Test
  void welcomeWaitsForChangesThatTheDiskStillWorksOn() {
    open(STREAM, Promise.of(1, 1), BOTH);
    change(STREAM, write(1, 0));
    input(hello(NEWER, Promise.of(1, 2), BOTH));
    persistAll();
    assertThat(replies(NEWER)).isEmpty();

    input(new ReplicaInput.Applied(STREAM, new Sequence(1)));

    assertThat(replies(NEWER)).hasSize(1);
  }

  @Test
  void higherEpochFromTheCatalogueCutsTheStream() {
    open(STREAM, Promise.of(1, 1), BOTH);

    input(new ReplicaInput.EpochLearned(new Epoch(2)));
    assertThat(effects)
        .contains(new ReplicaEffect.CloseStream(STREAM))
        .doesNotContain(new ReplicaEffect.Promised(Promise.of(2, 0)));

    persistAll();
    assertThat(effects).contains(new ReplicaEffect.Promised(Promise.of(2, 0)));
  }

  @Test
  void regionIsActiveDurablyBeforeItChanges() {
    open(STREAM, Promise.of(1, 1), BOTH);

    input(new ReplicaInput.Received(STREAM, write(1, 0)));
    assertThat(effects)
        .noneMatch(ReplicaEffect.Apply.class::isInstance)
        .anyMatch(ReplicaEffect.ActivateRegions.class::isInstance);

    persistAll();
    assertThat(effects).contains(new ReplicaEffect.Apply(STREAM, write(1, 0)));
  }

  @Test
  void aSnapshotIsFlushedThenFrozenAndLaterChangesWait() {
    open(STREAM, Promise.of(1, 1), BOTH);
    change(STREAM, write(1, 0));
    input(new ReplicaInput.Received(STREAM, new HeadMessage.Snapshot(S1, SIZE)));
    change(STREAM, write(2, 0));
    assertThat(effects).noneMatch(ReplicaEffect.Sync.class::isInstance);

    input(new ReplicaInput.Applied(STREAM, new Sequence(1)));
    assertThat(effects)
        .contains(new ReplicaEffect.Sync(1))
        .noneMatch(ReplicaEffect.Freeze.class::isInstance);

    input(new ReplicaInput.Synced(1));
    assertThat(effects).anyMatch(ReplicaEffect.Freeze.class::isInstance);
    assertThat(replies(STREAM)).doesNotContain(new ReplicaMessage.Frozen(S1));
    assertThat(applied()).containsExactly(1L);

    persistAll();
    assertThat(replies(STREAM)).contains(new ReplicaMessage.Frozen(S1));
    assertThat(applied()).containsExactly(1L, 2L);
  }

  @Test
  void aRefusedSnapshotIsNoFailure() {
    open(STREAM, Promise.of(1, 1), BOTH);
    input(new ReplicaInput.Received(STREAM, new HeadMessage.Snapshot(S1, SIZE)));
    input(new ReplicaInput.Synced(1));
    long token =
        effects.stream()
            .filter(ReplicaEffect.Freeze.class::isInstance)
            .mapToLong(ReplicaTest::token)
            .findFirst()
            .orElseThrow();
    input(new ReplicaInput.FreezeRefused(token, "pool full"));
    change(STREAM, write(1, 0));

    assertThat(replies(STREAM)).contains(new ReplicaMessage.NotFrozen(S1, "pool full"));
    assertThat(applied()).containsExactly(1L);
  }

  @Test
  void aSnapshotWhoseStreamHasGoneIsNotFrozen() {
    open(STREAM, Promise.of(1, 1), BOTH);
    input(new ReplicaInput.Received(STREAM, new HeadMessage.Snapshot(S1, SIZE)));
    input(new ReplicaInput.StreamLost(STREAM));
    input(new ReplicaInput.Synced(1));

    assertThat(effects).noneMatch(ReplicaEffect.Freeze.class::isInstance);
  }

  @Test
  void laterChangeDoesNotOvertakeOneThatWaitsForItsRegion() {
    open(STREAM, Promise.of(1, 1), BOTH);
    change(STREAM, write(1, 0));

    input(new ReplicaInput.Received(STREAM, write(2, Geometry.REGION_BYTES)));
    input(new ReplicaInput.Received(STREAM, write(3, 0)));
    assertThat(applied()).containsExactly(1L);

    persistAll();
    assertThat(applied()).containsExactly(1L, 2L, 3L);
  }

  @Test
  void flushWaitsForTheChangesBeforeIt() {
    open(STREAM, Promise.of(1, 1), BOTH);
    change(STREAM, write(1, 0));
    change(STREAM, write(2, 65536));
    input(
        new ReplicaInput.Received(STREAM, new HeadMessage.Flush(new Sequence(2), new Sequence(0))));
    input(new ReplicaInput.Applied(STREAM, new Sequence(2)));
    assertThat(replies(STREAM)).contains(new ReplicaMessage.AppliedOne(new Sequence(2)));
    assertThat(effects).noneMatch(ReplicaEffect.Sync.class::isInstance);

    input(new ReplicaInput.Applied(STREAM, new Sequence(1)));
    assertThat(replies(STREAM)).contains(new ReplicaMessage.Applied(new Sequence(2)));
    assertThat(effects).contains(new ReplicaEffect.Sync(1));

    input(new ReplicaInput.Synced(1));
    assertThat(replies(STREAM)).endsWith(new ReplicaMessage.Flushed(new Sequence(2)));
  }

  @Test
  void failedSyncEndsServiceUntilReopened() {
    open(STREAM, Promise.of(1, 1), BOTH);
    change(STREAM, write(1, 0));
    input(new ReplicaInput.Applied(STREAM, new Sequence(1)));
    input(
        new ReplicaInput.Received(STREAM, new HeadMessage.Flush(new Sequence(1), new Sequence(0))));

    input(new ReplicaInput.SyncFailed(1, "I/O error"));
    input(hello(NEWER, Promise.of(1, 2), BOTH));

    assertThat(replies(STREAM)).endsWith(new ReplicaMessage.Failed("I/O error"));
    assertThat(replies(NEWER)).containsExactly(new ReplicaMessage.Failed("its disk has failed"));
    assertThat(replica.superblock().lossy()).isTrue();
  }

  @Test
  void mapOfALostMemberIsExactAndHoldsWhatIsUnstable() {
    open(STREAM, Promise.of(1, 1), BOTH);
    change(STREAM, write(1, 0));

    input(new ReplicaInput.Received(STREAM, new HeadMessage.SetMembership(ALONE)));
    change(STREAM, write(2, 3 * 65536));

    assertThat(ask(new Subject.Dirty(OTHER)))
        .isEqualTo(new ReplicaMessage.Blocks(new RequestId(-1), BlockSet.of(0, 3), true));
  }

  @Test
  void mapIsFullForAReplicaNeverSeenInSync() {
    open(STREAM, Promise.of(1, 1), ALONE);

    assertThat(ask(new Subject.Dirty(OTHER)))
        .isEqualTo(new ReplicaMessage.Blocks(new RequestId(-1), new BlockSet(), false));
  }

  @Test
  void replicaThatWasAwayDoesNotTrustItsMaps() {
    open(STREAM, Promise.of(1, 1), BOTH);
    input(new ReplicaInput.Received(STREAM, new HeadMessage.SetMembership(ALONE)));
    ReplicaId third = new ReplicaId("r3");

    open(NEWER, Promise.of(1, 2), membership(3, List.of(third), List.of(SELF, OTHER)));

    assertThat(((ReplicaMessage.Blocks) askOn(NEWER, new Subject.Dirty(OTHER))).exact()).isFalse();
  }

  @Test
  void olderMembershipIsNotFollowed() {
    open(STREAM, Promise.of(1, 1), ALONE);

    open(NEWER, Promise.of(2, 1), BOTH);

    assertThat(replies(NEWER))
        .containsExactly(new ReplicaMessage.Welcome(new Generation(2), false, false));
    assertThat(replica.superblock().membership()).isEqualTo(ALONE);
  }

  @Test
  void afterACrashActiveRegionsAreSuspectsAndTheReplicaIsLossyUntilSettled() {
    ReplicaRecord.Superblock superblock =
        new ReplicaRecord.Superblock(Promise.of(1, 1), BOTH, false, false, SIZE);
    replica =
        replica(
            new ReplicaRecord(superblock, BlockSet.of(1), Map.of()),
            ReplicaRecord.Restart.MACHINE_CRASH);
    input(new ReplicaInput.Started());
    open(STREAM, Promise.of(1, 2), BOTH);

    assertThat(replies(STREAM))
        .containsExactly(new ReplicaMessage.Welcome(new Generation(1), true, false));
    BlockSet region = new BlockSet();
    region.addAll(Geometry.BLOCKS_PER_REGION, 2 * Geometry.BLOCKS_PER_REGION - 1);
    assertThat(ask(new Subject.Suspects()))
        .isEqualTo(new ReplicaMessage.Blocks(new RequestId(-1), region, true));

    input(new ReplicaInput.Received(STREAM, new HeadMessage.Settled()));
    assertThat(replica.superblock().lossy()).isFalse();
    assertThat(((ReplicaMessage.Blocks) ask(new Subject.Suspects())).blocks().isEmpty()).isTrue();
  }

  @Test
  void aMemberThatCannotBeReadSaysSoWhenItIsOnRecordAndGoesOn() {
    open(STREAM, Promise.of(1, 1), BOTH);
    effects.clear();

    input(new ReplicaInput.ReadFailed(STREAM, READ, "I/O error"));
    assertThat(replica.superblock().unreadable()).isTrue();
    assertThat(effects).hasSize(1).allMatch(ReplicaEffect.PersistSuperblock.class::isInstance);

    persistAll();
    assertThat(effects).contains(new ReplicaEffect.Unreadable("I/O error"));
    assertThat(replies(STREAM))
        .containsExactly(new ReplicaMessage.Unreadable(READ.request(), "I/O error"));
    change(STREAM, write(1, 0));
    assertThat(applied()).containsExactly(1L);
  }

  @Test
  void aReplicaThatCannotBeReadIsWelcomeOnlyAsAMember() {
    replica = replica(unreadable(BOTH), ReplicaRecord.Restart.INTACT);

    open(STREAM, Promise.of(1, 2), BOTH);
    open(NEWER, Promise.of(2, 1), OTHER_ALONE);

    assertThat(replies(STREAM))
        .containsExactly(new ReplicaMessage.Welcome(new Generation(1), false, true));
    assertThat(replies(NEWER)).hasSize(1).allMatch(ReplicaMessage.Failed.class::isInstance);
    assertThat(effects).contains(new ReplicaEffect.Promised(Promise.of(2, 1)));
  }

  @Test
  void aReplicaThatCannotBeReadEndsWhenTheSetGoesOnWithoutIt() {
    replica = replica(unreadable(BOTH), ReplicaRecord.Restart.INTACT);
    open(STREAM, Promise.of(1, 2), BOTH);

    input(new ReplicaInput.Received(STREAM, new HeadMessage.SetMembership(OTHER_ALONE)));

    assertThat(effects).contains(new ReplicaEffect.CloseStream(STREAM));
  }

  @Test
  void aReplicaThatIsFilledAndCannotBeReadIsOfNoUse() {
    open(STREAM, Promise.of(1, 1), OTHER_ALONE);

    input(new ReplicaInput.ReadFailed(STREAM, READ, "I/O error"));
    persistAll();

    assertThat(replies(STREAM).getLast()).isEqualTo(new ReplicaMessage.Failed("I/O error"));
    assertThat(effects)
        .contains(new ReplicaEffect.CloseStream(STREAM), new ReplicaEffect.Unreadable("I/O error"));
  }

  private static ReplicaRecord unreadable(Membership membership) {
    return new ReplicaRecord(
        new ReplicaRecord.Superblock(Promise.of(1, 1), membership, false, true, SIZE),
        new BlockSet(),
        Map.of());
  }

  @Test
  void regionsAreClearedOnlyWithDurableMaps() {
    open(STREAM, Promise.of(1, 1), BOTH);
    input(new ReplicaInput.Received(STREAM, new HeadMessage.SetMembership(ALONE)));
    change(STREAM, write(1, 0));
    input(new ReplicaInput.Applied(STREAM, new Sequence(1)));
    input(
        new ReplicaInput.Received(STREAM, new HeadMessage.Flush(new Sequence(1), new Sequence(0))));
    input(new ReplicaInput.Synced(1));
    input(new ReplicaInput.Received(STREAM, new HeadMessage.Ping(new Sequence(1))));
    effects.clear();

    replica.on(new ReplicaInput.Ticked(), 60_000_000_000L, effects::add);

    assertThat(effects).hasSize(2);
    assertThat(effects.getFirst()).isInstanceOf(ReplicaEffect.PersistMap.class);
    assertThat(effects.getLast()).isInstanceOf(ReplicaEffect.DeactivateRegions.class);
  }

  private static Replica replica(ReplicaRecord record, ReplicaRecord.Restart restart) {
    return new Replica(SELF, record, restart);
  }

  private static Membership membership(
      long generation, List<ReplicaId> inSync, List<ReplicaId> absent) {
    return new Membership(new Generation(generation), inSync, absent);
  }

  private static ReplicaInput hello(StreamId stream, Promise promise, Membership membership) {
    return new ReplicaInput.Received(
        stream, new HeadMessage.Hello(new VolumeId("vol-1"), SELF, promise, membership, SIZE));
  }

  private static HeadMessage.Write write(long sequence, long offset) {
    return new HeadMessage.Write(
        new Sequence(sequence),
        new ByteRange(offset, 4096),
        new Sequence(0),
        new RequestId(sequence));
  }

  private void input(ReplicaInput input) {
    replica.on(input, 0, effects::add);
  }

  private void persistAll() {
    long newest = effects.stream().mapToLong(ReplicaTest::token).max().orElse(0);
    input(new ReplicaInput.Persisted(newest));
  }

  private static long token(ReplicaEffect effect) {
    return switch (effect) {
      case ReplicaEffect.PersistSuperblock persist -> persist.token();
      case ReplicaEffect.ActivateRegions activate -> activate.token();
      case ReplicaEffect.DeactivateRegions deactivate -> deactivate.token();
      case ReplicaEffect.PersistMap map -> map.token();
      case ReplicaEffect.DropMap map -> map.token();
      case ReplicaEffect.Grow grow -> grow.token();
      case ReplicaEffect.Freeze freeze -> freeze.token();
      case ReplicaEffect.Apply _,
          ReplicaEffect.Sync _,
          ReplicaEffect.Serve _,
          ReplicaEffect.Reply _,
          ReplicaEffect.CloseStream _,
          ReplicaEffect.Unreadable _,
          ReplicaEffect.Promised _ ->
          0;
    };
  }

  private void open(StreamId stream, Promise promise, Membership membership) {
    input(hello(stream, promise, membership));
    persistAll();
  }

  private void change(StreamId stream, HeadMessage.Change change) {
    input(new ReplicaInput.Received(stream, change));
    persistAll();
  }

  private ReplicaMessage ask(Subject subject) {
    return askOn(STREAM, subject);
  }

  private ReplicaMessage askOn(StreamId stream, Subject subject) {
    input(
        new ReplicaInput.Received(
            stream, new HeadMessage.Query(new RequestId(-1), subject, WINDOW)));
    return replies(stream).getLast();
  }

  private List<ReplicaMessage> replies(StreamId stream) {
    return effects.stream()
        .flatMap(effect ->
            effect instanceof ReplicaEffect.Reply(StreamId to, ReplicaMessage message)
                    && to.equals(stream)
                ? Stream.of(message)
                : Stream.empty())
        .toList();
  }

  private List<Long> applied() {
    return effects.stream()
        .flatMap(effect ->
            effect instanceof ReplicaEffect.Apply(StreamId _, HeadMessage.Change change)
                ? Stream.of(change.sequence().value())
                : Stream.empty())
        .toList();
  }
}
