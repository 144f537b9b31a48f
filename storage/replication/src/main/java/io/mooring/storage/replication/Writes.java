package io.mooring.storage.replication;

import io.mooring.storage.replication.HeadSettings.FlushProfile;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Changes from request to acknowledgement.
 *
 * <p>A change goes to every open stream and is acknowledged when every required replica has applied
 * it and none is lost (I1, I3). Changes that overlap go one after the other, so that replicas whose
 * writes run side by side cannot end up different.
 */
final class Writes {
  private final Outbox outbox;
  private final Links links;
  private final ChangeWindow window = new ChangeWindow();
  private final Claims claims = new Claims();
  private final List<Waiter> waiting = new ArrayList<>();
  private final Flushes flushes;
  private boolean issuing;
  private boolean held;
  private boolean acknowledging;
  private boolean claimsReleased;
  private long newestAcknowledged;
  private long lastRequestAt;

  Writes(Outbox outbox, Links links, FlushProfile profile) {
    this.outbox = outbox;
    this.links = links;
    this.flushes = new Flushes(outbox, links, window, profile);
  }

  Flushes flushes() {
    return flushes;
  }

  Claims claims() {
    return claims;
  }

  /** Newest sequence in use. */
  long issued() {
    return window.last();
  }

  long acknowledgedUpTo() {
    return window.acknowledgedUpTo();
  }

  /** True if a write was acknowledged that is not known to be durable everywhere. */
  boolean hasUnstableAcknowledged() {
    return newestAcknowledged > flushes.stable();
  }

  long lastRequestAt() {
    return lastRequestAt;
  }

  boolean hasWaiting() {
    return !waiting.isEmpty();
  }

  // Requests

  void request(RequestId request, ByteRange range, boolean zero, boolean durable) {
    lastRequestAt = outbox.now();
    Claim claim = claims.add(range);
    if (issuing && !held && !claims.isBlocked(claim)) {
      issue(request, range, zero, durable, claim);
    } else {
      waiting.add(new Waiter.Request(request, range, zero, durable, claim));
      outbox.add(new HeadEffect.Queued(request));
    }
  }

  private void issue(
      RequestId request, ByteRange range, boolean zero, boolean durable, Claim claim) {
    claim.grant();
    Change change = new Change(window.nextSequence(), durable ? null : request, claim, null);
    window.add(change);
    Sequence sequence = new Sequence(change.sequence());
    Sequence stable = flushes.stableSequence();
    send(
        change,
        zero
            ? new HeadMessage.Zero(sequence, range, stable)
            : new HeadMessage.Write(sequence, range, stable, request));
    flushes.issued(durable ? request : null);
  }

  private void send(Change change, HeadMessage message) {
    for (int i = 0; i < links.all().size(); i++) {
      Link link = links.all().get(i);
      if (link.isOpen()) {
        send(change, message, link);
      }
    }
  }

  private void send(Change change, HeadMessage message, Link link) {
    change.sentTo(link.bit());
    link.open().sentChange(change.sequence(), outbox.now());
    outbox.send(link, message);
  }

  /**
   * Copies a range to one replica.
   *
   * @param lock what {@link #lock} has given for the range, if other changes may be under way; it
   *     is given back as soon as no later change can be overtaken by the copy
   * @param whenApplied runs when the copy is there, and never if the stream breaks first
   */
  void copy(Link target, CopySource source, @Nullable Claim lock, Runnable whenApplied) {
    boolean keepsOrder = target.isOrdered();
    Change change = new Change(window.nextSequence(), null, keepsOrder ? null : lock, whenApplied);
    change.acknowledged();
    window.add(change);
    Sequence sequence = new Sequence(change.sequence());
    Sequence stable = flushes.stableSequence();
    send(
        change,
        source.zeros()
            ? new HeadMessage.Zero(sequence, source.range(), stable)
            : new HeadMessage.Copy(sequence, source.range(), stable, source.payload()),
        target);
    flushes.issued(null);
    if (keepsOrder && lock != null) {
      release(lock);
    }
  }

  /** The content of a range that was read to be copied. */
  record CopySource(ByteRange range, RequestId payload, boolean zeros) {}

  /** Keeps writes away from a range; {@code granted} runs once those under way there have ended. */
  Claim lock(ByteRange range, Runnable granted) {
    Claim claim = claims.add(range);
    waiting.add(new Waiter.Lock(claim, granted));
    claimsReleased = true;
    return claim;
  }

  void unlock(Claim claim) {
    waiting.removeIf(waiter -> waiter.claim() == claim);
    release(claim);
  }

  private void release(Claim claim) {
    claims.remove(claim);
    claimsReleased = true;
  }

  /** Lets go what waited for a claim that is free now. True if anything has changed. */
  boolean grantReleased() {
    if (!claimsReleased) {
      return false;
    }
    claimsReleased = false;
    if (waiting.isEmpty()) {
      return true;
    }
    List<Waiter> granted = new ArrayList<>();
    waiting.removeIf(waiter -> {
      boolean free =
          (issuing && !held || waiter instanceof Waiter.Lock) && !claims.isBlocked(waiter.claim());
      if (free) {
        granted.add(waiter);
      }
      return free;
    });
    for (Waiter waiter : granted) {
      switch (waiter) {
        case Waiter.Request(
                RequestId request,
                ByteRange range,
                boolean zero,
                boolean durable,
                Claim claim) ->
            issue(request, range, zero, durable, claim);
        case Waiter.Lock(Claim claim, Runnable action) -> {
          claim.grant();
          action.run();
        }
      }
    }
    return true;
  }

  // Acknowledgements

  void appliedUpTo(Link link, long upTo) {
    Connection.Open open = link.open();
    long from = Math.max(open.applied() + 1, window.first());
    for (long sequence = from; sequence <= upTo; sequence++) {
      applied(link, window.get(sequence));
    }
    open.appliedUpTo(upTo);
    window.retire();
  }

  void appliedOne(Link link, long sequence) {
    applied(link, window.get(sequence));
    window.retire();
  }

  private void applied(Link link, @Nullable Change change) {
    if (change == null || (change.outstanding() & link.bit()) == 0) {
      return;
    }
    change.applied(link.bit());
    Runnable whenApplied = change.whenApplied();
    if (whenApplied != null) {
      releaseClaimOf(change);
      whenApplied.run();
    } else {
      acknowledgeIfComplete(change);
    }
  }

  private void acknowledgeIfComplete(Change change) {
    int needed = links.requiredBits() | unorderedBits();
    if (change.isAcknowledged() || !acknowledging || (change.outstanding() & needed) != 0) {
      return;
    }
    change.acknowledged(); // I1: every required replica has it; I3: none of them is lost
    newestAcknowledged = Math.max(newestAcknowledged, change.sequence());
    RequestId request = change.request();
    if (request != null) {
      outbox.complete(request, Outcome.DONE);
    }
    releaseClaimOf(change);
    flushes.acknowledged();
  }

  private void releaseClaimOf(Change change) {
    Claim claim = change.takeClaim();
    if (claim != null) {
      release(claim);
    }
  }

  /**
   * The in-process replica, member or not: its writes run side by side, so a claim must cover them.
   */
  private int unorderedBits() {
    int bits = 0;
    for (int i = 0; i < links.all().size(); i++) {
      Link link = links.all().get(i);
      if (!link.isOrdered() && link.isOpen()) {
        bits |= link.bit();
      }
    }
    return bits;
  }

  // What the state of the head allows

  /** Changes may be sent; they are acknowledged only if {@code acknowledge}. */
  void allow(boolean issue, boolean acknowledge) {
    if (issue && !issuing) {
      claimsReleased = true;
    }
    issuing = issue;
    acknowledging = acknowledge;
    flushes.allow(acknowledge);
    if (acknowledge) {
      window.forEach(this::acknowledgeIfComplete);
      window.retire();
      flushes.advance();
    }
  }

  /** Changes are kept back while held, whatever the state allows. */
  void hold(boolean hold) {
    if (held && !hold) {
      claimsReleased = true;
    }
    held = hold;
  }

  /**
   * Nothing is acknowledged here on account of a replica that has gone: {@link #allow} follows when
   * the head has decided.
   */
  void streamClosed(Link link) {
    window.forEach(change -> {
      change.forget(link.bit());
      if (change.whenApplied() != null && change.outstanding() == 0) {
        releaseClaimOf(change);
      }
    });
  }

  /** True if no replica has a change that it has not applied. */
  boolean isQuiet() {
    return !window.hasOutstanding();
  }

  /**
   * No stream is left: nobody can say which of the changes under way have happened. Answers their
   * requests.
   */
  List<RequestId> abandon() {
    List<RequestId> interrupted = new ArrayList<>();
    window.forEach(change -> {
      if (!change.isAcknowledged()) {
        change.acknowledged();
        RequestId request = change.request();
        if (request != null) {
          interrupted.add(request);
        }
      }
      releaseClaimOf(change);
    });
    interrupted.addAll(flushes.abandonDurableWrites());
    window.retire();
    return interrupted;
  }

  void failAll(Outcome outcome) {
    abandon().forEach(request -> outbox.complete(request, outcome));
    failWaiting(outcome);
    flushes.failAll(outcome);
  }

  /** Fails the writes that have not been sent. */
  void failWaiting(Outcome outcome) {
    List<Waiter> unsent =
        waiting.stream().filter(waiter -> waiter instanceof Waiter.Request).toList();
    waiting.removeAll(unsent);
    for (Waiter waiter : unsent) {
      release(waiter.claim());
      if (waiter instanceof Waiter.Request write) {
        outbox.complete(write.request(), outcome);
      }
    }
  }

  /** For flush points that must lie after everything, also if nothing was written. */
  long skipSequence() {
    return window.skip();
  }

  /** Somebody whose claim overlaps an older one. */
  private sealed interface Waiter {
    Claim claim();

    record Request(RequestId request, ByteRange range, boolean zero, boolean durable, Claim claim)
        implements Waiter {}

    record Lock(Claim claim, Runnable granted) implements Waiter {}
  }
}
