package io.mooring.storage.replication;

import java.util.Optional;

/**
 * What a run of the head is told at its start.
 *
 * @param local replica in this process, if there is one at the start: read first, and the only one
 *     that may apply changes side by side. One that is placed on this node later is reached like a
 *     remote one, over a stream that keeps the order
 * @param clientSurvived the device of an earlier run is still in use, so writes that it
 *     acknowledged without a flush are still relied upon
 * @param start durable record of the run before; for the first run of an epoch, made from the
 *     catalogue's state. Its promise is that of the new run
 */
public record HeadSettings(
    VolumeId volume,
    Optional<ReplicaId> local,
    boolean clientSurvived,
    HeadRecord start,
    long sizeBytes,
    FlushProfile profile,
    Limits limits) {

  /** What a completed flush means. */
  public enum FlushProfile {
    /** Durable on every member. */
    DURABLE,
    /** In the memory of at least two members; durable within {@link Timing#remoteFlushNanos}. */
    DB_REMOTE
  }

  /** Times and rates. */
  public record Limits(Timing timing, Resync resync) {
    public static final Limits DEFAULT = new Limits(Timing.DEFAULT, Resync.DEFAULT);
  }

  /**
   * Times in nanoseconds.
   *
   * @param silenceNanos a stream without any message for so long is lost
   * @param slowNanos an operation outstanding for so long while others progress makes its replica
   *     lost
   * @param openNanos how long the opening waits for a member before reporting it
   * @param barrierNanos age of the stable point at which the head flushes by itself
   * @param reconnectNanos pause between attempts to open a stream to the same replica
   * @param reportNanos pause between repetitions of a report
   * @param holdNanos writes are held back no longer than this for a snapshot
   */
  public record Timing(
      long tickNanos,
      long pingNanos,
      long silenceNanos,
      long slowNanos,
      long openNanos,
      long barrierNanos,
      long remoteFlushNanos,
      long reconnectNanos,
      long reportNanos,
      long holdNanos) {
    private static final long MS = 1_000_000L;
    public static final Timing DEFAULT =
        new Timing(
            10 * MS,
            500 * MS,
            3_000 * MS,
            5_000 * MS,
            3_000 * MS,
            2_000 * MS,
            50 * MS,
            500 * MS,
            1_000 * MS,
            2_000 * MS);
  }

  /**
   * How fast a replica is brought back.
   *
   * @param bytesPerSecond token bucket for copied bytes
   * @param floorBytesPerSecond never slower than this, however busy the client is
   * @param chunkBytes largest unit of a copy, a multiple of the block
   * @param chunksInFlight copies under way at a time, or as many bytes in smaller ones
   */
  public record Resync(
      long bytesPerSecond, long floorBytesPerSecond, int chunkBytes, int chunksInFlight) {
    public static final Resync DEFAULT = new Resync(200L << 20, 8L << 20, 1 << 20, 4);
  }
}
