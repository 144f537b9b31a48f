package io.mooring.storage.replication;

/** Limits a rate, with one second's worth of burst. Time is injected. */
final class TokenBucket {
  private static final long NANOS_PER_SECOND = 1_000_000_000L;

  private double tokens;
  private long filledAt;

  TokenBucket(long nowNanos) {
    this.filledAt = nowNanos;
  }

  void fill(long bytesPerSecond, long nowNanos) {
    double added = (double) (nowNanos - filledAt) * bytesPerSecond / NANOS_PER_SECOND;
    tokens = Math.min(bytesPerSecond, tokens + added);
    filledAt = nowNanos;
  }

  boolean hasTokens() {
    return tokens > 0;
  }

  /** Takes the bytes and may owe some of them, so that a large chunk never starves. */
  void take(long bytes) {
    tokens -= bytes;
  }
}
