package io.mooring.storage.replication;

import java.util.List;
import java.util.Optional;

/**
 * Makes the members equal before the head serves. A write that was never acknowledged may be on
 * some of them only; whatever a read shows once must stay. What they can differ in are their
 * suspects: those are compared, and what differs is copied from one member to the others.
 */
final class Reconcile {
  private static final int CHUNKS_IN_FLIGHT = 8;

  private final Run run;
  private final List<Link> members;
  private final Runnable done;
  private final BlockSet suspects = new BlockSet();
  private int surveysMissing;
  private BlockRuns chunks;
  private int chunksInFlight;
  private long flushedWhen = Long.MAX_VALUE;

  /**
   * Prepares a reconcile.
   *
   * @param members all members; the first is the one that the others are made equal to
   */
  Reconcile(Run run, List<Link> members, Runnable done) {
    this.run = run;
    this.members = members;
    this.done = done;
    this.chunks = new BlockRuns(suspects, run.chunkBytes(), run.sizeBytes());
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
      ByteRange range = runs.next();
      run.inquiries()
          .ask(
              this,
              members.getFirst(),
              id -> new HeadMessage.Read(id, range),
              answer -> copy(range, answer));
    }
    chunkEnded();
  }

  private void copy(ByteRange range, ReplicaMessage answer) {
    if (!(answer instanceof ReplicaMessage.Data(RequestId payload, boolean zeros))) {
      throw new Invariants.Violation("answer to a read: " + answer);
    }
    Writes.CopySource source = new Writes.CopySource(range, payload, zeros);
    for (Link member : members.subList(1, members.size())) {
      run.writes().copy(member, source, null, () -> {});
    }
    run.outbox().add(new HeadEffect.Release(payload));
    chunkEnded();
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
    for (Link member : members) {
      member.open().settled();
      run.outbox().send(member, new HeadMessage.Settled());
    }
    done.run();
  }
}
