package io.mooring.storage.replication;

import io.mooring.storage.replication.HeadMessage.Membership;
import io.mooring.storage.replication.ReplicaRecord.Superblock;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One copy of a volume: obeys the highest run of the head that it has promised (I2), knows which of
 * its blocks may differ from the others, and what absent replicas lack.
 *
 * <p>Suspects are recorded in two ways that cover each other: by block in memory, by region in the
 * durable activity map. What two replicas can differ in is always within the dirty map of the one
 * and the suspects of the other.
 */
public final class Replica {
  private static final String UNREADABLE = "some of its content cannot be read";

  private final ReplicaId self;
  private final Regions regions;
  private final UnstableBlocks unstable;
  private final AbsenceMaps maps;
  private final Durability durability = new Durability();
  private Superblock superblock;
  private @Nullable ReplicaStream stream;

  /**
   * Changes of closed streams that the store still works on. Nobody is welcomed before they have
   * ended.
   */
  private int draining;

  /** The disk has failed where nothing can be repeated: the replica must be opened anew. */
  private boolean broken;

  private Consumer<ReplicaEffect> effects = effect -> {};

  public Replica(ReplicaId self, ReplicaRecord record, ReplicaRecord.Restart restart) {
    this.self = self;
    this.regions = new Regions(record.activity(), durability);
    BlockSet suspects = regions.blocks();
    this.unstable = new UnstableBlocks(suspects);
    this.maps = new AbsenceMaps(self, record.maps(), suspects);
    boolean memoryLost = restart == ReplicaRecord.Restart.MACHINE_CRASH && !suspects.isEmpty();
    this.superblock = record.superblock();
    if (memoryLost) {
      this.superblock = superblock.withLossy(true);
    }
  }

  /** The superblock as it is or is about to become durable. */
  public Superblock superblock() {
    return superblock;
  }

  /**
   * The disk has failed and nothing is under way on it any more, records aside: open the replica
   * anew from its files, without the system's cache, as after a crash of the machine.
   */
  public boolean awaitsReopening() {
    return broken && stream == null && draining == 0 && !durability.isSyncing();
  }

  public void on(ReplicaInput input, long nowNanos, Consumer<ReplicaEffect> sink) {
    effects = sink;
    switch (input) {
      case ReplicaInput.Received(StreamId id, HeadMessage message) -> received(id, message);
      case ReplicaInput.Applied(StreamId id, Sequence sequence) -> applied(id, sequence);
      case ReplicaInput.Synced(long token) -> synced(token);
      case ReplicaInput.Persisted(long token) -> persisted(token);
      case ReplicaInput.FreezeRefused(long token, String reason) -> {
        durability.refused(token, reason);
        persisted(token);
      }
      case ReplicaInput.StreamLost(StreamId id) -> streamLost(id);
      case ReplicaInput.ReadFailed(StreamId id, HeadMessage.Question question, String reason) ->
          readFailed(id, question, reason);
      case ReplicaInput.EpochLearned(Epoch epoch) -> epochLearned(epoch);
      case ReplicaInput.ApplyFailed(StreamId id, Sequence sequence, String reason) ->
          applyFailed(id, sequence, reason);
      case ReplicaInput.SyncFailed(long token, String reason) -> syncFailed(token, reason);
      case ReplicaInput.PersistFailed failed -> {
        broken = true;
        fail(failed.reason());
      }
      case ReplicaInput.Started _ -> persistSuperblock();
      case ReplicaInput.Ticked _ -> clean(nowNanos);
    }
  }

  private void received(StreamId id, HeadMessage message) {
    if (message instanceof HeadMessage.Hello hello) {
      hello(id, hello);
      return;
    }
    ReplicaStream current = stream;
    if (current == null || !current.id().equals(id)) {
      return; // unread remains of a stream that a newer one has replaced (I2)
    }
    Invariants.check(current.isWelcomed(), "%s on stream %s before its welcome", message, id);
    switch (message) {
      case HeadMessage.Hello _ -> throw new AssertionError("handled above");
      case HeadMessage.Change change -> change(current, change);
      case HeadMessage.Flush flush -> {
        unstable.stable(flush.stable().value());
        current
            .flushes()
            .add(new ReplicaStream.FlushRequest(flush.upTo(), current.received(), null));
        startReadyFlushes(current);
      }
      case HeadMessage.SetMembership(Membership membership) -> {
        follow(membership);
        persistSuperblock();
        if (isGivenUp()) {
          fail(UNREADABLE);
        }
      }
      case HeadMessage.Settled _ -> settled();
      case HeadMessage.Query query -> query(current, query);
      case HeadMessage.Digest digest -> effects.accept(new ReplicaEffect.Serve(id, digest));
      case HeadMessage.Read read -> effects.accept(new ReplicaEffect.Serve(id, read));
      case HeadMessage.Resize(long sizeBytes) -> resize(current, sizeBytes);
      case HeadMessage.Snapshot snapshot -> {
        current.snapshotReceived(snapshot);
        startReadyFlushes(current);
      }
      case HeadMessage.Ping(Sequence stable) -> {
        unstable.stable(stable.value());
        reply(current, new ReplicaMessage.Pong(stable));
      }
    }
  }

  // Opening

  private void hello(StreamId id, HeadMessage.Hello hello) {
    if (broken || !hello.replica().equals(self)) {
      refuse(
          id,
          new ReplicaMessage.Failed(broken ? "its disk has failed" : "this is replica " + self));
      return;
    }
    if (hello.promise().compareTo(superblock.promise()) < 0) {
      refuse(id, new ReplicaMessage.Refused(superblock.promise())); // I2
      return;
    }
    closeStream();
    unstable.startStream();
    stream = new ReplicaStream(id, hello);
    superblock = superblock.promising(hello.promise());
    follow(hello.membership());
    long token =
        hello.sizeBytes() > superblock.sizeBytes() ? grow(hello.sizeBytes()) : persistSuperblock();
    durability.await(token, true, () -> welcome(id));
    passBarriers();
  }

  private void welcome(StreamId id) {
    ReplicaStream current = stream;
    if (current != null && current.id().equals(id)) {
      current.welcomed();
      effects.accept(new ReplicaEffect.Promised(current.hello().promise()));
      if (isGivenUp()) {
        fail(UNREADABLE);
        return;
      }
      reply(
          current,
          new ReplicaMessage.Welcome(
              superblock.membership().generation(), superblock.lossy(), superblock.unreadable()));
    }
  }

  private void epochLearned(Epoch epoch) {
    Promise promise = Promise.ofEpoch(epoch);
    if (promise.compareTo(superblock.promise()) > 0) {
      closeStream(); // its head belongs to a lower epoch (I2)
      superblock = superblock.promising(promise);
      persistSuperblock();
    }
    Promise promised = superblock.promise();
    durability.await(
        durability.lastToken(), true, () -> effects.accept(new ReplicaEffect.Promised(promised)));
    passBarriers();
  }

  private void refuse(StreamId id, ReplicaMessage answer) {
    effects.accept(new ReplicaEffect.Reply(id, answer));
    effects.accept(new ReplicaEffect.CloseStream(id));
  }

  private void closeStream() {
    ReplicaStream current = stream;
    if (current != null) {
      effects.accept(new ReplicaEffect.CloseStream(current.id()));
      streamLost(current.id());
    }
  }

  private void streamLost(StreamId id) {
    ReplicaStream current = stream;
    if (current != null && current.id().equals(id)) {
      draining += current.unfinished();
      stream = null;
    }
  }

  // Changes

  private void change(ReplicaStream current, HeadMessage.Change change) {
    int firstBlock = Geometry.firstBlock(change.range());
    int lastBlock = Geometry.lastBlock(change.range());
    unstable.stable(change.stable().value());
    current.received(change.sequence().value());
    unstable.changed(firstBlock, lastBlock, change.sequence().value());
    maps.changed(firstBlock, lastBlock);
    int firstRegion = Geometry.regionOfBlock(firstBlock);
    int lastRegion = Geometry.regionOfBlock(lastBlock);
    if (current.waiting().isEmpty()
        && !current.isFreezing()
        && regions.areDurable(firstRegion, lastRegion)) {
      apply(current, change);
    } else {
      regions.activate(firstRegion, lastRegion, effects);
      current
          .waiting()
          .add(
              new ReplicaStream.Waiting(
                  change, durability.lastToken(), current.snapshotsReceived()));
    }
    regions.activateAhead(change.range(), lastRegion, superblock.sizeBytes(), effects);
  }

  private void apply(ReplicaStream current, HeadMessage.Change change) {
    Invariants.check(
        current.hello().promise().equals(superblock.promise()),
        "I2: change of %s applied under %s",
        current.hello().promise(),
        superblock.promise());
    current.handedToStore(change.sequence().value());
    effects.accept(new ReplicaEffect.Apply(current.id(), change));
  }

  private void applied(StreamId id, Sequence sequence) {
    ReplicaStream current = stream;
    if (current == null || !current.id().equals(id)) {
      draining--;
      Invariants.check(draining >= 0, "more changes finished than begun: %s", sequence.value());
      passBarriers();
      return;
    }
    reply(current, current.applied(sequence));
    startReadyFlushes(current);
  }

  private void applyFailed(StreamId id, Sequence sequence, String reason) {
    ReplicaStream current = stream;
    if (current != null && current.id().equals(id)) {
      fail(reason); // counts the change among those that drain
    }
    applied(id, sequence);
  }

  private void startReadyFlushes(ReplicaStream current) {
    for (ReplicaStream.FlushRequest flush = current.takeReadyFlush();
        flush != null;
        flush = current.takeReadyFlush()) {
      effects.accept(new ReplicaEffect.Sync(durability.startSync(current.id(), flush)));
    }
  }

  private void synced(long token) {
    durability
        .endSync(token)
        .ifPresent(sync -> {
          ReplicaStream current = stream;
          if (current != null && current.id().equals(sync.stream())) {
            HeadMessage.Snapshot snapshot = sync.flush().snapshot();
            if (snapshot != null) {
              freeze(current, snapshot);
            } else {
              unstable.flushed(sync.flush().upTo().value());
              reply(current, new ReplicaMessage.Flushed(sync.flush().upTo()));
            }
          }
        });
  }

  /** Nothing is under way: what came after the snapshot waits. */
  private void freeze(ReplicaStream current, HeadMessage.Snapshot snapshot) {
    Invariants.check(
        current.unfinished() == 0, "changes under way at snapshot %s on %s", snapshot, self);
    long token = durability.nextToken();
    effects.accept(new ReplicaEffect.Freeze(snapshot.snapshot(), snapshot.sizeBytes(), token));
    durability.await(token, false, () -> frozen(current, snapshot.snapshot(), token));
  }

  private void frozen(ReplicaStream current, SnapshotId snapshot, long token) {
    if (stream == current) {
      current.snapshotEnded();
      reply(current, durability.answerOf(snapshot, token));
      applyWaiting(current);
    }
  }

  private void applyWaiting(ReplicaStream current) {
    for (HeadMessage.Change change = current.takeWaiting(durability.durableToken());
        change != null;
        change = current.takeWaiting(durability.durableToken())) {
      apply(current, change);
    }
    startReadyFlushes(current);
  }

  /**
   * What was applied may be gone although reads still show it, and a later sync would not notice.
   * Only what is read back from the disk counts, so the replica serves nobody until it is opened
   * again, without the system's cache.
   */
  private void syncFailed(long token, String reason) {
    durability.endSync(token);
    broken = true;
    superblock = superblock.withLossy(true);
    persistSuperblock();
    fail(reason);
  }

  private void fail(String reason) {
    ReplicaStream current = stream;
    if (current != null) {
      reply(current, new ReplicaMessage.Failed(reason));
      closeStream();
    }
  }

  // What cannot be read

  /**
   * The replica stays unusable from now on, whoever asks. The head hears of it when it is durable:
   * as a member the replica goes on with the rest until the catalogue has let it go.
   */
  private void readFailed(StreamId id, HeadMessage.Question question, String reason) {
    boolean first = !superblock.unreadable();
    if (first) {
      superblock = superblock.foundUnreadable();
      persistSuperblock();
    }
    durability.await(
        durability.lastToken(),
        false,
        () -> {
          if (first) {
            effects.accept(new ReplicaEffect.Unreadable(reason));
          }
          answerUnreadable(id, question, reason);
        });
    passBarriers();
  }

  private void answerUnreadable(StreamId id, HeadMessage.Question question, String reason) {
    ReplicaStream current = stream;
    if (current == null || !current.id().equals(id)) {
      return;
    }
    if (isMember() && !(question instanceof HeadMessage.Query)) {
      reply(current, new ReplicaMessage.Unreadable(question.request(), reason));
    } else {
      fail(reason);
    }
  }

  private boolean isMember() {
    return superblock.membership().isInSync(self);
  }

  /** Outside the in-sync set there is no way back for a replica that cannot be read (I4). */
  private boolean isGivenUp() {
    return superblock.unreadable() && !isMember();
  }

  // Membership and maps

  private void follow(Membership membership) {
    Membership before = superblock.membership();
    if (membership.generation().compareTo(before.generation()) < 0) {
      return; // the head learns from WELCOME that it is behind, and waits for the catalogue (I4)
    }
    maps.follow(
        before,
        membership,
        unstable,
        absent -> effects.accept(new ReplicaEffect.DropMap(absent, durability.nextToken())));
    superblock = superblock.following(membership);
    saveMaps();
  }

  private void settled() {
    unstable.settled();
    if (superblock.lossy()) {
      superblock = superblock.withLossy(false);
      persistSuperblock();
    }
  }

  private void query(ReplicaStream current, HeadMessage.Query query) {
    int first = Geometry.firstBlock(query.window());
    int last = Geometry.lastBlock(query.window());
    switch (query.subject()) {
      case HeadMessage.Subject.Allocated _ ->
          effects.accept(new ReplicaEffect.Serve(current.id(), query));
      case HeadMessage.Subject.Suspects _ ->
          reply(
              current,
              new ReplicaMessage.Blocks(query.request(), unstable.all().within(first, last), true));
      case HeadMessage.Subject.Dirty(ReplicaId absent) -> {
        Optional<BlockSet> exact =
            maps.exactMapOf(absent).map(map -> map.blocks().within(first, last));
        reply(
            current,
            new ReplicaMessage.Blocks(
                query.request(), exact.orElseGet(BlockSet::new), exact.isPresent()));
      }
    }
  }

  private void saveMaps() {
    maps.save((absent, full, pages) ->
        effects.accept(new ReplicaEffect.PersistMap(absent, full, pages, durability.nextToken())));
  }

  /**
   * The dirty maps go first: a block that leaves the activity map must be durable in all its maps.
   */
  private void clean(long nowNanos) {
    BlockSet quiet = regions.quiet(nowNanos, unstable);
    if (!quiet.isEmpty()) {
      saveMaps();
      regions.deactivate(quiet, effects);
    }
  }

  // Size

  private void resize(ReplicaStream current, long sizeBytes) {
    if (sizeBytes > superblock.sizeBytes()) {
      grow(sizeBytes);
    }
    durability.await(
        durability.lastToken(),
        false,
        () -> {
          if (stream == current) {
            reply(current, new ReplicaMessage.Resized(sizeBytes));
          }
        });
    passBarriers();
  }

  private long grow(long sizeBytes) {
    superblock = superblock.grownTo(sizeBytes);
    long token = durability.nextToken();
    effects.accept(new ReplicaEffect.Grow(superblock, token));
    return token;
  }

  // Durability

  private void persisted(long token) {
    durability.persisted(token);
    regions.durable();
    ReplicaStream current = stream;
    if (current != null) {
      applyWaiting(current);
    }
    passBarriers();
  }

  private long persistSuperblock() {
    long token = durability.nextToken();
    effects.accept(new ReplicaEffect.PersistSuperblock(superblock, token));
    return token;
  }

  private void passBarriers() {
    durability.pass(draining == 0);
  }

  private void reply(ReplicaStream current, ReplicaMessage message) {
    effects.accept(new ReplicaEffect.Reply(current.id(), message));
  }
}
