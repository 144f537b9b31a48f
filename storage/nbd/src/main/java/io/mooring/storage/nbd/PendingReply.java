package io.mooring.storage.nbd;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** A request that the device has and that one connection waits for. */
final class PendingReply implements Completion {

  private final AtomicBoolean ended = new AtomicBoolean();
  private final Replies replies;
  private final long cookie;
  private final int payloadBytes;
  private final @Nullable Data data;

  /** What a read fills, and the offset that its structured reply repeats. */
  record Data(ByteBuffer buffer, long offset) {}

  PendingReply(Replies replies, long cookie, int payloadBytes, @Nullable Data data) {
    this.replies = replies;
    this.cookie = cookie;
    this.payloadBytes = payloadBytes;
    this.data = data;
  }

  @Override
  public void done(NbdStatus result) {
    end(result);
    replies.endedByCurrentThread();
  }

  /** As {@link #done}, but the reply stays queued until somebody sends. */
  Replies end(NbdStatus result) {
    if (!ended.compareAndSet(false, true)) {
      throw new IllegalStateException("request %x completed twice".formatted(cookie));
    }
    replies.end(this, result);
    return replies;
  }

  long cookie() {
    return cookie;
  }

  int payloadBytes() {
    return payloadBytes;
  }

  @Nullable Data data() {
    return data;
  }

  /** Where the device puts what it reads. */
  ByteBuffer buffer() {
    if (data == null) {
      throw new IllegalStateException("request %x is not a read".formatted(cookie));
    }
    return data.buffer();
  }
}
