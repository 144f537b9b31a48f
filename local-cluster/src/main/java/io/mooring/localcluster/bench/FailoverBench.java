package io.mooring.localcluster.bench;

import io.mooring.localcluster.LocalCluster;
import io.mooring.localcluster.LocalClusterException;
import io.mooring.localcluster.Progress;
import io.mooring.localcluster.bench.FailoverBenchResult.Copy;
import io.mooring.localcluster.bench.FailoverBenchResult.Reattach;
import io.mooring.localcluster.demo.Victim;
import io.mooring.localcluster.event.ClusterEvent;
import io.mooring.localcluster.event.EventFeed;
import io.mooring.localcluster.incident.EventRecorder;
import io.mooring.localcluster.incident.Incident;
import io.mooring.localcluster.incident.Milestone;
import io.mooring.localcluster.incident.Subject;
import io.mooring.localcluster.report.Median;
import io.mooring.localcluster.report.Step;
import io.mooring.schemas.BrokerDown;
import io.mooring.schemas.BrokerEvent;
import io.mooring.schemas.IsrRestored;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;

/**
 * Brokers 0 to 3 hold the data, two replicas a partition; broker 4 is empty. At each size the node
 * of broker 0 is killed several times (Mooring moves the attachment), then everything on broker 3
 * is reassigned to broker 4 (Kafka moves the data), and the other way round at the next size.
 */
final class FailoverBench {

  /** Brokers with data and the empty one. */
  static final int BROKERS = 5;

  private static final int DATA_BROKERS = 4;
  private static final int PARTITIONS = 8;
  private static final int REPLICAS = 2;
  private static final String TOPIC = "bench";
  private static final Duration INCIDENT_LIMIT = Duration.ofMinutes(4);
  private static final Duration LIMIT = Duration.ofMinutes(10);
  private static final Duration POLL = Duration.ofMillis(100);

  private final LocalCluster cluster;
  private final Progress progress;
  private final List<Double> sizesGb;
  private final int kills;
  private final EventRecorder recorder = new EventRecorder();
  private final List<Reattach> reattaches = new ArrayList<>();
  private final List<Copy> copies = new ArrayList<>();
  private final Map<String, List<Double>> stepMs = new LinkedHashMap<>();

  FailoverBench(LocalCluster cluster, Progress progress, List<Double> sizesGb, int kills) {
    this.cluster = cluster;
    this.progress = progress;
    this.sizesGb = sizesGb;
    this.kills = kills;
  }

  FailoverBenchResult run() throws InterruptedException, ExecutionException {
    try (EventFeed.Subscription _ = cluster.events().subscribe(recorder);
        Reassignment kafka = new Reassignment(cluster.managedBootstrapServers(), TOPIC)) {
      kafka.createTopic(PARTITIONS, DATA_BROKERS);
      double loaded = 0;
      int full = DATA_BROKERS - 1;
      int empty = DATA_BROKERS;
      for (double size : sizesGb) {
        load(size, size - loaded);
        loaded = size;
        for (int i = 0; i < kills; i++) {
          reattach(size, kafka);
        }
        Duration copy = kafka.move(full, empty, LIMIT);
        copies.add(new Copy(size, copy.toMillis() / 1000.0));
        progress.say(
            "%.1f GB per broker: reassignment took %.1f s".formatted(size, copy.toMillis() / 1e3));
        int swap = full;
        full = empty;
        empty = swap;
      }
    }
    return result();
  }

  private void load(double size, double more) {
    progress.say("loading up to %.1f GB per broker".formatted(size));
    // Each byte lies on two brokers.
    long bytes = (long) (more * 1e9 * DATA_BROKERS / REPLICAS);
    BulkLoad.add(cluster.managedBootstrapServers(), TOPIC, PARTITIONS, bytes);
  }

  private void reattach(double size, Reassignment kafka)
      throws InterruptedException, ExecutionException {
    Victim victim = Victim.broker(cluster, 0);
    Subject subject = victim.subject();
    Instant before = Instant.now();
    cluster.faults().killNode(subject.node());
    Instant killed =
        recorder
            .await(
                event -> event instanceof ClusterEvent.Fault && !event.at().isBefore(before), LIMIT)
            .orElseThrow()
            .at();
    await(Milestone.SERVING, subject, killed);
    await(Milestone.ISR_FULL, subject, killed);
    Incident incident = Incident.of(subject, killed, recorder.events());
    for (Step step : incident.steps()) {
      stepMs.computeIfAbsent(step.name(), _ -> new ArrayList<>()).add(step.durationMs());
    }
    Reattach seen =
        new Reattach(
            size,
            incident.millisTo(Milestone.JUDGED_DEAD).orElse(Double.NaN),
            incident.millisTo(Milestone.SERVING).orElse(Double.NaN),
            incident.millisTo(Milestone.ISR_FULL).orElse(Double.NaN));
    reattaches.add(seen);
    progress.say(
        "%.1f GB per broker: detected %.2f s, serving %.2f s, in-sync replicas full %.2f s"
            .formatted(
                size, seen.detectedMs() / 1e3, seen.servingMs() / 1e3, seen.isrFullMs() / 1e3));
    cluster.faults().startNode(subject.node());
    awaitWhole(victim, kafka);
  }

  private void await(Milestone milestone, Subject subject, Instant killed)
      throws InterruptedException {
    boolean reached =
        recorder
            .await(
                event ->
                    Incident.of(subject, killed, List.of(event)).millisTo(milestone).isPresent(),
                INCIDENT_LIMIT)
            .isPresent();
    if (!reached) {
      throw new LocalClusterException(
          "LCL-032",
          "The failover of " + subject.pod() + " did not come to its end",
          "not seen within %s: %s"
              .formatted(INCIDENT_LIMIT, Incident.of(subject, killed, recorder.events()).missing()),
          "See .mooring/bench/logs and ./mooring status --name bench.");
    }
  }

  private void awaitWhole(Victim victim, Reassignment kafka)
      throws InterruptedException, ExecutionException {
    Instant deadline = Instant.now().plus(LIMIT);
    while (!victim.isInSyncEverywhere()
        || !kafka.isWhole()
        || !cluster.isSettled()
        || !isIncidentOver()) {
      if (Instant.now().isAfter(deadline)) {
        throw new LocalClusterException(
            "LCL-031",
            "The cluster did not become whole again after a kill",
            "a replica or a partition is still out of sync after " + LIMIT,
            "See .mooring/bench/logs and ./mooring status.");
      }
      Thread.sleep(POLL);
    }
  }

  /** Or what the detector says of the last incident would be taken for the next one's. */
  private boolean isIncidentOver() {
    Instant down = Instant.MIN;
    Instant restored = Instant.MIN;
    for (ClusterEvent event : recorder.events()) {
      if (event instanceof ClusterEvent.Record record
          && record.value().orElse(null) instanceof BrokerEvent seen) {
        if (seen.getDetail() instanceof BrokerDown) {
          down = event.at();
        } else if (seen.getDetail() instanceof IsrRestored) {
          restored = event.at();
        }
      }
    }
    return !restored.isBefore(down);
  }

  private FailoverBenchResult result() {
    Map<String, Double> medians = new LinkedHashMap<>();
    stepMs.forEach((name, values) -> medians.put(name, Median.of(values)));
    return new FailoverBenchResult(
        "%d processors, Java %s"
            .formatted(Runtime.getRuntime().availableProcessors(), Runtime.version()),
        sizesGb,
        List.copyOf(reattaches),
        List.copyOf(copies),
        Line.through(
            reattaches.stream()
                .map(seen -> new double[] {seen.gbPerBroker(), seen.servingMs() / 1000})
                .toList()),
        Line.through(
            copies.stream()
                .map(copy -> new double[] {copy.gbPerBroker(), copy.seconds()})
                .toList()),
        medians);
  }
}
