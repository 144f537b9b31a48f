package io.mooring.storage.replication;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** All replicas of the volume as the head sees them, sorted by id. */
final class Links {
  private static final int REPLICAS_MAX = Integer.SIZE;

  private final Optional<ReplicaId> local;
  private final List<Link> all = new ArrayList<>();
  private int usedBits;
  private int requiredBits;

  Links(Optional<ReplicaId> local) {
    this.local = local;
  }

  List<Link> all() {
    return all;
  }

  /** The link of a replica, made if there is none. */
  Link of(ReplicaId replica) {
    Link known = find(replica);
    if (known != null) {
      return known;
    }
    int bit = Integer.lowestOneBit(~usedBits);
    Invariants.check(all.size() < REPLICAS_MAX, "more than %s replicas", REPLICAS_MAX);
    usedBits |= bit;
    Link link = new Link(replica, bit, !local.equals(Optional.of(replica)));
    int position = 0;
    while (position < all.size() && all.get(position).replica().compareTo(replica) < 0) {
      position++;
    }
    all.add(position, link);
    return link;
  }

  @Nullable Link find(ReplicaId replica) {
    for (Link link : all) {
      if (link.replica().equals(replica)) {
        return link;
      }
    }
    return null;
  }

  @Nullable Link find(StreamId stream) {
    for (int i = 0; i < all.size(); i++) {
      Link link = all.get(i);
      if (link.carries(stream)) {
        return link;
      }
    }
    return null;
  }

  /**
   * Required replicas that cannot be read everywhere, if they can be spared: a member is there that
   * can, and has lost nothing. Otherwise none.
   */
  List<Link> unreadableToSpare(HeadMessage.Membership membership) {
    List<Link> unreadable =
        required().stream().filter(link -> link.isOpen() && link.open().isUnreadable()).toList();
    boolean spared =
        !unreadable.isEmpty()
            && readable(membership).stream()
                .anyMatch(link -> !link.open().isUnreadable() && !link.open().isLossy());
    return spared ? unreadable : List.of();
  }

  void remove(Link link) {
    require(link, false);
    all.remove(link);
    usedBits &= ~link.bit();
  }

  void require(Link link, boolean required) {
    link.required(required);
    requiredBits = required ? requiredBits | link.bit() : requiredBits & ~link.bit();
  }

  /** The bits of all replicas without which nothing is acknowledged. */
  int requiredBits() {
    return requiredBits;
  }

  int openBits() {
    int bits = 0;
    for (int i = 0; i < all.size(); i++) {
      Link link = all.get(i);
      if (link.isOpen()) {
        bits |= link.bit();
      }
    }
    return bits;
  }

  List<Link> required() {
    return all.stream().filter(Link::isRequired).toList();
  }

  /** Required replicas without a stream. */
  List<Link> missing() {
    return all.stream().filter(link -> link.isRequired() && !link.isOpen()).toList();
  }

  int requiredOpen() {
    int count = 0;
    for (int i = 0; i < all.size(); i++) {
      Link link = all.get(i);
      if (link.isRequired() && link.isOpen()) {
        count++;
      }
    }
    return count;
  }

  /**
   * Open members of the in-sync set, of which alone may be read (I4): those that could always be
   * read first, and the local one before others.
   */
  List<Link> readable(HeadMessage.Membership membership) {
    List<Link> readable = new ArrayList<>();
    boolean unreadable = false;
    for (Link link : all) {
      if (link.isOpen() && link.isRequired() && membership.isInSync(link.replica())) {
        readable.add(link.isOrdered() ? readable.size() : 0, link);
        unreadable |= link.open().isUnreadable();
      }
    }
    if (unreadable) {
      readable.sort(Comparator.comparing(link -> link.open().isUnreadable()));
    }
    return readable;
  }
}
