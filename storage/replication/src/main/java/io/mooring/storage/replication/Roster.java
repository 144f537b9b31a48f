package io.mooring.storage.replication;

import io.mooring.storage.replication.HeadMessage.Membership;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * Which replicas the head counts on, and what of that is durable. Nothing is done under a
 * membership before it is durable here: a restarted agent must not fall back to a set that was left
 * behind (I4), nor forget a replica that the catalogue may have taken in (I1).
 */
final class Roster {
  private final Outbox outbox;
  private final Promise promise;
  private final TreeMap<ReplicaId, Generation> pendingJoiners = new TreeMap<>();
  private final ArrayDeque<Awaited> awaited = new ArrayDeque<>();

  /** What the head acts on. */
  private Membership membership;

  /** What the catalogue has said last. */
  private Membership newest;

  private long lastToken;

  Roster(Outbox outbox, HeadRecord start) {
    this.outbox = outbox;
    this.promise = start.promise();
    this.membership = start.membership();
    this.newest = start.membership();
    for (ReplicaId joiner : start.pendingJoiners()) {
      pendingJoiners.put(joiner, start.membership().generation());
    }
  }

  Membership membership() {
    return membership;
  }

  boolean isPending(ReplicaId replica) {
    return pendingJoiners.containsKey(replica);
  }

  List<ReplicaId> pendingJoiners() {
    return new ArrayList<>(pendingJoiners.keySet());
  }

  /** Makes the record durable and then goes on. */
  void persist(Runnable then) {
    long token = ++lastToken;
    awaited.add(new Awaited(token, then));
    outbox.add(
        new HeadEffect.PersistRecord(new HeadRecord(promise, newest, pendingJoiners()), token));
  }

  void persisted(long token) {
    while (!awaited.isEmpty() && awaited.peek().token() <= token) {
      awaited.remove().then().run();
    }
  }

  /** From now on the replica is a member as long as nobody knows better. */
  void addPending(ReplicaId replica) {
    pendingJoiners.put(replica, newest.generation());
  }

  /** The catalogue hears that a pending joiner has caught up, as of the current generation. */
  void reportedCaughtUp(ReplicaId replica) {
    pendingJoiners.put(replica, membership.generation());
  }

  /** True if the state says something new. */
  boolean isNews(Membership state) {
    return state.generation().compareTo(newest.generation()) > 0;
  }

  /**
   * Takes over a newer membership; {@code then} runs once it is durable.
   *
   * <p>A pending joiner is given up only if it is lost and the catalogue has moved past every
   * generation at which it was reported: an older report that is still under way is refused by
   * then.
   */
  void follow(Membership state, List<ReplicaId> lost, Runnable then) {
    newest = state;
    pendingJoiners
        .entrySet()
        .removeIf(joiner ->
            state.isInSync(joiner.getKey())
                || !state.absent().contains(joiner.getKey())
                || lost.contains(joiner.getKey())
                    && state.generation().compareTo(joiner.getValue()) > 0);
    persist(() -> {
      if (membership.generation().compareTo(state.generation()) < 0) {
        membership = state;
      }
      then.run();
    });
  }

  private record Awaited(long token, Runnable then) {}
}
