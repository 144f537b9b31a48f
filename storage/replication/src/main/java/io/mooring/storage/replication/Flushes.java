package io.mooring.storage.replication;

import io.mooring.storage.replication.HeadSettings.FlushProfile;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Flush requests and the stable point: the newest sequence up to which every required replica has
 * flushed. It never passes a change that a required replica has not made durable, and stands still
 * while one is lost.
 */
final class Flushes {
  private static final long NEVER = Long.MAX_VALUE;

  private final Outbox outbox;
  private final Links links;
  private final ChangeWindow window;
  private final FlushProfile profile;
  private final ArrayDeque<Pending> pending = new ArrayDeque<>();
  private boolean acknowledging;
  private long stable;
  private Sequence stableSequence = new Sequence(0);
  private long sentUpTo;
  private long unflushedSince = NEVER;
  private long owedSince = NEVER;

  Flushes(Outbox outbox, Links links, ChangeWindow window, FlushProfile profile) {
    this.outbox = outbox;
    this.links = links;
    this.window = window;
    this.profile = profile;
  }

  long stable() {
    return stable;
  }

  Sequence stableSequence() {
    return stableSequence;
  }

  void request(RequestId request) {
    await(new Pending(request, window.last(), false));
  }

  /**
   * A change was issued; if it is a durable write, its request completes with the flush behind it.
   */
  void issued(@Nullable RequestId durable) {
    if (unflushedSince == NEVER) {
      unflushedSince = outbox.now();
    }
    if (durable != null) {
      await(new Pending(durable, window.last(), true));
    }
  }

  private void await(Pending request) {
    pending.add(request);
    boolean inMemory = isRemoteMemoryEnough();
    if (!inMemory && stable < request.upTo()) {
      sendToAll(request.upTo());
    }
    advance();
  }

  /** True if a flush means "in the memory of several machines" (profile db_remote). */
  private boolean isRemoteMemoryEnough() {
    return profile == FlushProfile.DB_REMOTE && links.requiredOpen() >= 2;
  }

  /** Sends a flush up to here, unless one that covers it is already under way. */
  void sendToAll(long upTo) {
    if (upTo <= sentUpTo) {
      return;
    }
    sentUpTo = upTo;
    unflushedSince = NEVER;
    owedSince = NEVER;
    for (Link link : links.all()) {
      if (link.isRequired() && link.isOpen()) {
        sendTo(link, upTo);
      }
    }
  }

  void sendTo(Link link, long upTo) {
    link.open().sentFlush(upTo, outbox.now());
    outbox.send(link, new HeadMessage.Flush(new Sequence(upTo), stableSequence));
  }

  void acknowledged() {
    if (!pending.isEmpty()) {
      advance();
    }
  }

  void allow(boolean acknowledge) {
    acknowledging = acknowledge;
  }

  /** Recomputes the stable point and completes what it allows. */
  void advance() {
    if (!acknowledging) {
      return;
    }
    long everywhere = NEVER;
    for (int i = 0; i < links.all().size(); i++) {
      Link link = links.all().get(i);
      if (link.isRequired()) {
        everywhere = Math.min(everywhere, link.open().flushed());
      }
    }
    if (everywhere > stable) {
      stable = everywhere;
      stableSequence = new Sequence(stable);
    }
    completePending();
  }

  private void completePending() {
    boolean inMemory = isRemoteMemoryEnough();
    for (Pending oldest = pending.peek(); oldest != null; oldest = pending.peek()) {
      boolean durable = oldest.upTo() <= stable;
      if (!durable && !(inMemory && oldest.upTo() <= window.acknowledgedUpTo())) {
        break;
      }
      pending.remove();
      if (!durable && owedSince == NEVER) {
        owedSince = outbox.now();
      }
      outbox.complete(oldest.request(), Outcome.DONE);
    }
    if (!inMemory && !pending.isEmpty()) {
      sendToAll(pending.getLast().upTo());
    }
  }

  /**
   * Flushes that nobody asks for: the stable point must not stay behind, and db_remote owes the
   * real thing.
   */
  void tick(HeadSettings.Timing timing) {
    boolean alone = profile == FlushProfile.DB_REMOTE && !isRemoteMemoryEnough();
    boolean owed =
        owedSince != NEVER && (alone || outbox.now() - owedSince >= timing.remoteFlushNanos());
    boolean old = unflushedSince != NEVER && outbox.now() - unflushedSince >= timing.barrierNanos();
    if (owed || old) {
      sendToAll(window.last());
    }
  }

  /** Takes out the durable writes, whose outcome nobody knows once every stream is gone. */
  List<RequestId> abandonDurableWrites() {
    List<RequestId> writes = new ArrayList<>();
    pending.removeIf(request -> request.write() && writes.add(request.request()));
    return writes;
  }

  void failAll(Outcome outcome) {
    pending.forEach(request -> outbox.complete(request.request(), outcome));
    pending.clear();
  }

  /** A request that completes when everything up to a sequence is durable. */
  private record Pending(RequestId request, long upTo, boolean write) {}
}
