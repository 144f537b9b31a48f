package io.mooring.storage.nbd;

import java.util.concurrent.atomic.AtomicLong;

/** One connection's requests that the device has not completed yet. */
final class InFlight {

  /** Bounds the bookkeeping for requests without payload. */
  private static final int REQUESTS_MAX = 1024;

  private final AtomicLong requests = new AtomicLong();
  private final AtomicLong bytes = new AtomicLong();
  private final long bytesMax;

  InFlight(long bytesMax) {
    this.bytesMax = bytesMax;
  }

  void begin(int payloadBytes) {
    requests.incrementAndGet();
    bytes.addAndGet(payloadBytes);
  }

  void end(int payloadBytes) {
    bytes.addAndGet(-payloadBytes);
    requests.decrementAndGet();
  }

  boolean none() {
    return requests.get() == 0;
  }

  boolean hasRoom(long queuedReplyBytes) {
    return requests.get() < REQUESTS_MAX && bytes.get() + queuedReplyBytes < bytesMax;
  }
}
