package io.mooring.benchmarks.autopilot;

import io.mooring.autopilot.decision.RuleBook;
import io.mooring.autopilot.decision.UsageSample;
import io.mooring.autopilot.decision.VolumeFacts;
import io.mooring.autopilot.decision.VolumeWatch;
import io.mooring.autopilot.decision.WatchedVolume;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The decisions alone, on one thread: no Kafka, no store, no events. Time is the thread's processor
 * time, so that what else the machine does counts little.
 */
final class CoreRate {

  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final long SIZE = 100L << 30;
  private static final long MIB = 1L << 20;

  /**
   * What was measured.
   *
   * @param firstPerSecond evaluations a processor second when each volume is measured for the first
   *     time
   * @param steadyPerSecond evaluations a processor second afterwards
   * @param bytesPerVolume heap that a volume takes with its states under all rules
   */
  record Result(
      int volumes,
      int rules,
      double firstPerSecond,
      double steadyPerSecond,
      double bytesPerVolume) {}

  private CoreRate() {}

  static Result measure(int volumes, int rules) {
    RuleBook book = BenchRules.book(BenchRules.many(rules));
    VolumeWatch watch = new VolumeWatch(Duration.ofSeconds(30));
    long before = usedHeap();
    List<WatchedVolume> known = new ArrayList<>(volumes);
    for (int i = 0; i < volumes; i++) {
      String id = "pvc-" + i;
      VolumeFacts facts = new VolumeFacts(id, "data-kafka-" + i, SIZE, Map.of("app", "kafka"));
      known.add(watch.described(null, facts));
    }
    double first = pass(known, watch, book, 0);
    double bytes = (usedHeap() - before) / (double) volumes;
    int passes = Math.max(1, 1_000_000 / volumes);
    List<Double> rates = new ArrayList<>();
    for (int pass = 1; pass <= passes + 1; pass++) {
      rates.add(pass(known, watch, book, pass));
    }
    double steady = rates.stream().skip(1).mapToDouble(Double::doubleValue).average().orElseThrow();
    return new Result(volumes, rules, first * rules, steady * rules, bytes);
  }

  /** Measures every volume once; returns measurements a processor second. */
  private static double pass(
      List<WatchedVolume> known, VolumeWatch watch, RuleBook book, int pass) {
    long began = THREADS.getCurrentThreadCpuTime();
    Instant at = START.plusSeconds(2L * pass);
    for (int i = 0; i < known.size(); i++) {
      long used = SIZE / 100 * (10 + i % 70) + pass * MIB;
      UsageSample sample = new UsageSample(at, SIZE, SIZE, used, 1000, 10, -1);
      known.set(i, watch.measured(known.get(i), sample, book).after());
    }
    return known.size() / ((THREADS.getCurrentThreadCpuTime() - began) / 1e9);
  }

  private static long usedHeap() {
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }
}
