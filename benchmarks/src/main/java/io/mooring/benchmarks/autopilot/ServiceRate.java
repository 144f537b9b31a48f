package io.mooring.benchmarks.autopilot;

import io.mooring.localcluster.Progress;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Rule evaluations a second of the service as it is deployed, through a real Kafka. */
final class ServiceRate {

  static final String APP = "kafka";

  private static final Duration PATIENCE = Duration.ofMinutes(15);
  private static final int STEADY_RECORDS = 400_000;

  /**
   * What was measured.
   *
   * @param instances how many shared the volumes
   * @param firstPerSecond evaluations a second when each volume is seen for the first time, with an
   *     event for each rule on each volume; 0 if it was not measured
   * @param steadyPerSecond evaluations a second afterwards
   * @param microsPerEvaluation processor time of the service for an evaluation afterwards
   * @param residentBytes memory of the first instance's process
   */
  record Result(
      int volumes,
      int rules,
      int instances,
      double firstPerSecond,
      double steadyPerSecond,
      double microsPerEvaluation,
      long residentBytes,
      double heapBytes) {}

  private final AutopilotStand stand;
  private final Progress progress;
  private final int rules;
  private final List<AutopilotInstance> instances = new ArrayList<>();

  ServiceRate(AutopilotStand stand, Progress progress, int rules) {
    this.stand = stand;
    this.progress = progress;
    this.rules = rules;
  }

  /** With one instance, then with two. */
  List<Result> measure(int volumes, AutopilotInstance first)
      throws IOException, InterruptedException {
    List<Result> results = new ArrayList<>();
    instances.add(first);
    try (UsageLoad load = new UsageLoad(stand.clientConfig(), stand.serdes(), 5)) {
      first.apply(BenchRules.many(rules));
      await("the rules are in use", () -> first.rules() == rules);
      for (int i = 0; i < volumes; i++) {
        load.describe(id(i), APP);
      }
      load.flush();
      await("the volumes are known", () -> known() >= volumes);
      progress.say("%,d volumes are known".formatted(volumes));
      double firstSight = pass(load, volumes, 0);
      progress.say("first sight: %,.0f evaluations/s".formatted(firstSight));
      results.add(result(volumes, firstSight, steady(load, volumes)));
      instances.add(stand.startAutopilot("second", "2g"));
      await(
          "both instances have volumes",
          () -> instances.getLast().volumes() > 0 && known() >= volumes);
      results.add(result(volumes, 0, steady(load, volumes)));
    }
    return results;
  }

  private Result result(int volumes, double first, Steady steady)
      throws IOException, InterruptedException {
    progress.say(
        "%d instance(s): %,.0f evaluations/s".formatted(instances.size(), steady.perSecond()));
    AutopilotInstance one = instances.getFirst();
    return new Result(
        volumes,
        rules,
        instances.size(),
        first,
        steady.perSecond(),
        steady.microsPerEvaluation(),
        one.residentBytes(),
        one.heapBytes());
  }

  private record Steady(double perSecond, double microsPerEvaluation) {}

  private Steady steady(UsageLoad load, int volumes) throws IOException, InterruptedException {
    int passes = Math.max(2, STEADY_RECORDS / volumes);
    double processor = processorSeconds();
    double seconds = 0;
    double evaluations = (double) volumes * rules;
    for (int pass = 1; pass <= passes; pass++) {
      seconds += evaluations / pass(load, volumes, pass);
    }
    double all = evaluations * passes;
    return new Steady(all / seconds, (processorSeconds() - processor) * 1e6 / all);
  }

  private double processorSeconds() {
    return instances.stream().mapToDouble(AutopilotInstance::processorSeconds).sum();
  }

  /** Measures every volume once; returns evaluations a second until the last was evaluated. */
  private double pass(UsageLoad load, int volumes, int pass)
      throws IOException, InterruptedException {
    double before = evaluations();
    long began = System.nanoTime();
    for (int i = 0; i < volumes; i++) {
      load.measure(id(i), 0.1 + 0.7 * (i % 100) / 100 + pass * 1e-5);
    }
    load.flush();
    await("all is evaluated", () -> evaluations() - before >= volumes);
    return (double) volumes * rules / ((System.nanoTime() - began) / 1e9);
  }

  private double evaluations() throws IOException, InterruptedException {
    double sum = 0;
    for (AutopilotInstance instance : instances) {
      sum += instance.evaluations();
      if (instance.refused() > 0) {
        throw new IOException("measurements were refused; the figures would be wrong");
      }
    }
    return sum;
  }

  private double known() throws IOException, InterruptedException {
    double sum = 0;
    for (AutopilotInstance instance : instances) {
      sum += instance.volumes();
    }
    return sum;
  }

  private static String id(int i) {
    return "pvc-" + i;
  }

  /** Something that may hold already. */
  @FunctionalInterface
  interface Condition {
    boolean holds() throws IOException, InterruptedException;
  }

  static void await(String what, Condition condition) throws IOException, InterruptedException {
    long began = System.nanoTime();
    while (!condition.holds()) {
      if (System.nanoTime() - began > PATIENCE.toNanos()) {
        throw new IOException("gave up waiting until " + what);
      }
      Thread.sleep(50);
    }
  }
}
