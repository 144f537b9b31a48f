package io.mooring.volumemanager.volume;

import io.mooring.schemas.ReplicaRole;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The replicas of a volume under one generation. Every change of the list or of a role gives the
 * next generation; heads base their reports on it.
 *
 * @param generation version of this set
 * @param lastNumber highest number that was ever given to a replica
 * @param members the replicas, oldest first
 */
public record ReplicaSet(Generation generation, int lastNumber, List<Replica> members) {

  public ReplicaSet {
    members = List.copyOf(members);
    long distinct = members.stream().map(Replica::id).distinct().count();
    if (distinct != members.size()) {
      throw new IllegalStateException("a replica is listed twice: " + members);
    }
  }

  /** A new volume is all zero everywhere, so all its replicas are in sync. */
  static ReplicaSet placedOn(List<PoolId> pools, Instant now) {
    List<Replica> members = new ArrayList<>();
    for (PoolId pool : pools) {
      members.add(
          new Replica(
              ReplicaId.numbered(members.size() + 1),
              pool,
              ReplicaRole.IN_SYNC,
              Generation.FIRST,
              now,
              false,
              null));
    }
    return new ReplicaSet(Generation.FIRST, members.size(), members);
  }

  public List<Replica> inSync() {
    return members.stream().filter(Replica::isInSync).toList();
  }

  public Optional<Replica> find(ReplicaId id) {
    return members.stream().filter(replica -> replica.id().equals(id)).findFirst();
  }

  public Stream<Replica> in(ReplicaRole role) {
    return members.stream().filter(replica -> replica.role() == role);
  }

  boolean isOnlyInSync(ReplicaId id) {
    List<Replica> inSync = inSync();
    return inSync.size() == 1 && inSync.getFirst().id().equals(id);
  }

  /** In-sync replicas that match, unless they are all of them: the set is never emptied (I1). */
  List<Replica> inSyncThatMayGo(Predicate<Replica> unreachable) {
    List<Replica> inSync = inSync();
    List<Replica> going = inSync.stream().filter(unreachable).toList();
    return going.size() == inSync.size() ? List.of() : going;
  }

  /** Gives the same role to some replicas, in one generation. */
  ReplicaSet withRole(List<Replica> changed, ReplicaRole role, Instant now) {
    if (changed.isEmpty()) {
      return this;
    }
    Set<ReplicaId> ids = changed.stream().map(Replica::id).collect(Collectors.toSet());
    Generation next = generation.next();
    return new ReplicaSet(
        next,
        lastNumber,
        members.stream().map(r -> ids.contains(r.id()) ? r.in(role, next, now) : r).toList());
  }

  ReplicaSet withJoining(PoolId pool, Instant now) {
    return withJoining(pool, null, now);
  }

  /** A joining replica; the replaced one, if given, is released when the new one is in sync. */
  ReplicaSet withJoining(PoolId pool, @Nullable ReplicaId replaced, Instant now) {
    Generation next = generation.next();
    int number = lastNumber + 1;
    List<Replica> more = new ArrayList<>(members);
    more.add(
        new Replica(
            ReplicaId.numbered(number), pool, ReplicaRole.JOINING, next, now, false, replaced));
    return new ReplicaSet(next, number, more);
  }

  ReplicaSet without(List<Replica> gone) {
    if (gone.isEmpty()) {
      return this;
    }
    return new ReplicaSet(
        generation.next(), lastNumber, members.stream().filter(r -> !gone.contains(r)).toList());
  }

  /** Ends moves without releasing anything; roles stay, so the generation does too. */
  ReplicaSet withoutMoves(Predicate<Replica> over) {
    return new ReplicaSet(
        generation,
        lastNumber,
        members.stream().map(r -> over.test(r) ? r.withoutMove() : r).toList());
  }

  /** Remembers what an agent said about a replica; its role stays, so the generation does too. */
  ReplicaSet withUnusable(ReplicaId id) {
    UnaryOperator<Replica> mark = r -> r.id().equals(id) ? r.markedUnusable() : r;
    return new ReplicaSet(generation, lastNumber, members.stream().map(mark).toList());
  }
}
