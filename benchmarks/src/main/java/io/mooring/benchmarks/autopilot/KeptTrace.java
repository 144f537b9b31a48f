package io.mooring.benchmarks.autopilot;

import io.mooring.failoverdetector.retention.LogReading;
import io.mooring.failoverdetector.retention.LogReading.Broker;
import io.mooring.failoverdetector.retention.LogReading.Directory;
import io.mooring.failoverdetector.retention.LogReading.Replica;
import io.mooring.failoverdetector.retention.TopicRetention;
import io.mooring.testsupport.SimulatedLog;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.common.TopicPartition;

/**
 * A day of a volume of which a broker tells, each minute, what its logs are and what Kafka keeps of
 * them.
 *
 * @param usage what the volume has to hold
 * @param minutes what the broker tells
 */
record KeptTrace(UsageTrace usage, Map<String, TopicRetention> topics, List<Minute> minutes) {

  static final int MINUTE = 60;

  private static final long MIB = 1L << 20;
  private static final int STEP_SECONDS = 10;
  private static final int HOUR = 3600;
  private static final int PARTITIONS = 10;
  private static final long CHECK_MS = Duration.ofMinutes(5).toMillis();
  private static final long BEGIN_BYTES = 15 * 1024 * MIB;
  private static final String KEPT = "kept";
  private static final String UNLIMITED = "unlimited";

  /** Logs at one moment. */
  record Minute(
      Map<TopicPartition, Replica> replicas, Map<TopicPartition, List<Double>> expiring) {}

  /** Traces whose topics have a retention, under a seed, and those that have none. */
  static List<KeptTrace> all(long seed) {
    return Stream.concat(
            Stream.of(bySize(seed), runaway(seed), byAge(seed), rising(seed), half(seed)),
            UsageTrace.all(seed).stream().map(KeptTrace::unlimited))
        .toList();
  }

  /** What the broker tells in a minute. */
  LogReading reading(int minute, Instant at, long capacityBytes, long usedBytes) {
    Minute now = minutes.get(minute);
    Directory directory = new Directory("/kafka", capacityBytes, usedBytes, now.replicas());
    Broker broker = new Broker(0, "kafka-0.kafka.prod.svc", CHECK_MS, List.of(directory));
    return new LogReading(at, List.of(broker), topics, now.expiring());
  }

  /** A trace without retention: one log that keeps everything. */
  private static KeptTrace unlimited(UsageTrace usage) {
    TopicPartition log = new TopicPartition(UNLIMITED, 0);
    List<Minute> minutes =
        IntStream.range(0, UsageTrace.SECONDS / MINUTE)
            .mapToObj(minute ->
                new Minute(
                    Map.of(log, new Replica(usage.bytes()[minute * MINUTE], false)), Map.of()))
            .toList();
    return new KeptTrace(usage, Map.of(), minutes);
  }

  /** Steady ingest that retention.bytes ends somewhere between 30 and 70 GiB. */
  private static KeptTrace bySize(long seed) {
    Random random = new Random(seed);
    long limit = (30 + random.nextInt(40)) * 1024 * MIB / PARTITIONS;
    double rate = (4 + random.nextInt(8)) * MIB;
    return new Day(retention(limit, -1), BEGIN_BYTES, 0)
        .written("ended by size", _ -> rate * (0.9 + 0.2 * random.nextDouble()), 1);
  }

  /** A producer that runs wild for twenty minutes, on topics with retention.bytes of 55 GiB. */
  private static KeptTrace runaway(long seed) {
    Random random = new Random(seed);
    int begin = HOUR * (2 + random.nextInt(18));
    double wild = (150 + random.nextInt(200)) * MIB;
    return new Day(retention(55 * 1024 * MIB / PARTITIONS, -1), BEGIN_BYTES, 0)
        .written(
            "runaway, ended by size",
            second -> second >= begin && second < begin + HOUR / 3 ? wild : 0.5 * MIB,
            1);
  }

  /** Three hours are kept; traffic changes each hour. */
  private static KeptTrace byAge(long seed) {
    Random random = new Random(seed);
    double[] hourly = random.doubles(40, 1.5, 5).toArray();
    return new Day(retention(-1, 3 * HOUR), 0, 4 * HOUR)
        .written("ended by age", second -> hourly[second / HOUR] * MIB, 1);
  }

  /** Three hours are kept; one day traffic becomes three times what it was, and stays so. */
  private static KeptTrace rising(long seed) {
    Random random = new Random(seed);
    int rise = HOUR * (6 + random.nextInt(16));
    return new Day(retention(-1, 3 * HOUR), 0, 4 * HOUR)
        .written(
            "ended by age, then more",
            second -> (second < rise ? 1.6 : 4.8) * MIB * (0.9 + 0.2 * random.nextDouble()),
            1);
  }

  /** Half of what is written has a limit of 25 GiB, the rest is kept for ever. */
  private static KeptTrace half(long seed) {
    Random random = new Random(seed);
    double rate = (1 + random.nextInt(3)) * MIB;
    return new Day(retention(25 * 1024 * MIB / PARTITIONS, -1), BEGIN_BYTES, 0)
        .written("half without limit", _ -> rate * (0.9 + 0.2 * random.nextDouble()), 0.5);
  }

  private static TopicRetention retention(long bytes, int seconds) {
    return new TopicRetention(
        bytes,
        seconds < 0 ? -1 : seconds * 1000L,
        512 * MIB,
        Duration.ofDays(7).toMillis(),
        60_000);
  }

  /** Logs of a topic with a retention, and one that keeps everything. */
  private static final class Day {

    private final TopicRetention retention;
    private final List<SimulatedLog> logs = new ArrayList<>();
    private final int warmUpSeconds;
    private double unlimited;

    /**
     * @param beginBytes what the logs have at first
     * @param warmUpSeconds for so long they are written before the day begins
     */
    Day(TopicRetention retention, long beginBytes, int warmUpSeconds) {
      this.retention = retention;
      this.warmUpSeconds = warmUpSeconds;
      SimulatedLog.Settings settings =
          new SimulatedLog.Settings(
              retention.bytesMax(),
              retention.ageMsMax(),
              retention.segmentBytes(),
              retention.segmentMs(),
              retention.deleteDelayMs());
      for (int i = 0; i < PARTITIONS; i++) {
        SimulatedLog log = new SimulatedLog(settings, CHECK_MS, 0);
        for (long written = 0; written < beginBytes / PARTITIONS; written += 64 * MIB) {
          log.step(0, 64 * MIB);
        }
        logs.add(log);
      }
    }

    /**
     * Writes for a day.
     *
     * @param rate bytes a second, from the beginning of the warm-up on
     * @param keptShare share of it that goes to the topic with a retention
     */
    KeptTrace written(String kind, IntToDoubleFunction rate, double keptShare) {
      for (int second = 0; second < warmUpSeconds; second += STEP_SECONDS) {
        step(rate.applyAsDouble(second), keptShare);
      }
      long[] bytes = new long[UsageTrace.SECONDS];
      List<Minute> minutes = new ArrayList<>();
      for (int second = 0; second < UsageTrace.SECONDS; second += STEP_SECONDS) {
        if (second % MINUTE == 0) {
          minutes.add(minute());
        }
        long before = heldBytes();
        step(rate.applyAsDouble(warmUpSeconds + second), keptShare);
        long after = heldBytes();
        for (int part = 0; part < STEP_SECONDS; part++) {
          bytes[second + part] = before + (after - before) * (part + 1) / STEP_SECONDS;
        }
      }
      return new KeptTrace(new UsageTrace(kind, bytes), Map.of(KEPT, retention), minutes);
    }

    private void step(double bytesPerSecond, double keptShare) {
      double bytes = bytesPerSecond * STEP_SECONDS;
      unlimited += bytes * (1 - keptShare);
      logs.forEach(log -> log.step(STEP_SECONDS * 1000L, (long) (bytes * keptShare / PARTITIONS)));
    }

    private long heldBytes() {
      return (long) unlimited + logs.stream().mapToLong(log -> log.diskBytes(0)).sum();
    }

    private Minute minute() {
      Map<TopicPartition, Replica> replicas = new HashMap<>();
      Map<TopicPartition, List<Double>> expiring = new HashMap<>();
      replicas.put(new TopicPartition(UNLIMITED, 0), new Replica((long) unlimited, false));
      for (int i = 0; i < logs.size(); i++) {
        SimulatedLog log = logs.get(i);
        TopicPartition partition = new TopicPartition(KEPT, i);
        replicas.put(partition, new Replica(log.logBytes(), false));
        if (retention.ageMsMax() >= 0 && log.logBytes() > retention.segmentBytes()) {
          expiring.put(partition, expiring(log));
        }
      }
      return new Minute(Map.copyOf(replicas), Map.copyOf(expiring));
    }

    private List<Double> expiring(SimulatedLog log) {
      return IntStream.range(1, TopicRetention.PARTS)
          .mapToObj(part ->
              log.shareBefore(log.now() - retention.ageMsMax() + retention.expiredAfterMs(part)))
          .toList();
    }
  }
}
