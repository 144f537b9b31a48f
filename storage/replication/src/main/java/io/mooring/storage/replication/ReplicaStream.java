package io.mooring.storage.replication;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** The one stream that a replica obeys, and what is under way on it. */
final class ReplicaStream {
  private final StreamId id;
  private final HeadMessage.Hello hello;
  private boolean welcomed;
  private long received;
  private long applied;

  /** Changes handed to the store and not known to be applied in order, oldest first. */
  private final ArrayDeque<UnderWay> underWay = new ArrayDeque<>();

  /**
   * Changes that wait for their regions to become active; later ones wait behind them, to keep the
   * order.
   */
  private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();

  private final ArrayDeque<FlushRequest> flushes = new ArrayDeque<>();

  /** Changes that came after a snapshot wait until it is frozen. */
  private int snapshotsReceived;

  private int snapshotsEnded;

  ReplicaStream(StreamId id, HeadMessage.Hello hello) {
    this.id = id;
    this.hello = hello;
  }

  StreamId id() {
    return id;
  }

  HeadMessage.Hello hello() {
    return hello;
  }

  boolean isWelcomed() {
    return welcomed;
  }

  void welcomed() {
    welcomed = true;
  }

  long received() {
    return received;
  }

  void received(long sequence) {
    Invariants.check(sequence > received, "change %s after %s", sequence, received);
    received = sequence;
  }

  ArrayDeque<Waiting> waiting() {
    return waiting;
  }

  ArrayDeque<FlushRequest> flushes() {
    return flushes;
  }

  int snapshotsReceived() {
    return snapshotsReceived;
  }

  void snapshotReceived(HeadMessage.Snapshot snapshot) {
    snapshotsReceived++;
    flushes.add(new FlushRequest(new Sequence(received), received, snapshot));
  }

  /** A snapshot is frozen or has been refused. */
  void snapshotEnded() {
    snapshotsEnded++;
  }

  boolean isFreezing() {
    return snapshotsEnded < snapshotsReceived;
  }

  /** The next change that need not wait any longer. */
  HeadMessage.@Nullable Change takeWaiting(long durableToken) {
    Waiting next = waiting.peek();
    if (next == null || next.token > durableToken || next.behindSnapshots > snapshotsEnded) {
      return null;
    }
    return waiting.remove().change;
  }

  /** Changes that the store still works on. */
  int unfinished() {
    int unfinished = 0;
    for (UnderWay change : underWay) {
      if (!change.done) {
        unfinished++;
      }
    }
    return unfinished;
  }

  void handedToStore(long sequence) {
    underWay.add(new UnderWay(sequence));
  }

  /** Notes a finished change and answers with what the head may be told about it. */
  ReplicaMessage applied(Sequence sequence) {
    for (UnderWay change : underWay) {
      if (change.sequence == sequence.value()) {
        change.done = true;
        break;
      }
    }
    long before = applied;
    for (UnderWay oldest = underWay.peek();
        oldest != null && oldest.done;
        oldest = underWay.peek()) {
      applied = oldest.sequence;
      underWay.remove();
    }
    return applied > before && applied >= sequence.value()
        ? new ReplicaMessage.Applied(new Sequence(applied))
        : new ReplicaMessage.AppliedOne(sequence);
  }

  /** The next flush whose changes are all applied. */
  @Nullable FlushRequest takeReadyFlush() {
    FlushRequest next = flushes.peek();
    if (next == null
        || !waiting.isEmpty() && waiting.peek().change.sequence().value() <= next.received) {
      return null;
    }
    UnderWay oldest = underWay.peek();
    if (oldest != null && oldest.sequence <= next.received) {
      return null;
    }
    return flushes.remove();
  }

  /** A change that the store works on. */
  private static final class UnderWay {
    private final long sequence;
    private boolean done;

    private UnderWay(long sequence) {
      this.sequence = sequence;
    }
  }

  /** A change, the token whose persistence it waits for, and how many snapshots came before it. */
  record Waiting(HeadMessage.Change change, long token, int behindSnapshots) {}

  /**
   * A flush and the newest change that had been received when it came.
   *
   * @param snapshot to be taken once the flush is done
   */
  record FlushRequest(Sequence upTo, long received, HeadMessage.@Nullable Snapshot snapshot) {}
}
