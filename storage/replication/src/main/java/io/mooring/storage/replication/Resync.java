package io.mooring.storage.replication;

import io.mooring.storage.replication.HeadMessage.Membership;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Brings one replica back into the in-sync set (I4).
 *
 * <pre>
 *   WAITING ─▶ SURVEYING ─▶ COMPARING ─▶ COPYING ─▶ FLUSHING ─▶ JOINING ─▶ CAUGHT_UP
 * </pre>
 *
 * A range that no member can read ends the attempt as BLOCKED, after everything else was copied:
 * the replica stays outside until the range is written anew or another member can read it.
 *
 * <p>The replica gets every new write from the start. While JOINING its acknowledgement is already
 * required; only when a flush from after that moment is complete everywhere may the catalogue hear
 * of it. Otherwise the set could grow by a replica that still lacks writes which were acknowledged
 * or flushed without it (I1).
 */
final class Resync {
  /**
   * Digests of so many chunks are under way at a time: most of them are of holes and cost nothing.
   */
  private static final int COMPARED_CHUNKS = 16;

  /** Locks that the client's writes may meet at a time. */
  private static final int RANGES_MAX = 32;

  /** See the diagram above. */
  enum Stage {
    WAITING,
    SURVEYING,
    COMPARING,
    COPYING,
    FLUSHING,
    JOINING,
    CAUGHT_UP,
    BLOCKED
  }

  private final Run run;
  private final Link target;
  private final boolean earlierAttempt;
  private final long startedAt;
  private final List<Claim> locks = new ArrayList<>();
  private Stage stage = Stage.WAITING;
  private BlockSet toCopy = new BlockSet();
  private BlockSet toCompare = new BlockSet();
  private BlockRuns chunks;
  private List<Link> sources = List.of();
  private int rangesInFlight;
  private long bytesInFlight;
  private boolean unreadable;
  private long flushPoint;
  private long bytesCopied;
  private long bytesCompared;

  /**
   * Prepares a resync.
   *
   * @param earlierAttempt this head has begun to copy before: most of it is there, so it is
   *     compared instead
   */
  Resync(Run run, Link target, boolean earlierAttempt) {
    this.run = run;
    this.target = target;
    this.earlierAttempt = earlierAttempt;
    this.startedAt = run.outbox().now();
    this.chunks = new BlockRuns(toCopy, run.chunkBytes(), run.sizeBytes());
  }

  Link target() {
    return target;
  }

  Stage stage() {
    return stage;
  }

  HeadEffect.ResyncStatistics statistics() {
    return new HeadEffect.ResyncStatistics(
        bytesCopied, bytesCompared, run.outbox().now() - startedAt);
  }

  ResyncProgress progress() {
    long left = chunks.bytesLeft();
    if (stage == Stage.COMPARING) {
      left += toCopy.size() * Geometry.BLOCK_BYTES;
    }
    return new ResyncProgress(target.replica(), bytesCopied, bytesCompared, left);
  }

  /** True if what is still to be done needs this replica's content. */
  boolean reads(Link link) {
    return switch (stage) {
      case WAITING, SURVEYING, COMPARING, COPYING -> sources.contains(link);
      case FLUSHING, JOINING, CAUGHT_UP, BLOCKED -> false;
    };
  }

  void cancel() {
    run.inquiries().drop(this);
    locks.forEach(run.writes()::unlock);
    locks.clear();
  }

  /** Goes on as far as possible. True at the moment the replica has caught up. */
  boolean advance(Membership membership, TokenBucket bucket) {
    Stage first = stage;
    Stage before;
    do {
      before = stage;
      switch (before) {
        case WAITING -> survey(membership);
        case COMPARING -> compareMore();
        case COPYING -> copyMore(bucket);
        case FLUSHING -> joinWhenFlushed();
        case JOINING -> settleWhenStable();
        case SURVEYING, CAUGHT_UP, BLOCKED -> {}
      }
    } while (stage != before);
    return stage == Stage.CAUGHT_UP && first != Stage.CAUGHT_UP;
  }

  // What to copy

  /** Waits for the writes from before the stream: what the members answer must include them. */
  private void survey(Membership membership) {
    sources = run.links().readable(membership);
    boolean known = target.open().welcomedAt().compareTo(membership.generation()) <= 0;
    if (known
        && !sources.isEmpty()
        && run.writes().acknowledgedUpTo() >= target.open().openedAfter()) {
      stage = Stage.SURVEYING;
      surveyDirty(sources.iterator());
    }
  }

  private void surveyDirty(Iterator<Link> candidates) {
    if (!candidates.hasNext()) {
      survey(sources.getFirst(), new HeadMessage.Subject.Allocated(), this::surveyAllocatedTarget);
      return;
    }
    HeadMessage.Subject dirty = new HeadMessage.Subject.Dirty(target.replica());
    surveyOptional(
        candidates.next(),
        dirty,
        exact -> exact.ifPresentOrElse(this::surveySuspects, () -> surveyDirty(candidates)));
  }

  private void surveySuspects(BlockSet dirty) {
    survey(
        target,
        new HeadMessage.Subject.Suspects(),
        suspects -> {
          suspects.removeAll(dirty);
          surveyed(dirty, suspects);
        });
  }

  private void surveyAllocatedTarget(BlockSet atSource) {
    survey(
        target,
        new HeadMessage.Subject.Allocated(),
        atTarget -> {
          BlockSet onlySource = atSource.copy();
          onlySource.removeAll(atTarget);
          surveyed(onlySource, atTarget);
        });
  }

  private void survey(Link link, HeadMessage.Subject subject, Consumer<BlockSet> then) {
    surveyOptional(
        link,
        subject,
        found ->
            then.accept(
                found.orElseThrow(() -> new Invariants.Violation("inexact answer: " + subject))));
  }

  private void surveyOptional(
      Link link, HeadMessage.Subject subject, Consumer<Optional<BlockSet>> then) {
    Survey.start(run.inquiries(), this, link, subject, run.sizeBytes(), then);
  }

  private void surveyed(BlockSet copy, BlockSet compare) {
    toCopy = copy;
    toCompare = compare;
    if (earlierAttempt) {
      toCompare.addAll(copy);
      toCopy.clear();
    }
    stage = Stage.COMPARING;
    chunks = new BlockRuns(toCompare, run.chunkBytes(), run.sizeBytes());
    compareMore();
  }

  // Comparing and copying

  private void compareMore() {
    while (hasRoom(COMPARED_CHUNKS) && chunks.hasNext()) {
      ByteRange range = chunks.next();
      begun(range);
      DigestComparison.start(
          run.inquiries(),
          this,
          List.of(sources.getFirst(), target),
          range,
          differing -> {
            toCopy.addAll(differing);
            bytesCompared += range.length();
            ended(range);
          });
    }
    if (rangesInFlight == 0) {
      stage = Stage.COPYING;
      chunks = new BlockRuns(toCopy, run.chunkBytes(), run.sizeBytes());
    }
  }

  /** Small ranges are limited by their bytes: each waits for its answers, not for the rate. */
  private boolean hasRoom(int chunks) {
    return bytesInFlight < (long) chunks * run.chunkBytes() && rangesInFlight < RANGES_MAX;
  }

  private void begun(ByteRange range) {
    rangesInFlight++;
    bytesInFlight += range.length();
  }

  private void ended(ByteRange range) {
    rangesInFlight--;
    bytesInFlight -= range.length();
  }

  private void copyMore(TokenBucket bucket) {
    int copied = run.settings().limits().resync().chunksInFlight();
    while (hasRoom(copied) && chunks.hasNext() && bucket.hasTokens()) {
      ByteRange range = chunks.next();
      begun(range);
      bucket.take(range.length());
      copy(range);
    }
    if (rangesInFlight > 0 || chunks.hasNext()) {
      return;
    }
    if (unreadable) {
      stage = Stage.BLOCKED;
    } else {
      stage = Stage.FLUSHING;
      flushPoint = run.writes().skipSequence();
      run.writes().flushes().sendTo(target, flushPoint);
    }
  }

  /**
   * A write between the read and the copy would be undone by the copy: the range is locked until
   * the copy is ordered before every later write.
   */
  private void copy(ByteRange range) {
    Claim[] lock = new Claim[1];
    lock[0] = run.writes().lock(range, () -> read(range, 0, lock[0]));
    locks.add(lock[0]);
  }

  private void read(ByteRange range, int source, Claim lock) {
    run.inquiries()
        .ask(
            this,
            sources.get(source),
            id -> new HeadMessage.Read(id, range),
            answer -> {
              if (answer instanceof ReplicaMessage.Unreadable) {
                unreadable(range, source, lock);
              } else {
                copy(range, lock, answer);
              }
            });
  }

  /** Another member may have it; if none has all of it, each part is copied by itself. */
  private void unreadable(ByteRange range, int source, Claim lock) {
    if (source + 1 < sources.size()) {
      read(range, source + 1, lock);
      return;
    }
    locks.remove(lock);
    run.writes().unlock(lock);
    ended(range);
    if (range.length() > Geometry.SECTOR_BYTES) {
      for (ByteRange half : range.halves(Geometry.SECTOR_BYTES)) {
        begun(half);
        copy(half);
      }
    } else {
      unreadable = true;
    }
  }

  private void copy(ByteRange range, Claim lock, ReplicaMessage.Answer answer) {
    if (!(answer instanceof ReplicaMessage.Data(RequestId payload, boolean zeros))) {
      throw new Invariants.Violation("answer to a read: " + answer);
    }
    locks.remove(lock);
    Writes.CopySource source = new Writes.CopySource(range, payload, zeros);
    run.writes().copy(target, source, lock, () -> ended(range));
    run.outbox().add(new HeadEffect.Release(payload));
    bytesCopied += range.length();
  }

  // Joining

  private void joinWhenFlushed() {
    if (target.open().flushed() >= flushPoint && target.open().sizeBytes() >= run.sizeBytes()) {
      run.links().require(target, true);
      stage = Stage.JOINING;
      flushPoint = run.writes().skipSequence();
      run.writes().flushes().sendToAll(flushPoint);
    }
  }

  private void settleWhenStable() {
    if (run.writes().flushes().stable() >= flushPoint) {
      target.open().settled();
      run.outbox().send(target, new HeadMessage.Settled());
      stage = Stage.CAUGHT_UP;
    }
  }
}
