package io.mooring.storage.simulation;

import io.mooring.storage.replication.HeadRecord;
import io.mooring.storage.replication.Promise;
import io.mooring.storage.replication.ReplicaRecord;
import io.mooring.storage.replication.Session;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A machine with one agent: what it holds durably, and what runs on it. */
final class Node {
  private final Simulation simulation;
  private final String name;
  private @Nullable Process process;

  /** Written by the head, read by the next run on this node. */
  private @Nullable HeadRecord record;

  private @Nullable HeadRun run;

  /** The device in use; it outlives the agent. */
  private @Nullable Client device;

  private long deviceEpoch;
  private boolean machineUp;
  private long seenVersion;
  private Catalogue.@Nullable State newestSeen;
  private long stagedEpoch;

  Node(Simulation simulation, String name) {
    this.simulation = simulation;
    this.name = name;
  }

  String name() {
    return name;
  }

  Process process() {
    Process current = process;
    if (current == null) {
      throw new IllegalStateException("no agent runs on " + name);
    }
    return current;
  }

  boolean isMachineUp() {
    return machineUp;
  }

  boolean isAgentUp() {
    return process != null;
  }

  @Nullable HeadRun run() {
    return run;
  }

  void recordPersisted(HeadRecord next) {
    record = next;
  }

  void boot() {
    machineUp = true;
    startAgent(ReplicaRecord.Restart.MACHINE_CRASH);
  }

  void startAgent(ReplicaRecord.Restart restart) {
    Process next = new Process();
    process = next;
    for (ReplicaHost host : simulation.hostsOn(name)) {
      host.start(next, restart);
    }
    resumeAttachment();
    seenVersion = 0;
    newestSeen = null;
    simulation.catalogue().subscribe(this);
  }

  /**
   * The agent comes back while its device is in use: it goes on from its own record, with or
   * without the catalogue.
   */
  private void resumeAttachment() {
    HeadRecord known = record;
    Client client = device;
    if (known != null
        && client != null
        && client.isAlive()
        && known.promise().epoch().value() == deviceEpoch) {
      stagedEpoch = deviceEpoch;
      open(client, false, nextSession(known));
    }
  }

  private static HeadRecord nextSession(HeadRecord known) {
    Promise next = new Promise(known.promise().epoch(), known.promise().session().next());
    return new HeadRecord(next, known.membership(), known.pendingJoiners());
  }

  private void open(Client client, boolean fresh, HeadRecord start) {
    HeadRun next = new HeadRun(simulation, this, client, fresh, start);
    run = next;
    next.start();
  }

  void crashAgent() {
    Process dead = process;
    if (dead == null) {
      return;
    }
    dead.die();
    process = null;
    run = null;
    Client client = device;
    if (client != null) {
      client.detach();
    }
    for (ReplicaHost host : simulation.hostsOn(name)) {
      host.processDied();
    }
    simulation.processDied(dead);
  }

  void crashMachine() {
    crashAgent();
    machineUp = false;
    Client client = device;
    if (client != null) {
      client.die();
      device = null;
    }
    stagedEpoch = 0;
    for (ReplicaHost host : simulation.hostsOn(name)) {
      host.machineCrashed();
    }
  }

  /** A state of the catalogue arrives; older ones than the newest seen are repetitions. */
  void catalogueState(Catalogue.State state) {
    if (state.version() <= seenVersion) {
      return;
    }
    seenVersion = state.version();
    newestSeen = state;
    Process current = process();
    for (ReplicaHost host : simulation.hostsOn(name)) {
      host.epochLearned(state.epoch());
    }
    HeadRun active = run;
    if (active != null && !active.isOver()) {
      active.catalogueChanged(state.forHead());
    }
    active = run;
    boolean idle = active == null || active.isOver();
    if (idle && name.equals(state.holder()) && stagedEpoch != state.epoch().value()) {
      stage(state, current);
    }
  }

  private void stage(Catalogue.State state, Process current) {
    stagedEpoch = state.epoch().value();
    simulation
        .scheduler()
        .after(
            simulation.scheduler().between(1, 40) * Scheduler.MILLIS,
            "stage",
            () -> current.deliver(() -> openFresh(state)));
  }

  /** The record may be older than what this agent has heard before it opened the head. */
  private void tellNewest(@Nullable HeadRun opened) {
    Catalogue.State state = newestSeen;
    if (opened != null && state != null) {
      opened.catalogueChanged(state.forHead());
    }
  }

  private void openFresh(Catalogue.State state) {
    HeadRun active = run;
    if (active != null && !active.isOver()) {
      return;
    }
    Client client = new Client(simulation);
    device = client;
    deviceEpoch = state.epoch().value();
    HeadRecord known = record;
    HeadRecord start =
        known != null && known.promise().epoch().equals(state.epoch())
            ? nextSession(known)
            : new HeadRecord(
                new Promise(state.epoch(), new Session(1)), state.membership(), List.of());
    open(client, true, start);
    process().deliver(() -> tellNewest(run));
  }

  Optional<Client> device() {
    return Optional.ofNullable(device);
  }
}
