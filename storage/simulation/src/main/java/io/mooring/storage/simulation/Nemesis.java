package io.mooring.storage.simulation;

import io.mooring.storage.replication.HeadInput;
import io.mooring.storage.replication.ReplicaId;
import io.mooring.storage.replication.ReplicaRecord;
import io.mooring.storage.replication.RequestId;
import java.util.ArrayList;
import java.util.List;

/** Chooses, from the seed, which faults a run has and when they strike. */
final class Nemesis {
  /** Requests from here on are not the client's. */
  static final long OWN_REQUESTS = 1L << 40;

  private final Simulation simulation;
  private final Scheduler scheduler;
  private final List<Fault> faults = new ArrayList<>();
  private boolean stopped;
  private long ownRequests = OWN_REQUESTS;

  /** What can go wrong. */
  enum Fault {
    MACHINE_CRASH,
    POWER_CUT,
    AGENT_CRASH,
    PAUSE,
    ONE_WAY_CUT,
    ISOLATION,
    CATALOGUE_AWAY,
    CONNECTION_RESET,
    DISK_FULL,
    SYNC_FAILS,
    SLOW_DISK,
    BAD_SECTORS,
    FALSE_NODE_DOWN,
    FORCED_MOVE,
    CLEAN_MOVE,
    REPLACE_REPLICA,
    RESIZE
  }

  Nemesis(Simulation simulation) {
    this.simulation = simulation;
    this.scheduler = simulation.scheduler();
    for (Fault fault : Fault.values()) {
      if (scheduler.chance(0.4)) {
        faults.add(fault);
      }
    }
  }

  void start() {
    if (!faults.isEmpty()) {
      long pause = scheduler.between(40, 400);
      strikeLater(pause);
    }
  }

  private void strikeLater(long pauseMs) {
    scheduler.after(
        scheduler.between(1, 2 * pauseMs) * Scheduler.MILLIS,
        "nemesis",
        () -> {
          if (!stopped) {
            strike(faults.get(scheduler.below(faults.size())));
            strikeLater(pauseMs);
          }
        });
  }

  void stop() {
    stopped = true;
  }

  private void strike(Fault fault) {
    Node node = simulation.nodes().get(scheduler.below(simulation.nodes().size()));
    simulation.log("nemesis", fault + " " + node.name());
    switch (fault) {
      case MACHINE_CRASH -> crashMachine(node);
      case POWER_CUT -> List.copyOf(simulation.nodes()).forEach(this::crashMachine);
      case AGENT_CRASH -> crashAgent(node);
      case PAUSE -> pause(node);
      case ONE_WAY_CUT -> cut(node, false);
      case ISOLATION -> cut(node, true);
      case CATALOGUE_AWAY -> catalogueAway(node);
      case CONNECTION_RESET -> simulation.resetSomeWire();
      case DISK_FULL -> failDisk(ReplicaHost.DiskFault.WRITES_FAIL, 100);
      case SYNC_FAILS -> failDisk(ReplicaHost.DiskFault.SYNCS_FAIL, 100);
      case SLOW_DISK -> failDisk(ReplicaHost.DiskFault.SLOW, 900);
      case BAD_SECTORS -> spoilSectors();
      case FALSE_NODE_DOWN -> {
        simulation.catalogue().nodeDown(node.name());
        later(50, 600, () -> simulation.catalogue().nodeUp(node.name()));
      }
      case FORCED_MOVE -> {
        if (simulation.catalogue().phase() == Catalogue.Phase.PUBLISHED) {
          simulation.catalogue().fence();
        }
      }
      case CLEAN_MOVE -> closeHeads();
      case REPLACE_REPLICA -> replaceReplica();
      case RESIZE -> resize();
    }
  }

  private void later(long leastMs, long mostMs, Runnable action) {
    scheduler.after(scheduler.between(leastMs, mostMs) * Scheduler.MILLIS, "nemesis ends", action);
  }

  private void crashMachine(Node node) {
    if (!node.isMachineUp()) {
      return;
    }
    node.crashMachine();
    later(
        20,
        1_200,
        () -> {
          simulation.catalogue().nodeUp(node.name());
          if (!node.isMachineUp()) {
            node.boot();
          }
        });
    later(
        200,
        900,
        () -> {
          if (!node.isMachineUp()) {
            simulation.catalogue().nodeDown(node.name());
          }
        });
  }

  private void crashAgent(Node node) {
    if (node.isAgentUp()) {
      node.crashAgent();
      later(
          1,
          500,
          () -> {
            if (node.isMachineUp() && !node.isAgentUp()) {
              node.startAgent(ReplicaRecord.Restart.INTACT);
            }
          });
    }
  }

  private void pause(Node node) {
    if (node.isAgentUp() && !node.process().isPaused()) {
      Process paused = node.process();
      paused.pause();
      later(5, 1_500, paused::resume);
    }
  }

  private void cut(Node node, boolean bothWays) {
    for (Node other : simulation.nodes()) {
      if (other != node && scheduler.chance(0.7)) {
        simulation.network().cut(node.name(), other.name());
        if (bothWays) {
          simulation.network().cut(other.name(), node.name());
        }
      }
    }
    later(20, 1_500, () -> simulation.network().heal(node.name()));
  }

  private void catalogueAway(Node node) {
    if (scheduler.chance(0.5)) {
      simulation.nodes().forEach(each -> simulation.catalogue().cutOff(each.name()));
    } else {
      simulation.catalogue().cutOff(node.name());
    }
    later(50, 1_500, simulation.catalogue()::heal);
  }

  private void failDisk(ReplicaHost.DiskFault fault, long mostMs) {
    List<ReplicaHost> hosts = simulation.hosts();
    ReplicaHost host = hosts.get(scheduler.below(hosts.size()));
    host.fault = fault;
    later(5, mostMs, () -> host.fault = ReplicaHost.DiskFault.NONE);
  }

  private void spoilSectors() {
    List<ReplicaHost> hosts = simulation.hosts();
    ReplicaHost host = hosts.get(scheduler.below(hosts.size()));
    int run = scheduler.below(Layout.hotRuns());
    int first = scheduler.below(Layout.hotRunLength(run));
    int sectors = 1 + scheduler.below(Layout.hotRunLength(run) - first);
    host.disk().goBad(Layout.hotRange(run, first, sectors));
  }

  private void closeHeads() {
    for (Node node : simulation.nodes()) {
      HeadRun run = node.run();
      if (run != null && node.isAgentUp() && !run.isOver()) {
        run.client().die();
        node.process()
            .deliver(() -> run.on(new HeadInput.CloseRequested(new RequestId(ownRequests++))));
      }
    }
  }

  private void resize() {
    for (Node node : simulation.nodes()) {
      HeadRun run = node.run();
      if (run != null && node.isAgentUp() && !run.isOver()) {
        run.grow(new RequestId(ownRequests++));
      }
    }
  }

  private void replaceReplica() {
    List<ReplicaId> absent = simulation.catalogue().absent();
    if (!absent.isEmpty()) {
      simulation.replaceReplica(absent.get(scheduler.below(absent.size())));
    }
  }

  /** Ends every fault at once. */
  void heal() {
    stop();
    simulation.network().heal();
    simulation.catalogue().heal();
    simulation.hosts().forEach(host -> host.fault = ReplicaHost.DiskFault.NONE);
    for (Node node : simulation.nodes()) {
      simulation.catalogue().nodeUp(node.name());
      if (!node.isMachineUp()) {
        node.boot();
      } else if (!node.isAgentUp()) {
        node.startAgent(ReplicaRecord.Restart.INTACT);
      } else if (node.process().isPaused()) {
        node.process().resume();
      }
    }
  }
}
