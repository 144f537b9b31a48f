package io.mooring.storage.replication;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Makes the members equal before the head serves. A write that was never acknowledged may be on
 * some of them only; whatever a read shows once must stay. What they can differ in are their
 * suspects: those are compared, and what differs is copied from one member to the others.
 */
final class Reconcile {
  private static final int CHUNKS_IN_FLIGHT = 16;

  private final Run run;
  private final List<Link> members;
  private final Consumer<List<Link>> done;
  private final List<Link> sources;
  private final BlockSet suspects = new BlockSet();
  private int surveysMissing;
  private BlockRuns chunks;
  private int chunksInFlight;
  private boolean everythingRead = true;
  private long flushedWhen = Long.MAX_VALUE;

  /**
   * Prepares a reconcile.
   *
   * @param members all members; the first is the one that the others are made equal to, and where
   *     it cannot be read, the next that has lost nothing either
   * @param done gets the members that could not be made equal, because nobody can be read where
   *     they are to follow
   */
  Reconcile(Run run, List<Link> members, Consumer<List<Link>> done) {
    this.run = run;
    this.members = members;
    this.done = done;
    this.chunks = new BlockRuns(suspects, run.chunkBytes(), run.sizeBytes());
    boolean lossy = members.getFirst().open().isLossy();
    this.sources = members.stream().filter(member -> member.open().isLossy() == lossy).toList();
  }

  void start() {
    if (members.size() == 1) {
      flush();
      return;
    }
    surveysMissing = members.size();
    for (Link member : members) {
      Survey.start(
          run.inquiries(),
          this,
          member,
          new HeadMessage.Subject.Suspects(),
          run.sizeBytes(),
          this::surveyed);
    }
  }

  void cancel() {
    run.inquiries().drop(this);
  }

  private void surveyed(Optional<BlockSet> blocks) {
    blocks.ifPresent(suspects::addAll);
    if (--surveysMissing == 0) {
      chunks = new BlockRuns(suspects, run.chunkBytes(), run.sizeBytes());
      compareMore();
    }
  }

  private void compareMore() {
    while (chunksInFlight < CHUNKS_IN_FLIGHT && chunks.hasNext()) {
      chunksInFlight++;
      DigestComparison.start(run.inquiries(), this, members, chunks.next(), this::copy);
    }
    if (chunksInFlight == 0) {
      flush();
    }
  }

  private void copy(BlockSet differing) {
    BlockRuns runs = new BlockRuns(differing, run.chunkBytes(), run.sizeBytes());
    while (runs.hasNext()) {
      chunksInFlight++;
      read(runs.next(), 0);
    }
    chunkEnded();
  }

  private void read(ByteRange range, int source) {
    run.inquiries()
        .ask(
            this,
            sources.get(source),
            id -> new HeadMessage.Read(id, range),
            answer -> copy(range, source, answer));
  }

  private void copy(ByteRange range, int source, ReplicaMessage.Answer answer) {
    if (answer instanceof ReplicaMessage.Unreadable) {
      unreadable(range, source);
      return;
    }
    if (!(answer instanceof ReplicaMessage.Data(RequestId payload, boolean zeros))) {
      throw new Invariants.Violation("answer to a read: " + answer);
    }
    Writes.CopySource content = new Writes.CopySource(range, payload, zeros);
    for (Link member : members) {
      if (member != sources.get(source)) {
        run.writes().copy(member, content, null, () -> {});
      }
    }
    run.outbox().add(new HeadEffect.Release(payload));
    chunkEnded();
  }

  /** Another member may have it; if none has all of it, each part is looked for by itself. */
  private void unreadable(ByteRange range, int source) {
    if (source + 1 < sources.size()) {
      read(range, source + 1);
    } else if (range.length() > Geometry.SECTOR_BYTES) {
      chunksInFlight++;
      range.halves(Geometry.SECTOR_BYTES).forEach(half -> read(half, 0));
    } else {
      everythingRead = false;
      chunkEnded();
    }
  }

  private void chunkEnded() {
    chunksInFlight--;
    compareMore();
  }

  /**
   * What was copied must be durable before the suspects are forgotten; also what only suspects knew
   * of.
   */
  private void flush() {
    flushedWhen = run.writes().skipSequence();
    run.writes().flushes().sendToAll(flushedWhen);
  }

  void flushed() {
    for (Link member : members) {
      if (member.open().flushed() < flushedWhen) {
        return;
      }
    }
    flushedWhen = Long.MAX_VALUE;
    List<Link> equal = everythingRead ? members : sources;
    for (Link member : equal) {
      member.open().settled();
      run.outbox().send(member, new HeadMessage.Settled());
    }
    done.accept(members.stream().filter(member -> !equal.contains(member)).toList());
  }
}
