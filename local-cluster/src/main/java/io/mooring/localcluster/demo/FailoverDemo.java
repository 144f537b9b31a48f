package io.mooring.localcluster.demo;

import io.mooring.localcluster.LocalCluster;
import io.mooring.localcluster.Progress;
import io.mooring.localcluster.event.ClusterEvent;
import io.mooring.localcluster.event.EventFeed;
import io.mooring.localcluster.incident.EventRecorder;
import io.mooring.localcluster.incident.Incident;
import io.mooring.localcluster.incident.Milestone;
import io.mooring.localcluster.incident.Subject;
import io.mooring.localcluster.load.Ledger;
import io.mooring.localcluster.load.LedgerCheck;
import io.mooring.localcluster.load.LedgerVerdict;
import io.mooring.localcluster.load.LoadGenerator;
import io.mooring.localcluster.load.LoadSettings;
import io.mooring.localcluster.report.Step;
import io.mooring.schemas.VolumeState;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;

/**
 * The story, told once: load, kill the node of one broker, watch the broker come back elsewhere,
 * bring the node back, watch the pods spread again, read everything back.
 */
final class FailoverDemo {

  private static final String HISTORY = "history";
  private static final String LIVE = "live";
  private static final int BROKER = 0;
  private static final long SEED = 20_200_911;

  /**
   * Replicas know that they share a block two flushes after it was written, of 3 s each at most.
   */
  private static final Duration SETTLE = Duration.ofSeconds(8);

  private static final Duration POLL = Duration.ofMillis(100);

  private final LocalCluster cluster;
  private final DemoSettings settings;
  private final Progress progress;
  private final EventRecorder recorder = new EventRecorder();

  FailoverDemo(LocalCluster cluster, DemoSettings settings, Progress progress) {
    this.cluster = cluster;
    this.settings = settings;
    this.progress = progress;
  }

  /** Plays it. The ledger is written below the given folder. */
  DemoResult run(Path folder) throws InterruptedException, IOException {
    Instant startedAt = Instant.now();
    try (EventFeed.Subscription _ = cluster.events().subscribe(recorder);
        Topics topics = new Topics(cluster.managedBootstrapServers());
        Ledger ledger = Ledger.create(folder)) {
      loadHistory(topics, ledger);
      topics.create(LIVE, settings.partitions());
      try (LoadGenerator load = LoadGenerator.start(live(), ledger)) {
        progress.say("steady load: %,d records/s, acks=all".formatted(settings.recordsPerSecond()));
        Thread.sleep(settings.calm());
        Evidence evidence = killAndRecover(topics, load);
        Thread.sleep(settings.calm());
        load.stop();
        progress.say("reading back %,d acknowledged records".formatted(ledger.acknowledged()));
        LedgerVerdict verdict =
            LedgerCheck.run(
                cluster.managedBootstrapServers(), ledger, topics.partitions(), settings.limit());
        return new Verdicts(evidence, recorder.events(), verdict).result(startedAt, load);
      }
    }
  }

  private void loadHistory(Topics topics, Ledger ledger) throws InterruptedException {
    topics.create(HISTORY, settings.partitions());
    progress.say("loading %,d records of history".formatted(settings.historyRecords()));
    LoadSettings history =
        new LoadSettings(
            cluster.managedBootstrapServers(),
            HISTORY,
            settings.partitions(),
            settings.historyPerSecond(),
            SEED);
    double seconds = LoadGenerator.produce(history, settings.historyRecords(), ledger);
    progress.say("%,d records acknowledged in %.1f s".formatted(ledger.acknowledged(), seconds));
    // Or the kernels of the other brokers' nodes would do so while the node is away, and all of it
    // would count as written meanwhile.
    cluster.writeBack();
    Thread.sleep(SETTLE);
  }

  private Evidence killAndRecover(Topics topics, LoadGenerator load)
      throws InterruptedException, IOException {
    Victim victim = Victim.broker(cluster, BROKER);
    Subject subject = victim.subject();
    long epochBefore = victim.volume().getEpoch();
    Set<String> directoriesBefore = topics.logDirectories(BROKER, subject.node());

    progress.say("killing node " + subject.node() + " with " + subject.pod() + " on it");
    double killedMs = load.nowMs();
    cluster.faults().killNode(subject.node());
    Instant killed = killTime(subject.node());
    await(killed, subject, Milestone.SERVING);
    await(killed, subject, Milestone.ISR_FULL);
    Incident incident = Incident.of(subject, killed, recorder.events());
    for (Step step : incident.steps()) {
      progress.say("  +%6.2f s  %s".formatted(step.toMs() / 1000, step.name()));
    }
    String newNode = cluster.nodeOf(subject.pod()).orElse("none");
    Set<String> directoriesAfter = topics.logDirectories(BROKER, newNode);

    Thread.sleep(settings.calm());
    progress.say("bringing node " + subject.node() + " back");
    Instant returned = Instant.now();
    cluster.faults().startNode(subject.node());
    boolean resynced = await(victim::isInSyncEverywhere);
    Instant inSync = Instant.now();
    long epochAfter = victim.volume().getEpoch();
    List<VolumeState> volumesOnNode = victim.volumesOnNode();
    progress.say("replicas are in sync; the pods that share a node are spread again");
    boolean settled = await(cluster::isSettled);
    return new Evidence(
        incident,
        subject,
        newNode,
        epochBefore,
        epochAfter,
        directoriesBefore.equals(directoriesAfter),
        killedMs / 1000,
        returned,
        Duration.between(returned, inSync),
        resynced,
        volumesOnNode,
        settled,
        Duration.between(inSync, Instant.now()));
  }

  private void await(Instant since, Subject subject, Milestone milestone)
      throws InterruptedException {
    recorder.await(
        event -> !Incident.of(subject, since, List.of(event)).missing().contains(milestone),
        settings.limit());
  }

  private boolean await(BooleanSupplier condition) throws InterruptedException {
    Instant deadline = Instant.now().plus(settings.limit());
    while (!condition.getAsBoolean()) {
      if (Instant.now().isAfter(deadline)) {
        return false;
      }
      Thread.sleep(POLL);
    }
    return true;
  }

  private Instant killTime(String node) {
    return recorder.events().stream()
        .filter(event ->
            event instanceof ClusterEvent.Fault fault
                && fault.fault().equals("kill-node")
                && fault.target().equals(node))
        .map(ClusterEvent::at)
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("the kill of " + node + " was not published"));
  }

  private LoadSettings live() {
    return new LoadSettings(
        cluster.managedBootstrapServers(),
        LIVE,
        settings.partitions(),
        settings.recordsPerSecond(),
        SEED + 1);
  }
}
