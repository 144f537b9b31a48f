package io.mooring.storage.engine;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a write on their way to the replicas: first the client's own buffer, which is valid
 * only during its call, then, if they are needed longer, a copy from the pool. The copy goes back
 * when it was released and nobody reads it any more.
 */
final class Payload {

  private final PayloadPool pool;
  private ByteBuffer bytes;
  private boolean copied;
  private boolean released;
  private int readers;
  private boolean checksumKnown;
  private int checksum;

  private Payload(PayloadPool pool, ByteBuffer bytes, boolean copied) {
    this.pool = pool;
    this.bytes = bytes;
    this.copied = copied;
  }

  static Payload borrowed(PayloadPool pool, ByteBuffer bytes) {
    return new Payload(pool, bytes, false);
  }

  static Payload copied(PayloadPool pool, ByteBuffer bytes) {
    return new Payload(pool, pool.copyOf(bytes), true);
  }

  synchronized ByteBuffer bytes() {
    return bytes;
  }

  /** Makes sure that the bytes outlive the client's call. On the thread of that call. */
  synchronized void keep() {
    if (!copied) {
      bytes = pool.copyOf(bytes);
      copied = true;
    }
  }

  synchronized boolean isKept() {
    return copied;
  }

  synchronized int checksum() {
    if (!checksumKnown) {
      checksum = Frame.checksum(bytes);
      checksumKnown = true;
    }
    return checksum;
  }

  /** Keeps the bytes from being reused until {@link #unpin}. */
  synchronized void pin() {
    readers++;
  }

  synchronized void unpin() {
    readers--;
    giveBack();
  }

  synchronized void release() {
    released = true;
    giveBack();
  }

  private void giveBack() {
    if (released && readers == 0 && copied) {
      copied = false;
      pool.release(bytes);
    }
  }

  static void release(@Nullable Payload payload) {
    if (payload != null) {
      payload.release();
    }
  }
}
