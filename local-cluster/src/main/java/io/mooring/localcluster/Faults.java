package io.mooring.localcluster;

import io.mooring.localcluster.event.ClusterEvent;
import io.mooring.localcluster.event.EventFeed;
import io.mooring.localcluster.node.Machine;
import io.mooring.localcluster.process.SupervisedProcess;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Function;

/**
 * What can be done to a running cluster, and undone. Each is published as an event just before it
 * happens, so that times can be taken from there.
 */
public final class Faults {

  private static final String CONTROL_KAFKA = "control-kafka";
  private static final Duration STOP_GRACE = Duration.ofSeconds(20);

  private final Function<String, Machine> machines;
  private final ControlPlane controlPlane;
  private final Optional<MigrationPlane> migration;
  private final EventFeed events;

  Faults(
      Function<String, Machine> machines,
      ControlPlane controlPlane,
      Optional<MigrationPlane> migration,
      EventFeed events) {
    this.machines = machines;
    this.controlPlane = controlPlane;
    this.migration = migration;
    this.events = events;
  }

  /** The node's link goes down and everything on it dies at once. */
  public void killNode(String node) throws InterruptedException {
    Machine machine = machines.apply(node);
    tell("kill-node", node);
    machine.kill();
  }

  /** Powers a dead node on again. */
  public void startNode(String node) throws InterruptedException {
    Machine machine = machines.apply(node);
    tell("start-node", node);
    machine.start();
  }

  /** Freezes everything on a node until it is resumed. */
  public void pauseNode(String node) throws InterruptedException {
    Machine machine = machines.apply(node);
    tell("pause-node", node);
    machine.node().pause();
  }

  /** Freezes everything on a node for a while. */
  public void pauseNode(String node, Duration duration) throws InterruptedException {
    pauseNode(node);
    try {
      Thread.sleep(duration);
    } finally {
      resumeNode(node);
    }
  }

  /** Lets a frozen node go on. */
  public void resumeNode(String node) throws InterruptedException {
    Machine machine = machines.apply(node);
    tell("resume-node", node);
    machine.node().resume();
  }

  /** Cuts a node off the network while everything on it goes on. */
  public void cutLink(String node) throws InterruptedException {
    Machine machine = machines.apply(node);
    tell("cut-link", node);
    machine.node().cutLink();
  }

  /** Joins a node to the network again. */
  public void healLink(String node) throws InterruptedException {
    Machine machine = machines.apply(node);
    tell("heal-link", node);
    machine.node().healLink();
  }

  /** Kills a node's agent alone; it is started again in place. */
  public void crashAgent(String node) throws InterruptedException {
    Machine machine = machines.apply(node);
    tell("crash-agent", node);
    machine.agent().crash();
  }

  /** Takes all room on a node's disk; needs a cluster whose nodes have disks of their own. */
  public void fullDisk(String node) throws InterruptedException {
    Machine machine = machines.apply(node);
    tell("full-disk", node);
    machine.fillDisk();
  }

  /** Makes room on a node's disk again. */
  public void freeDisk(String node) throws InterruptedException {
    Machine machine = machines.apply(node);
    tell("free-disk", node);
    machine.freeDisk();
  }

  /** Kills volume-manager, which stays away until it is started. */
  public void killManager() throws InterruptedException {
    kill(controlPlane.manager());
  }

  /** Starts volume-manager again. */
  public void startManager() {
    start(controlPlane.manager());
  }

  /** Kills the autopilot, which stays away until it is started. */
  public void killAutopilot() throws InterruptedException {
    kill(controlPlane.autopilot());
  }

  /** Starts the autopilot again. */
  public void startAutopilot() {
    start(controlPlane.autopilot());
  }

  /** Kills the migrator, which stays away until it is started. */
  public void killMigrator() throws InterruptedException {
    kill(migrator());
  }

  /** Starts the migrator again. */
  public void startMigrator() {
    start(migrator());
  }

  /** Kills the Kafka that carries the control topics; it stays away until it is started. */
  public void killControlKafka() throws InterruptedException {
    tell("kill-control-kafka", CONTROL_KAFKA);
    controlPlane.kafka().kill();
  }

  /** Stops the Kafka that carries the control topics. */
  public void stopControlKafka() throws InterruptedException {
    tell("stop-control-kafka", CONTROL_KAFKA);
    controlPlane.kafka().stop(STOP_GRACE);
  }

  /** Starts the Kafka that carries the control topics again. */
  public void startControlKafka() throws InterruptedException {
    tell("start-control-kafka", CONTROL_KAFKA);
    controlPlane.kafka().start();
  }

  private SupervisedProcess migrator() {
    return migration
        .map(MigrationPlane::migrator)
        .orElseThrow(() ->
            new LocalClusterException(
                "LCL-048",
                "There is no migrator",
                "the cluster was started without one",
                "Start it with --migration or --store-of"));
  }

  private void kill(SupervisedProcess service) throws InterruptedException {
    tell("kill-service", service.name());
    service.kill();
  }

  private void start(SupervisedProcess service) {
    tell("start-service", service.name());
    service.start();
  }

  private void tell(String fault, String target) {
    events.publish(new ClusterEvent.Fault(Instant.now(), fault, target));
  }
}
