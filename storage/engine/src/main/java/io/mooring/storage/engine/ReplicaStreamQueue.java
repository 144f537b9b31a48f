package io.mooring.storage.engine;

import io.mooring.storage.replication.ByteRange;
import io.mooring.storage.replication.HeadMessage;
import io.mooring.storage.replication.HeadMessage.Change;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The changes of one stream between their arrival and their application, with their payloads.
 *
 * <p>The usual change is applied by the thread that brought it, straight from that thread's input
 * buffer. One that has to wait, for the activity map or behind others, gets a copy of its payload.
 */
final class ReplicaStreamQueue {

  private static final long WAITING_BYTES_MAX = 8 << 20;
  private static final ByteBuffer NO_PAYLOAD = ByteBuffer.allocateDirect(0);

  /**
   * A change that may be applied now; {@link #finished} follows.
   *
   * @param copied the payload is a copy of ours and goes back to the pool
   */
  record Ready(ReplicaStreamQueue queue, Change change, ByteBuffer payload, boolean copied) {}

  private final ReplicaPort port;
  private final PayloadPool payloads;
  private final BiConsumer<Ready, AfterUnlock> apply;

  // Guarded by the replica's lock.
  private @Nullable Change arriving;
  private ByteBuffer arrivingPayload = NO_PAYLOAD;
  private final Map<Long, ByteBuffer> kept = new HashMap<>();
  private boolean closed;

  // In-order application; guarded by this object's monitor.
  private final ArrayDeque<Ready> waiting = new ArrayDeque<>();
  private final List<ByteRange> zeroing = new ArrayList<>();
  private long waitingBytes;
  private boolean busy;
  private boolean abandoned;

  ReplicaStreamQueue(ReplicaPort port, PayloadPool payloads, BiConsumer<Ready, AfterUnlock> apply) {
    this.port = port;
    this.payloads = payloads;
    this.apply = apply;
  }

  ReplicaPort port() {
    return port;
  }

  /** The replica is about to hear of a change. Under its lock. */
  void arriving(Change change, ByteBuffer payload) {
    arriving = change;
    arrivingPayload = payload;
  }

  /** The replica has heard of the change: keeps the payload if it did not want it yet. */
  void arrived(Change change) {
    boolean hasPayload = !(change instanceof HeadMessage.Zero);
    if (arriving != null && hasPayload && !closed) {
      kept.put(change.sequence().value(), payloads.copyOf(arrivingPayload));
    }
    arriving = null;
    arrivingPayload = NO_PAYLOAD;
  }

  /** The replica wants a change applied. Under its lock, in the order of application. */
  void add(Change change, AfterUnlock after) {
    Ready ready = ready(change);
    if (!port.inOrder()) {
      after.add(() -> apply.accept(ready, after));
      return;
    }
    synchronized (this) {
      if (busy || !waiting.isEmpty() || overlapsZeroing(change.range())) {
        Ready own = ready.copied() ? ready : owned(ready);
        waiting.add(own);
        waitingBytes += own.payload().remaining();
        return;
      }
      busy = true;
      begin(ready);
    }
    after.add(() -> run(ready, after));
  }

  private Ready ready(Change change) {
    if (arriving == change) {
      arriving = null;
      return new Ready(this, change, arrivingPayload, false);
    }
    ByteBuffer copy = kept.remove(change.sequence().value());
    return new Ready(this, change, copy == null ? NO_PAYLOAD : copy, copy != null);
  }

  private Ready owned(Ready ready) {
    return new Ready(this, ready.change(), payloads.copyOf(ready.payload()), true);
  }

  private void run(Ready first, AfterUnlock after) {
    for (Ready ready = first; ready != null; ready = next()) {
      apply.accept(ready, after);
    }
  }

  private synchronized @Nullable Ready next() {
    Ready next = waiting.peek();
    if (next == null || overlapsZeroing(next.change().range())) {
      busy = false;
      return null;
    }
    waiting.remove();
    waitingBytes -= next.payload().remaining();
    notifyAll();
    begin(next);
    return next;
  }

  /** Zeroing goes on after {@link #apply} has returned: what overlaps it has to wait. */
  private void begin(Ready ready) {
    if (ready.change() instanceof HeadMessage.Zero zero) {
      zeroing.add(zero.range());
    }
  }

  private boolean overlapsZeroing(ByteRange range) {
    for (ByteRange zero : zeroing) {
      if (zero.overlaps(range)) {
        return true;
      }
    }
    return false;
  }

  /** A change was applied, or never will be. */
  void finished(Ready ready) {
    if (ready.copied()) {
      payloads.release(ready.payload());
    }
    if (!(ready.change() instanceof HeadMessage.Zero zero) || !port.inOrder()) {
      return;
    }
    synchronized (this) {
      zeroing.remove(zero.range());
      if (busy || waiting.isEmpty()) {
        return;
      }
      busy = true;
    }
    Ready next = next();
    if (next != null) {
      AfterUnlock after = AfterUnlock.batching();
      run(next, after);
      after.runAndSend();
    }
  }

  /** Waits until the backlog is short, or the stream is gone. */
  synchronized void awaitRoom() {
    boolean interrupted = false;
    while (waitingBytes > WAITING_BYTES_MAX && !abandoned) {
      try {
        wait();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Nothing arrives any more. What was handed over for application still runs; the replica waits
   * for it. Under the replica's lock.
   */
  void close() {
    closed = true;
    kept.values().forEach(payloads::release);
    kept.clear();
    synchronized (this) {
      abandoned = true;
      notifyAll();
    }
  }
}
