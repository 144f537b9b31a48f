package io.mooring.storage.simulation;

import io.mooring.storage.replication.HeadSettings;
import io.mooring.storage.replication.HeadState;
import io.mooring.storage.replication.ReplicaId;
import io.mooring.storage.replication.ReplicaRecord;
import io.mooring.storage.replication.StreamId;
import io.mooring.storage.replication.VolumeId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One run from one seed: a volume with one to three replicas on up to four nodes under a choice of
 * faults, then the end of all faults and the proof that the volume recovers.
 */
public final class Simulation {
  static final VolumeId VOLUME = new VolumeId("vol-0123456789ab");
  static final HeadSettings.Limits LIMITS =
      new HeadSettings.Limits(
          new HeadSettings.Timing(
              5 * Scheduler.MILLIS,
              40 * Scheduler.MILLIS,
              250 * Scheduler.MILLIS,
              400 * Scheduler.MILLIS,
              250 * Scheduler.MILLIS,
              150 * Scheduler.MILLIS,
              20 * Scheduler.MILLIS,
              40 * Scheduler.MILLIS,
              80 * Scheduler.MILLIS,
              200 * Scheduler.MILLIS),
          new HeadSettings.Resync(20L << 20, 2L << 20, 1 << 20, 4));

  private static final long RECOVERY_NANOS = 30 * Scheduler.SECONDS;
  private static final int LOG_LINES = 200_000;

  private final long seed;
  private final Mutant mutant;
  private final Scheduler scheduler;
  private final Network network = new Network();
  private final History history;
  private final SnapshotTaker snapshots;
  private final Mutations mutations;
  private final Catalogue catalogue;
  private final List<Node> nodes = new ArrayList<>();
  private final Map<ReplicaId, ReplicaHost> hosts = new TreeMap<>();
  private final List<Wire> wires = new ArrayList<>();
  private final ArrayDeque<String> log = new ArrayDeque<>();
  private final boolean verbose;
  private final HeadSettings.FlushProfile profile;
  private final int clientPause;
  private long events;
  private long lastStamp;
  private long lastStream;
  private int lastReplica;
  private boolean quiet;

  Simulation(long seed, Mutant mutant, boolean verbose, Scheduler scheduler, Orders orders) {
    this.seed = seed;
    this.mutant = mutant;
    this.verbose = verbose;
    this.scheduler = scheduler;
    this.history = new History(orders);
    this.snapshots = new SnapshotTaker(this);
    this.mutations = new Mutations(mutant, scheduler);
    this.catalogue = new Catalogue(this);
    this.profile =
        scheduler.chance(0.2)
            ? HeadSettings.FlushProfile.DB_REMOTE
            : HeadSettings.FlushProfile.DURABLE;
    this.clientPause = scheduler.chance(0.3) ? 5 : 1;
  }

  /**
   * What a run has done.
   *
   * @param hash the same for every run of the same seed
   */
  public record Report(
      long seed,
      long events,
      long acknowledgedWrites,
      long readsChecked,
      long snapshotsTaken,
      long hash) {}

  /**
   * Runs the protocol as it is; throws a {@link SimulationFailure} that names the seed if anything
   * is wrong.
   */
  public static Report run(long seed) {
    return run(seed, Mutant.NONE, Boolean.getBoolean("trace"));
  }

  public static Report run(long seed, Mutant mutant, boolean verbose) {
    Simulation simulation =
        new Simulation(seed, mutant, verbose, new Scheduler(seed), new Orders());
    try {
      return simulation.run();
    } catch (RuntimeException | AssertionError failure) {
      throw new SimulationFailure(simulation.describe(failure), failure);
    }
  }

  private String describe(Throwable failure) {
    return "seed "
        + seed
        + " at "
        + scheduler.now() / Scheduler.MICROS
        + " us, event "
        + events
        + ": "
        + failure.getMessage()
        + "\nReplay: ./mvnw -q -pl storage/simulation -am test -Dtest=SeedTest -Dsurefire.failIfNoSpecifiedTests=false -Dseed="
        + seed
        + (verbose ? "\n" + String.join("\n", log) : "");
  }

  private Report run() {
    Nemesis nemesis = begin();
    long faultsUntil = scheduler.now() + scheduler.between(2_000, 6_000) * Scheduler.MILLIS;
    runUntil(faultsUntil);
    nemesis.heal();
    recover();
    return report();
  }

  /** Sets everything going, faults included. */
  Nemesis begin() {
    setUp();
    Nemesis nemesis = new Nemesis(this);
    nemesis.start();
    orchestrateLater();
    snapshots.start();
    return nemesis;
  }

  Report report() {
    return new Report(
        seed,
        events,
        history.acknowledged(),
        history.readsChecked(),
        snapshots.count(),
        scheduler.hash());
  }

  private void setUp() {
    int replicas = scheduler.chance(0.15) ? 1 : 2 + scheduler.below(2);
    int machines = Math.max(2, replicas + scheduler.below(2));
    for (int i = 1; i <= machines; i++) {
      nodes.add(new Node(this, "n" + i));
    }
    for (int i = 0; i < replicas; i++) {
      catalogue.create(createReplica(nodes.get(i).name()));
    }
    nodes.forEach(Node::boot);
  }

  private ReplicaId createReplica(String node) {
    ReplicaId id = new ReplicaId("r" + ++lastReplica);
    hosts.put(id, new ReplicaHost(this, id, node));
    return id;
  }

  void runUntil(long until) {
    boolean more = true;
    while (more) {
      more = scheduler.step(until);
    }
  }

  /** Liveness: with all faults gone the volume serves, and every replica is in sync and equal. */
  void recover() {
    long deadline = scheduler.now() + RECOVERY_NANOS;
    boolean settled = false;
    while (!settled) {
      if (scheduler.now() >= deadline) {
        throw new SimulationFailure("the volume has not recovered: " + catalogue.state() + heads());
      }
      runUntil(scheduler.now() + 50 * Scheduler.MILLIS);
      settled = isRecovered() && settlesWithoutClient();
    }
    checkEqual();
    snapshots.check();
  }

  private String heads() {
    StringBuilder heads = new StringBuilder();
    for (Node node : nodes) {
      HeadRun run = node.run();
      heads.append(", ").append(node.name()).append(' ').append(run == null ? "-" : run.state());
    }
    return heads.toString();
  }

  private boolean isRecovered() {
    return servingRun() != null
        && catalogue.absent().isEmpty()
        && hosts.values().stream().noneMatch(host -> host.disk().hasBadSectors());
  }

  private @Nullable HeadRun servingRun() {
    for (Node node : nodes) {
      HeadRun run = node.run();
      if (run != null
          && run.state() instanceof HeadState.Serving
          && run.client().isAlive()
          && run.promise().epoch().equals(catalogue.state().epoch())) {
        return run;
      }
    }
    return null;
  }

  /**
   * The client stops. A moment later everything is flushed, unless something belated has moved the
   * volume.
   */
  private boolean settlesWithoutClient() {
    HeadRun run = servingRun();
    quiet = true;
    nodes.forEach(node -> node.device().ifPresent(Client::die));
    runUntil(scheduler.now() + Scheduler.SECONDS);
    quiet = false;
    return run != null
        && run.state() instanceof HeadState.Serving
        && run.promise().epoch().equals(catalogue.state().epoch())
        && catalogue.absent().isEmpty();
  }

  private void checkEqual() {
    ReplicaHost first = hosts.values().iterator().next();
    for (ReplicaHost host : hosts.values()) {
      for (int sector : Layout.HOT_SECTORS) {
        if (host.disk().visible(sector) != first.disk().visible(sector)
            || host.disk().durable(sector) != host.disk().visible(sector)) {
          throw new SimulationFailure(
              "after recovery "
                  + host.id()
                  + " differs from "
                  + first.id()
                  + " in sector "
                  + sector);
        }
      }
    }
  }

  /** Attaches the volume somewhere whenever it is detached, as an orchestrator would. */
  private void orchestrateLater() {
    scheduler.after(
        scheduler.between(5, 80) * Scheduler.MILLIS,
        "orchestrator",
        () -> {
          if (catalogue.phase() == Catalogue.Phase.DETACHED) {
            List<Node> up = nodes.stream().filter(Node::isAgentUp).toList();
            if (!up.isEmpty()) {
              catalogue.publish(up.get(scheduler.below(up.size())).name());
            }
          } else if (!quiet && holderIsIdle()) {
            catalogue.fence();
          }
          replaceUnusable();
          orchestrateLater();
        });
  }

  /** What its agent reports as unusable is replaced, unless it is in sync. */
  private void replaceUnusable() {
    for (ReplicaId absent : catalogue.absent()) {
      if (host(absent).isUnusable() && scheduler.chance(0.05)) {
        replaceReplica(absent);
      }
    }
  }

  /**
   * The volume is attached where nothing uses it, as after an I/O error or a lost command: the pod
   * is moved.
   */
  private boolean holderIsIdle() {
    for (Node node : nodes) {
      if (node.name().equals(catalogue.holder()) && node.isAgentUp()) {
        HeadRun run = node.run();
        boolean used =
            node.device().map(Client::isAlive).orElse(false) && run != null && !run.isOver();
        return !used && scheduler.chance(0.05);
      }
    }
    return false;
  }

  /** Some run of a head, of an attachment that may be over. */
  @Nullable HeadRun anyRun() {
    List<HeadRun> runs = new ArrayList<>();
    for (Node node : nodes) {
      HeadRun run = node.run();
      if (run != null && node.isAgentUp() && !run.isOver()) {
        runs.add(run);
      }
    }
    return runs.isEmpty() ? null : runs.get(scheduler.below(runs.size()));
  }

  // What the parts ask each other for

  SnapshotTaker snapshots() {
    return snapshots;
  }

  Scheduler scheduler() {
    return scheduler;
  }

  Network network() {
    return network;
  }

  History history() {
    return history;
  }

  Mutations mutations() {
    return mutations;
  }

  Mutant mutant() {
    return mutant;
  }

  Catalogue catalogue() {
    return catalogue;
  }

  List<Node> nodes() {
    return nodes;
  }

  HeadSettings.FlushProfile profile() {
    return profile;
  }

  boolean flushIsDurable() {
    return profile == HeadSettings.FlushProfile.DURABLE;
  }

  int clientPause() {
    return clientPause;
  }

  long nextStamp() {
    return ++lastStamp;
  }

  StreamId nextStream() {
    return new StreamId(++lastStream);
  }

  long connectDelay() {
    return scheduler.chance(0.05)
        ? scheduler.between(5, 200) * Scheduler.MILLIS
        : scheduler.between(50, 600) * Scheduler.MICROS;
  }

  ReplicaHost host(ReplicaId id) {
    ReplicaHost host = hosts.get(id);
    if (host == null) {
      throw new IllegalStateException("no replica " + id);
    }
    return host;
  }

  boolean exists(ReplicaId id) {
    return hosts.containsKey(id);
  }

  List<ReplicaHost> hosts() {
    return List.copyOf(hosts.values());
  }

  List<ReplicaHost> hostsOn(String node) {
    return hosts.values().stream().filter(host -> host.node().equals(node)).toList();
  }

  /** The replica's running agent, if it can be reached both ways. */
  ReplicaHost.@Nullable Running listening(String from, ReplicaId replica) {
    ReplicaHost host = hosts.get(replica);
    if (host == null
        || !network.reaches(from, host.node())
        || !network.reaches(host.node(), from)) {
      return null;
    }
    return host.running();
  }

  void opened(Wire wire) {
    wires.removeIf(old -> !old.isUp());
    wires.add(wire);
  }

  void resetSomeWire() {
    wires.removeIf(old -> !old.isUp());
    List<Wire> remote = wires.stream().filter(wire -> !wire.isInProcess()).toList();
    if (!remote.isEmpty()) {
      remote.get(scheduler.below(remote.size())).reset();
    }
  }

  void processDied(Process process) {
    List.copyOf(wires).stream().filter(wire -> wire.touches(process)).forEach(Wire::reset);
  }

  void replaceReplica(ReplicaId stale) {
    ReplicaHost old = hosts.remove(stale);
    if (old != null) {
      old.processDied();
      ReplicaId joining = createReplica(old.node());
      Node node =
          nodes.stream().filter(each -> each.name().equals(old.node())).findFirst().orElseThrow();
      if (node.isAgentUp()) {
        host(joining).start(node.process(), ReplicaRecord.Restart.INTACT);
      }
      catalogue.replace(stale, joining);
    }
  }

  // Checks

  /**
   * A head serves after an opening: its members must be equal, and must have what was acknowledged.
   */
  void serving(HeadRun run) {
    List<ReplicaHost> members = catalogue.inSync().stream().map(this::host).toList();
    if (history.isSuperseded(run.promise())) {
      return; // it was paused for so long that a newer run serves already
    }
    boolean nobodyIntact = members.stream().allMatch(ReplicaHost::isLossy);
    history.serving(
        run.promise(),
        members.stream().map(ReplicaHost::disk).toList(),
        nobodyIntact && run.isClientFresh());
    run.client().served();
  }

  /** I1 and what follows from it, for every member that the catalogue holds. */
  void checkAfterEvent() {
    events++;
    for (ReplicaId member : catalogue.inSync()) {
      ReplicaHost host = host(member);
      history.checkMember(member.value(), host.disk(), host.isLossy());
    }
  }

  void log(Object who, Object what) {
    scheduler.trace(what.getClass().getSimpleName());
    if (verbose) {
      if (log.size() == LOG_LINES) {
        log.remove();
      }
      log.add(scheduler.now() / Scheduler.MICROS + " " + who + " " + what);
    }
  }
}
