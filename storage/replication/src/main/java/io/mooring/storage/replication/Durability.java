package io.mooring.storage.replication;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/** What of a replica's record is durable, which syncs are under way, and who waits for that. */
final class Durability {
  private final List<Barrier> barriers = new ArrayList<>();
  private final List<SyncUnderWay> syncs = new ArrayList<>();
  private long lastToken;
  private long lastSync;
  private long durableToken;
  private long refusedToken = -1;
  private String refusal = "";

  /** A token for the next persist effect. */
  long nextToken() {
    return ++lastToken;
  }

  long lastToken() {
    return lastToken;
  }

  long durableToken() {
    return durableToken;
  }

  void persisted(long token) {
    durableToken = Math.max(durableToken, token);
  }

  /** The effect with this token was not carried out. */
  void refused(long token, String reason) {
    refusedToken = token;
    refusal = reason;
  }

  ReplicaMessage answerOf(SnapshotId snapshot, long token) {
    return token == refusedToken
        ? new ReplicaMessage.NotFrozen(snapshot, refusal)
        : new ReplicaMessage.Frozen(snapshot);
  }

  /**
   * Runs an action once everything up to a token is durable.
   *
   * @param drained and once no change of an older stream is under way
   */
  void await(long token, boolean drained, Runnable action) {
    barriers.add(new Barrier(token, drained, action));
  }

  void pass(boolean drained) {
    for (Iterator<Barrier> each = barriers.iterator(); each.hasNext(); ) {
      Barrier barrier = each.next();
      if (barrier.token() <= durableToken && (drained || !barrier.drained())) {
        each.remove();
        barrier.action().run();
      }
    }
  }

  long startSync(StreamId stream, ReplicaStream.FlushRequest flush) {
    long token = ++lastSync;
    syncs.add(new SyncUnderWay(token, stream, flush));
    return token;
  }

  Optional<SyncUnderWay> endSync(long token) {
    for (Iterator<SyncUnderWay> each = syncs.iterator(); each.hasNext(); ) {
      SyncUnderWay sync = each.next();
      if (sync.token() == token) {
        each.remove();
        return Optional.of(sync);
      }
    }
    return Optional.empty();
  }

  boolean isSyncing() {
    return !syncs.isEmpty();
  }

  private record Barrier(long token, boolean drained, Runnable action) {}

  record SyncUnderWay(long token, StreamId stream, ReplicaStream.FlushRequest flush) {}
}
