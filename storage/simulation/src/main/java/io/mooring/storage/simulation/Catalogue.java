package io.mooring.storage.simulation;

import io.mooring.storage.replication.CatalogueState;
import io.mooring.storage.replication.Epoch;
import io.mooring.storage.replication.Generation;
import io.mooring.storage.replication.HeadMessage.Membership;
import io.mooring.storage.replication.HeadState;
import io.mooring.storage.replication.ReplicaId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * volume-manager as the protocol sees it, with the topics between it and the agents: reports of one
 * process stay in order and may be late, also when the process is dead; states arrive in order.
 */
final class Catalogue {
  private final Simulation simulation;
  private final Scheduler scheduler;
  private final TreeMap<ReplicaId, Boolean> inSyncByReplica = new TreeMap<>();
  private final Map<ReplicaId, Long> outSince = new HashMap<>();
  private final TreeSet<String> downNodes = new TreeSet<>();
  private final TreeSet<String> cutOff = new TreeSet<>();
  private final Map<Process, Long> reportDueAt = new HashMap<>();
  private final Map<String, Long> stateDueAt = new HashMap<>();
  private Epoch epoch = new Epoch(0);
  private Generation generation = new Generation(1);
  private Phase phase = Phase.DETACHED;
  private @Nullable String holder;
  private long version = 1;

  /** Attachment phase. */
  enum Phase {
    DETACHED,
    PUBLISHED,
    FENCING
  }

  /** What is published. */
  record State(
      long version, Epoch epoch, Membership membership, Phase phase, @Nullable String holder) {
    CatalogueState forHead() {
      return new CatalogueState(epoch, membership);
    }
  }

  Catalogue(Simulation simulation) {
    this.simulation = simulation;
    this.scheduler = simulation.scheduler();
  }

  void create(ReplicaId replica) {
    inSyncByReplica.put(replica, true);
  }

  Phase phase() {
    return phase;
  }

  @Nullable String holder() {
    return holder;
  }

  List<ReplicaId> inSync() {
    List<ReplicaId> inSync = new ArrayList<>();
    inSyncByReplica.forEach((replica, in) -> {
      if (in) {
        inSync.add(replica);
      }
    });
    return inSync;
  }

  List<ReplicaId> absent() {
    List<ReplicaId> absent = new ArrayList<>(inSyncByReplica.keySet());
    absent.removeAll(inSync());
    return absent;
  }

  State state() {
    return new State(version, epoch, new Membership(generation, inSync(), absent()), phase, holder);
  }

  // Orchestration

  void publish(String node) {
    epoch = epoch.next();
    phase = Phase.PUBLISHED;
    holder = node;
    changed();
  }

  void fence() {
    epoch = epoch.next();
    phase = Phase.FENCING;
    holder = null;
    dropDownMembers();
    changed();
  }

  void nodeDown(String node) {
    downNodes.add(node);
    if (node.equals(holder)) {
      fence();
    } else if (dropDownMembers()) {
      changed();
    }
  }

  void nodeUp(String node) {
    downNodes.remove(node);
  }

  private boolean dropDownMembers() {
    boolean someoneUp =
        inSync().stream().anyMatch(id -> !downNodes.contains(simulation.host(id).node()));
    boolean dropped = false;
    for (ReplicaId replica : inSync()) {
      if (someoneUp && downNodes.contains(simulation.host(replica).node())) {
        out(replica);
        dropped = true;
      }
    }
    if (dropped) {
      generation = generation.next();
    }
    return dropped;
  }

  /** A stale replica is given up for a new, empty one. */
  void replace(ReplicaId stale, ReplicaId joining) {
    inSyncByReplica.remove(stale);
    inSyncByReplica.put(joining, false);
    generation = generation.next();
    changed();
  }

  // Reports

  void reportLost(String node, Process from, Epoch of, Generation basis, ReplicaId replica) {
    report(node, from, () -> lost(of, basis, replica));
  }

  private void lost(Epoch of, Generation basis, ReplicaId replica) {
    Boolean isMember = inSyncByReplica.get(replica);
    if (!of.equals(epoch) || isMember == null) {
      changed();
    } else if (isMember && inSync().size() > 1) {
      out(replica);
      generation = generation.next();
      changed();
    } else {
      if (!isMember && basis.equals(generation)) {
        generation = generation.next(); // voids a report that the replica had caught up
      }
      changed();
    }
  }

  void reportCaughtUp(String node, Process from, Epoch of, Generation basis, ReplicaId replica) {
    report(
        node,
        from,
        () -> {
          if (of.equals(epoch)
              && basis.equals(generation)
              && inSyncByReplica.containsKey(replica)) {
            in(replica);
            generation = generation.next();
          }
          changed();
        });
  }

  private void out(ReplicaId replica) {
    inSyncByReplica.put(replica, false);
    outSince.put(replica, scheduler.now());
  }

  /** I4: what could not be read when it left the set has no way back. */
  private void in(ReplicaId replica) {
    long since = outSince.getOrDefault(replica, Long.MIN_VALUE);
    if (Boolean.FALSE.equals(inSyncByReplica.put(replica, true))
        && simulation.host(replica).unreadableSince() <= since) {
      throw new SimulationFailure(
          "I4: " + replica + " could not be read, and is in the in-sync set again");
    }
  }

  void replicaPromised(String node, Process from, ReplicaId replica, Epoch promised) {
    report(
        node,
        from,
        () -> {
          if (phase == Phase.FENCING
              && promised.equals(epoch)
              && Boolean.TRUE.equals(inSyncByReplica.get(replica))) {
            phase = Phase.DETACHED;
            changed();
          }
        });
  }

  void headClosed(String node, Process from, Epoch of, HeadState.Closed.Reason reason) {
    report(
        node,
        from,
        () -> {
          if (of.equals(epoch) && phase == Phase.PUBLISHED) {
            switch (reason) {
              case REQUESTED -> {
                phase = Phase.DETACHED;
                holder = null;
                changed();
              }
              case UNFLUSHED_WRITES_LOST -> fence();
            }
          }
        });
  }

  // Topics

  void cutOff(String node) {
    cutOff.add(node);
  }

  void heal() {
    cutOff.clear();
  }

  private void report(String node, Process from, Runnable effect) {
    long late = scheduler.chance(0.05) ? scheduler.between(50, 600) : scheduler.between(1, 30);
    long due =
        Math.max(reportDueAt.getOrDefault(from, 0L) + 1, scheduler.now() + late * Scheduler.MILLIS);
    reportDueAt.put(from, due);
    scheduler.after(due - scheduler.now(), "report", () -> deliverReport(node, from, effect));
  }

  /** While the node is cut off its reports wait in the agent, and die with it. */
  private void deliverReport(String node, Process from, Runnable effect) {
    if (!cutOff.contains(node)) {
      effect.run();
      simulation.checkAfterEvent();
    } else if (from.isAlive()) {
      report(node, from, effect);
    }
  }

  void subscribe(Node node) {
    announce(node);
  }

  private void changed() {
    version++;
    simulation.log("catalogue", state());
    for (Node node : simulation.nodes()) {
      if (node.isAgentUp()) {
        announce(node);
      }
    }
  }

  private void announce(Node node) {
    State state = state();
    Process to = node.process();
    long late = scheduler.chance(0.05) ? scheduler.between(30, 300) : scheduler.between(1, 20);
    long due =
        Math.max(
            stateDueAt.getOrDefault(node.name(), 0L) + 1,
            scheduler.now() + late * Scheduler.MILLIS);
    stateDueAt.put(node.name(), due);
    scheduler.after(due - scheduler.now(), "state", () -> deliverState(node, to, state));
  }

  private void deliverState(Node node, Process to, State state) {
    if (!to.isAlive()) {
      return;
    }
    if (cutOff.contains(node.name())) {
      scheduler.after(20 * Scheduler.MILLIS, "state waits", () -> deliverState(node, to, state));
    } else {
      to.deliver(() -> node.catalogueState(state));
    }
  }
}
