package io.mooring.benchmarks.autopilot;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.function.LongFunction;

/**
 * How much a volume has to hold, second by second, for a day.
 *
 * @param kind what it looks like
 * @param bytes bytes to hold at the end of each second
 */
record UsageTrace(String kind, long[] bytes) {

  static final int SECONDS = (int) Duration.ofDays(1).toSeconds();

  private static final long MIB = 1L << 20;
  private static final long BEGIN_BYTES = 15 * 1024 * MIB;
  private static final int HOUR = (int) Duration.ofHours(1).toSeconds();

  /** What a writer adds in a second. */
  @FunctionalInterface
  private interface Writer {
    double bytes(int second);
  }

  /** All kinds, under a seed. */
  static List<UsageTrace> all(long seed) {
    List<LongFunction<UsageTrace>> kinds =
        List.of(
            UsageTrace::steady,
            UsageTrace::bursty,
            UsageTrace::dayAndNight,
            UsageTrace::retention,
            UsageTrace::runaway);
    return kinds.stream().map(kind -> kind.apply(seed)).toList();
  }

  /** 4 MiB a second, a tenth of it noise. */
  private static UsageTrace steady(long seed) {
    Random random = new Random(seed);
    return written("steady", _ -> 4 * MIB * (0.9 + 0.2 * random.nextDouble()));
  }

  /** Almost nothing, and every two hours or so a batch job at 40 to 250 MiB a second. */
  private static UsageTrace bursty(long seed) {
    Random random = new Random(seed);
    double[] rate = new double[SECONDS];
    for (int second = 0; second < SECONDS; second++) {
      if (random.nextInt(2 * HOUR) == 0) {
        double speed = (40 + random.nextInt(210)) * MIB;
        int end = Math.min(SECONDS, second + 60 + random.nextInt(240));
        while (second < end) {
          rate[second++] = speed;
        }
      }
    }
    return written("bursty", second -> rate[second] + 0.3 * MIB);
  }

  /** A wave with its top in the afternoon. */
  private static UsageTrace dayAndNight(long seed) {
    Random random = new Random(seed);
    double top = (10 + random.nextInt(8)) * MIB;
    return written(
        "day and night",
        second -> {
          double wave = (1 - Math.cos(2 * Math.PI * second / SECONDS)) / 2;
          return top * wave * wave * (0.8 + 0.4 * random.nextDouble());
        });
  }

  /** Retention of three hours deletes a segment's worth at a time; traffic changes each hour. */
  private static UsageTrace retention(long seed) {
    Random random = new Random(seed);
    int hours = SECONDS / HOUR;
    long[] hourly = new long[hours];
    for (int hour = 0; hour < hours; hour++) {
      hourly[hour] = (5 + random.nextInt(12 + hour)) * MIB;
    }
    int retention = 3 * HOUR;
    int segment = HOUR / 2;
    long[] bytes = new long[SECONDS];
    double held = BEGIN_BYTES;
    for (int second = 0; second < SECONDS; second++) {
      held += hourly[second / HOUR];
      if (second >= retention && second % segment == 0) {
        for (int old = second - retention; old < second - retention + segment; old++) {
          held -= hourly[old / HOUR];
        }
      }
      bytes[second] = (long) held;
    }
    return new UsageTrace("retention", bytes);
  }

  /** A quiet topic until a producer runs wild at 150 to 350 MiB a second for twenty minutes. */
  private static UsageTrace runaway(long seed) {
    Random random = new Random(seed);
    int begin = HOUR * (2 + random.nextInt(18));
    double wild = (150 + random.nextInt(200)) * MIB;
    int end = begin + HOUR / 3;
    return written("runaway", second -> second >= begin && second < end ? wild : 0.5 * MIB);
  }

  private static UsageTrace written(String kind, Writer writer) {
    long[] bytes = new long[SECONDS];
    double held = BEGIN_BYTES;
    for (int second = 0; second < SECONDS; second++) {
      held += writer.bytes(second);
      bytes[second] = (long) held;
    }
    return new UsageTrace(kind, bytes);
  }
}
