package io.mooring.autopilot.whatif;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What changed rules would have done.
 *
 * @param from the replay's beginning, {@code to} its end
 * @param measurements how many were replayed
 * @param refused measurements that were too old, or impossible, when they were written
 * @param volumes those that a rule selects; the fullest first, at most {@link #VOLUMES_MAX}
 * @param resizes those that would have been made, in order, at most {@link #RESIZES_MAX}
 * @param notMade resizes that were made and would not have been, at most {@link #RESIZES_MAX}
 * @param unknownVolumes volumes that were measured and that nothing else is known of any more
 */
public record WhatIfReport(
    Instant from,
    Instant to,
    List<String> rules,
    long measurements,
    long refused,
    Figures would,
    Figures did,
    List<VolumeStory> volumes,
    List<Resize> resizes,
    List<Resize> notMade,
    List<String> unknownVolumes) {

  static final int VOLUMES_MAX = 1000;
  static final int RESIZES_MAX = 10_000;

  /** How a resize compares with what was really asked for. */
  public enum Difference {
    /** It was asked for in the same way, at the same moment. */
    SAME,
    /** It was asked for at the same moment, to another size. */
    OTHER_SIZE,
    /** It was not asked for. */
    NEW,
    /** It was asked for, and would not have been. */
    NOT_MADE
  }

  /** A resize. */
  public record Resize(
      Instant at,
      String rule,
      String volumeId,
      String volume,
      long fromBytes,
      long toBytes,
      Difference difference) {}

  /**
   * Sums over all volumes that a rule selects.
   *
   * @param grownBytes what the resizes added
   * @param provisionedBytes capacity at the end
   * @param gibibyteHours capacity over time
   * @param heldBack how often conditions held within a cool-down
   * @param willFill how often a volume was foreseen to fill before it may grow
   * @param fullMoments how often a volume became full
   * @param highestFillPercent of any volume
   * @param fullest name of that volume
   */
  public record Figures(
      int resizes,
      long grownBytes,
      long provisionedBytes,
      double gibibyteHours,
      int heldBack,
      int willFill,
      int declined,
      int approvalsAwaited,
      int fullMoments,
      long fullSeconds,
      double highestFillPercent,
      @Nullable String fullest) {}

  /**
   * A volume, as it would have been and as it was.
   *
   * @param unfittedBytes written bytes that it would not have held, at the most
   */
  public record VolumeStory(
      String volumeId,
      String volume,
      long wouldBeBytes,
      long isBytes,
      double wouldFillPercent,
      double didFillPercent,
      int wouldBeFullMoments,
      int fullMoments,
      long unfittedBytes) {}
}
