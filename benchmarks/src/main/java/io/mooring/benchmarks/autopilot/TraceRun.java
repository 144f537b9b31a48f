package io.mooring.benchmarks.autopilot;

import java.util.OptionalLong;

/** A trace on a volume that somebody keeps from becoming full. */
final class TraceRun {

  static final long BEGIN_BYTES = 50L << 30;

  /** From the command to the grown file system, for every keeper alike. */
  static final int GROWTH_SECONDS = 3;

  private static final double FULL = 0.999;
  private static final double GIB_HOURS = (1L << 30) * 3600.0;

  /**
   * What came of it.
   *
   * @param fullMoments how often the volume became full
   * @param spareGibHours capacity that was not used, over time
   */
  record Outcome(int fullMoments, int fullSeconds, double spareGibHours, int resizes) {

    static final Outcome NONE = new Outcome(0, 0, 0, 0);

    Outcome plus(Outcome other) {
      return new Outcome(
          fullMoments + other.fullMoments,
          fullSeconds + other.fullSeconds,
          spareGibHours + other.spareGibHours,
          resizes + other.resizes);
    }
  }

  private TraceRun() {}

  static Outcome of(UsageTrace trace, Keeper keeper) {
    long capacity = BEGIN_BYTES;
    long ordered = 0;
    int grownAt = -1;
    boolean wasFull = false;
    int fullMoments = 0;
    int fullSeconds = 0;
    int resizes = 0;
    double spare = 0;
    for (int second = 0; second < UsageTrace.SECONDS; second++) {
      if (second == grownAt) {
        capacity = Math.max(capacity, ordered);
      }
      long used = Math.min(trace.bytes()[second], capacity);
      boolean full = used >= capacity * FULL;
      fullMoments += full && !wasFull ? 1 : 0;
      fullSeconds += full ? 1 : 0;
      wasFull = full;
      spare += capacity - used;
      OptionalLong wanted = keeper.look(second, capacity, used);
      if (wanted.isPresent()) {
        ordered = wanted.getAsLong();
        grownAt = second + GROWTH_SECONDS;
        resizes++;
      }
    }
    return new Outcome(fullMoments, fullSeconds, spare / GIB_HOURS, resizes);
  }
}
