package io.mooring.localcluster.command;

import io.mooring.localcluster.Faults;
import io.mooring.localcluster.LocalCluster;
import io.mooring.localcluster.LocalClusterException;
import java.time.Duration;
import java.util.List;

/** Does what comes in over the control socket. */
final class ClusterConsole {

  private final LocalCluster cluster;

  ClusterConsole(LocalCluster cluster) {
    this.cluster = cluster;
  }

  String answer(List<String> words) throws InterruptedException {
    return switch (words.getFirst()) {
      case "status" -> new StatusReport(cluster).render(words.contains("json"));
      case "fault" -> fault(FaultKind.named(words.get(1)), words.subList(2, words.size()));
      default ->
          throw new LocalClusterException(
              "LCL-016",
              "Request '" + String.join(" ", words) + "' is unknown",
              "this cluster knows status and fault",
              "Use the ./mooring that the cluster was started with");
    };
  }

  private String fault(FaultKind kind, List<String> rest) throws InterruptedException {
    Faults faults = cluster.faults();
    String node = kind.needsNode() ? rest.getFirst() : "";
    switch (kind) {
      case KILL_NODE -> faults.killNode(node);
      case START_NODE -> faults.startNode(node);
      case PAUSE_NODE -> {
        if (rest.size() > 1) {
          faults.pauseNode(node, Duration.ofMillis(Long.parseLong(rest.get(1))));
        } else {
          faults.pauseNode(node);
        }
      }
      case RESUME_NODE -> faults.resumeNode(node);
      case CUT_LINK -> faults.cutLink(node);
      case HEAL_LINK -> faults.healLink(node);
      case CRASH_AGENT -> faults.crashAgent(node);
      case FULL_DISK -> faults.fullDisk(node);
      case FREE_DISK -> faults.freeDisk(node);
      case KILL_MANAGER -> faults.killManager();
      case START_MANAGER -> faults.startManager();
      case KILL_AUTOPILOT -> faults.killAutopilot();
      case START_AUTOPILOT -> faults.startAutopilot();
      case KILL_MIGRATOR -> faults.killMigrator();
      case START_MIGRATOR -> faults.startMigrator();
      case KILL_CONTROL_KAFKA -> faults.killControlKafka();
      case STOP_CONTROL_KAFKA -> faults.stopControlKafka();
      case START_CONTROL_KAFKA -> faults.startControlKafka();
    }
    return (kind + " " + node).strip() + ": done";
  }
}
