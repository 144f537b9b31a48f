package io.mooring.localcluster.drill;

import io.mooring.localcluster.LocalCluster;
import io.mooring.localcluster.Progress;
import io.mooring.localcluster.demo.Topics;
import io.mooring.localcluster.drill.FaultPlan.PlannedFault;
import io.mooring.localcluster.event.ClusterEvent;
import io.mooring.localcluster.event.EventFeed;
import io.mooring.localcluster.incident.EventRecorder;
import io.mooring.localcluster.load.Ledger;
import io.mooring.localcluster.load.LedgerCheck;
import io.mooring.localcluster.load.LedgerVerdict;
import io.mooring.localcluster.load.LoadGenerator;
import io.mooring.localcluster.load.LoadSettings;
import io.mooring.localcluster.report.Check;
import io.mooring.schemas.NodeDescriptor;
import io.mooring.schemas.NodeDown;
import io.mooring.schemas.NodeEvent;
import io.mooring.schemas.ReplicaRole;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * Plays a plan on a cluster under load. The next fault waits until the cluster is whole again: two
 * replicas and two in-sync brokers on two nodes survive one fault at a time, and that is what is
 * claimed.
 */
final class Drill {

  private static final String TOPIC = "drill";
  private static final int PARTITIONS = 8;
  private static final int RECORDS_PER_SECOND = 1_500;
  private static final Duration WHOLE_LIMIT = Duration.ofSeconds(180);
  private static final Duration DETECTION_LIMIT = Duration.ofSeconds(20);
  private static final Duration POLL = Duration.ofMillis(100);

  private final LocalCluster cluster;
  private final FaultPlan plan;
  private final Progress progress;
  private final EventRecorder recorder = new EventRecorder();
  private final List<DrillResult.Round> rounds = new ArrayList<>();
  private int falseFailovers;
  private int missedFailovers;

  Drill(LocalCluster cluster, FaultPlan plan, Progress progress) {
    this.cluster = cluster;
    this.plan = plan;
    this.progress = progress;
  }

  DrillResult run(Path folder) throws InterruptedException, IOException {
    try (EventFeed.Subscription _ = cluster.events().subscribe(recorder);
        Topics topics = new Topics(cluster.managedBootstrapServers());
        Ledger ledger = Ledger.create(folder)) {
      topics.create(TOPIC, PARTITIONS);
      try (LoadGenerator load =
          LoadGenerator.start(
              new LoadSettings(
                  cluster.managedBootstrapServers(),
                  TOPIC,
                  PARTITIONS,
                  RECORDS_PER_SECOND,
                  plan.seed()),
              ledger)) {
        for (PlannedFault fault : plan.faults()) {
          round(fault, topics);
        }
        load.stop();
        LedgerVerdict verdict =
            LedgerCheck.run(
                cluster.managedBootstrapServers(), ledger, topics.partitions(), WHOLE_LIMIT);
        return result(verdict, load.failed());
      }
    }
  }

  private void round(PlannedFault fault, Topics topics) throws InterruptedException {
    Thread.sleep(fault.delay());
    String node = cluster.nodes().get(fault.nodeIndex()).name();
    Instant began = Instant.now();
    inject(fault, node);
    long detectedMs = judge(fault, node, began);
    undo(fault, node, began);
    long wholeMs = awaitWhole(topics, began);
    rounds.add(
        new DrillResult.Round(
            fault.kind().name(), node, fault.length().toMillis(), detectedMs, wholeMs));
    progress.say(
        "%2d/%d %-12s %s %5d ms  detected %6s  whole again %s"
            .formatted(
                rounds.size(),
                plan.faults().size(),
                fault.kind(),
                node,
                fault.length().toMillis(),
                detectedMs < 0 ? "-" : detectedMs + " ms",
                wholeMs < 0 ? "NEVER" : wholeMs + " ms"));
  }

  private void inject(PlannedFault fault, String node) throws InterruptedException {
    switch (fault.kind()) {
      case KILL_NODE -> cluster.faults().killNode(node);
      case CUT_LINK -> cluster.faults().cutLink(node);
      case PAUSE_NODE -> cluster.faults().pauseNode(node, fault.length());
      case CRASH_AGENT -> cluster.faults().crashAgent(node);
      case CONTROL_OUTAGE -> {
        cluster.faults().stopControlKafka();
        try {
          Thread.sleep(fault.length());
        } finally {
          cluster.faults().startControlKafka();
        }
      }
      case STARVE_CPU -> Starvation.forAWhile(fault.length());
    }
  }

  /** Ends what lasts; a killed node is powered on, a cut one joined again. */
  private void undo(PlannedFault fault, String node, Instant began) throws InterruptedException {
    switch (fault.kind()) {
      case KILL_NODE -> cluster.faults().startNode(node);
      case CUT_LINK -> cluster.faults().healLink(node);
      case CRASH_AGENT -> awaitAgent(node, began);
      case PAUSE_NODE, CONTROL_OUTAGE, STARVE_CPU -> {
        // Ended by itself.
      }
    }
  }

  /**
   * Its supervisor starts it again at once; until it speaks, volumes may look better than they are.
   */
  private void awaitAgent(String node, Instant crashed) throws InterruptedException {
    recorder.await(
        event ->
            event instanceof ClusterEvent.Record record
                && record.value().orElse(null) instanceof NodeDescriptor descriptor
                && descriptor.getNodeId().equals(node)
                && event.at().isAfter(crashed),
        WHOLE_LIMIT);
  }

  private long judge(PlannedFault fault, String node, Instant began) throws InterruptedException {
    if (fault.kind().failover()) {
      var verdict =
          recorder.await(
              event -> isNodeDown(event, node) && !event.at().isBefore(began), DETECTION_LIMIT);
      if (verdict.isEmpty()) {
        missedFailovers++;
        return -1;
      }
      return Duration.between(began, verdict.get().at()).toMillis();
    }
    return -1;
  }

  private long awaitWhole(Topics topics, Instant began) throws InterruptedException {
    Instant deadline = Instant.now().plus(WHOLE_LIMIT);
    while (!isWhole(topics)) {
      if (Instant.now().isAfter(deadline)) {
        return -1;
      }
      Thread.sleep(POLL);
    }
    return Duration.between(began, Instant.now()).toMillis();
  }

  private boolean isWhole(Topics topics) throws InterruptedException {
    boolean volumes =
        cluster.catalogue().volumes().stream()
            .allMatch(volume ->
                volume.getReplicas().stream()
                        .filter(replica -> replica.getRole() == ReplicaRole.IN_SYNC)
                        .count()
                    >= volume.getSpec().getRepl());
    return volumes && cluster.isSettled() && topics.isFullyReplicated();
  }

  private DrillResult result(LedgerVerdict verdict, long failed) {
    countFalseFailovers();
    List<Check> checks =
        List.of(
            new Check(
                "lostRecords",
                verdict.lost() == 0,
                "%,d of %,d lost".formatted(verdict.lost(), verdict.acknowledged())),
            new Check(
                "recordsIntact",
                verdict.isClean(),
                "%,d corrupt, %,d duplicates, %,d out of order"
                    .formatted(verdict.corrupt(), verdict.duplicates(), verdict.reordered())),
            new Check("producerErrors", failed == 0, failed + " failed sends"),
            new Check("falseFailovers", falseFailovers == 0, falseFailovers + " nodes"),
            new Check("missedFailovers", missedFailovers == 0, missedFailovers + " nodes"),
            new Check(
                "wholeAgain",
                rounds.stream().allMatch(round -> round.wholeMs() >= 0),
                "after each of %d faults".formatted(rounds.size())));
    return new DrillResult(
        checks.stream().allMatch(Check::held),
        plan.seed(),
        List.copyOf(rounds),
        falseFailovers,
        missedFailovers,
        verdict,
        checks);
  }

  /** A verdict is false unless the node's newest fault before it was one that ends its service. */
  private void countFalseFailovers() {
    List<ClusterEvent> events = recorder.events();
    for (ClusterEvent event : events) {
      if (event instanceof ClusterEvent.Record record
          && record.value().orElse(null) instanceof NodeEvent judged
          && judged.getDetail() instanceof NodeDown
          && !wasDead(judged.getNodeId(), event.at(), events)) {
        falseFailovers++;
      }
    }
  }

  private static boolean wasDead(String node, Instant at, List<ClusterEvent> events) {
    boolean dead = false;
    for (ClusterEvent event : events) {
      if (event instanceof ClusterEvent.Fault fault
          && fault.target().equals(node)
          && !event.at().isAfter(at)) {
        dead = fault.fault().equals("kill-node") || fault.fault().equals("cut-link");
      }
    }
    return dead;
  }

  private static boolean isNodeDown(ClusterEvent event, String node) {
    return event instanceof ClusterEvent.Record record
        && record.value().orElse(null) instanceof NodeEvent judged
        && judged.getNodeId().equals(node)
        && judged.getDetail() instanceof NodeDown;
  }
}
