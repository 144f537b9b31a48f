package io.mooring.storage.replication;

import io.mooring.storage.replication.HeadMessage.Membership;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The way to serving: every required replica has promised this run and all of them are equal.
 *
 * <p>A member may come back without writes that it had acknowledged and not flushed (its machine
 * crashed). It is welcome as long as an intact member is there to be copied from; members are given
 * up only in favour of an intact one.
 */
final class Opening {
  private final Run run;
  private final Runnable opened;
  private long waitingSince;
  private boolean memberSeen;
  private @Nullable Reconcile reconcile;
  private List<Link> incomparable = List.of();

  Opening(Run run, Runnable opened) {
    this.run = run;
    this.opened = opened;
    this.waitingSince = run.outbox().now();
  }

  /** What to do next. */
  enum Step {
    /** Nothing but wait. */
    WAIT,
    /** Missing replicas have had their time and there is an intact member without them. */
    REPORT_MISSING,
    /** Replicas that cannot be read, or not be made equal to what cannot, can be spared. */
    REPORT_UNREADABLE,
    /** Every member has lost its memory, so the best that is left is what was flushed. */
    ONLY_LOSSY_MEMBERS,
    /** All are there and one is intact, or it need not be. */
    RECONCILE
  }

  Step nextStep(Membership membership) {
    List<Link> members = run.links().readable(membership);
    if (!memberSeen && !members.isEmpty()) {
      memberSeen = true;
      waitingSince = run.outbox().now();
    }
    if (reconcile != null) {
      return Step.WAIT;
    }
    if (!unreadable(membership).isEmpty()) {
      return Step.REPORT_UNREADABLE;
    }
    boolean intact = members.stream().anyMatch(member -> !member.open().isLossy());
    if (!run.links().missing().isEmpty()) {
      boolean late = run.outbox().now() - waitingSince >= run.timing().openNanos();
      return intact && late ? Step.REPORT_MISSING : Step.WAIT;
    }
    if (knowsMore(membership) || members.isEmpty() || !run.writes().isQuiet()) {
      return Step
          .WAIT; // copies of an attempt that was given up must not land on what is compared now
    }
    return run.links().required().stream().allMatch(link -> link.open().isLossy())
        ? Step.ONLY_LOSSY_MEMBERS
        : Step.RECONCILE;
  }

  /**
   * True if a replica has seen a newer membership than the head: the catalogue has to say which
   * (I4).
   */
  private boolean knowsMore(Membership membership) {
    return run.links().required().stream()
        .anyMatch(link -> link.open().welcomedAt().compareTo(membership.generation()) > 0);
  }

  /** Whom the volume is better off without, if anybody. */
  List<Link> unreadable(Membership membership) {
    return incomparable.isEmpty() ? run.links().unreadableToSpare(membership) : incomparable;
  }

  boolean hasSeenMember() {
    return memberSeen;
  }

  void reconcile(Membership membership) {
    List<Link> members = new ArrayList<>(run.links().readable(membership));
    for (Link link : run.links().required()) {
      if (!members.contains(link)) {
        members.add(link);
      }
    }
    // Whoever has lost nothing comes first; those that can be read stay before those that cannot.
    members.sort(Comparator.comparing(member -> member.open().isLossy()));
    reconcile = new Reconcile(run, members, this::reconciled);
    reconcile.start();
  }

  /**
   * What no intact member can read cannot be taken from a lossy one either: it may be older than
   * what was acknowledged. So the lossy ones go (I1).
   */
  private void reconciled(List<Link> cannotFollow) {
    if (cannotFollow.isEmpty()) {
      opened.run();
    } else {
      incomparable = cannotFollow;
      reconcile = null;
    }
  }

  void flushed() {
    if (reconcile != null) {
      reconcile.flushed();
    }
  }

  /**
   * A member has gone or the membership has changed: what was compared so far says nothing any
   * more.
   */
  void restart() {
    incomparable = List.of();
    if (reconcile != null) {
      reconcile.cancel();
      reconcile = null;
    }
  }
}
