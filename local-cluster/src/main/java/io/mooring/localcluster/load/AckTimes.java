package io.mooring.localcluster.load;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * When records were acknowledged: counts and worst latencies per tenth of a second, and the longest
 * silence of each partition.
 */
public final class AckTimes {

  /** Width of a bucket in milliseconds. */
  public static final int BUCKET_MS = 100;

  /**
   * One bucket.
   *
   * @param second middle of the bucket, in seconds after the start
   * @param acknowledged records acknowledged in it
   * @param worstLatencyMs longest time from send to acknowledgement among them, 0 if there is none
   */
  public record Bucket(double second, long acknowledged, double worstLatencyMs) {}

  /** A silence of a partition in milliseconds after the start. */
  public record Silence(int partition, double fromMs, double toMs) {
    public double lengthMs() {
      return toMs - fromMs;
    }
  }

  private final long startNanos;
  private final double[] lastAckMs;
  private final Silence[] longest;
  private long[] counts = new long[1024];
  private double[] worst = new double[1024];
  private int buckets;

  AckTimes(int partitions, long startNanos) {
    this.startNanos = startNanos;
    this.lastAckMs = new double[partitions];
    this.longest = new Silence[partitions];
    for (int i = 0; i < partitions; i++) {
      longest[i] = new Silence(i, 0, 0);
    }
  }

  synchronized void acknowledged(int partition, long sentNanos, long nowNanos) {
    double now = (nowNanos - startNanos) / 1e6;
    int bucket = (int) (now / BUCKET_MS);
    if (bucket >= counts.length) {
      counts = Arrays.copyOf(counts, bucket * 2);
      worst = Arrays.copyOf(worst, bucket * 2);
    }
    buckets = Math.max(buckets, bucket + 1);
    counts[bucket]++;
    worst[bucket] = Math.max(worst[bucket], (nowNanos - sentNanos) / 1e6);
    if (now - lastAckMs[partition] > longest[partition].lengthMs()) {
      longest[partition] = new Silence(partition, lastAckMs[partition], now);
    }
    lastAckMs[partition] = now;
  }

  /** All buckets from the start to the newest acknowledgement. */
  public synchronized List<Bucket> buckets() {
    List<Bucket> result = new ArrayList<>(buckets);
    for (int i = 0; i < buckets; i++) {
      result.add(new Bucket((i + 0.5) * BUCKET_MS / 1000, counts[i], worst[i]));
    }
    return result;
  }

  /** The longest silence of each partition. */
  public synchronized List<Silence> silences() {
    return List.of(longest.clone());
  }
}
