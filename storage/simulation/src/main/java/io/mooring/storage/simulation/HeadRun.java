package io.mooring.storage.simulation;

import io.mooring.storage.replication.ByteRange;
import io.mooring.storage.replication.CatalogueState;
import io.mooring.storage.replication.Generation;
import io.mooring.storage.replication.Geometry;
import io.mooring.storage.replication.Head;
import io.mooring.storage.replication.HeadEffect;
import io.mooring.storage.replication.HeadInput;
import io.mooring.storage.replication.HeadMessage;
import io.mooring.storage.replication.HeadMessage.Membership;
import io.mooring.storage.replication.HeadRecord;
import io.mooring.storage.replication.HeadSettings;
import io.mooring.storage.replication.HeadState;
import io.mooring.storage.replication.Outcome;
import io.mooring.storage.replication.Promise;
import io.mooring.storage.replication.ReplicaId;
import io.mooring.storage.replication.ReplicaMessage;
import io.mooring.storage.replication.RequestId;
import io.mooring.storage.replication.Sequence;
import io.mooring.storage.replication.SnapshotId;
import io.mooring.storage.replication.StreamId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One run of a head in an agent: the engine's part of it. */
final class HeadRun {
  private final Simulation simulation;
  private final Scheduler scheduler;
  private final Node node;
  private final Process process;
  private final Client client;
  private final boolean clientFresh;
  private final Promise promise;
  private final Optional<ReplicaId> local;
  private final Head head;
  private final Map<StreamId, Wire> wires = new HashMap<>();
  private final Map<StreamId, ReplicaId> replicas = new HashMap<>();
  private final Map<RequestId, long[]> buffers = new HashMap<>();
  private HeadState state = new HeadState.Opening();
  private Membership membership;

  /** What the head acts on: the newest membership that is in its record and in its streams. */
  private Membership acted;

  private final Map<RequestId, Set<ReplicaId>> unreadableAt = new HashMap<>();
  private long sizeBytes = Layout.SIZE_BYTES;

  /** Only of a mutant. */
  private @Nullable EarlySnapshot early;

  HeadRun(Simulation simulation, Node node, Client client, boolean clientFresh, HeadRecord record) {
    this.simulation = simulation;
    this.scheduler = simulation.scheduler();
    this.node = node;
    this.process = node.process();
    this.client = client;
    this.clientFresh = clientFresh;
    this.promise = record.promise();
    this.membership = record.membership();
    this.acted = membership;
    this.local = findLocal();
    this.head = new Head(settings(record));
  }

  private Optional<ReplicaId> findLocal() {
    return Stream.concat(membership.inSync().stream(), membership.absent().stream())
        .filter(simulation::exists)
        .filter(id -> simulation.host(id).node().equals(node.name()))
        .findFirst();
  }

  private HeadSettings settings(HeadRecord record) {
    return new HeadSettings(
        Simulation.VOLUME,
        local,
        !clientFresh,
        record,
        Layout.SIZE_BYTES,
        simulation.profile(),
        Simulation.LIMITS);
  }

  Process process() {
    return process;
  }

  Promise promise() {
    return promise;
  }

  HeadState state() {
    return state;
  }

  Client client() {
    return client;
  }

  boolean isOver() {
    return state.isOver();
  }

  void start() {
    on(new HeadInput.Started());
    client.attach(this);
    tickLater();
  }

  private void tickLater() {
    scheduler.after(
        5 * Scheduler.MILLIS,
        "head tick",
        () -> {
          if (process.isAlive() && !isOver()) {
            process.deliver(() -> on(new HeadInput.Ticked()));
            tickLater();
          }
        });
  }

  void on(HeadInput input) {
    if (!process.isAlive()) {
      return;
    }
    List<HeadEffect> effects = new ArrayList<>();
    head.on(input, scheduler.now(), effects::add);
    simulation.log(promise, input);
    for (HeadEffect effect : effects) {
      simulation.log(promise, effect);
      carryOut(effect);
    }
    simulation.checkAfterEvent();
  }

  void catalogueChanged(CatalogueState catalogue) {
    membership = catalogue.membership();
    on(new HeadInput.CatalogueChanged(catalogue));
  }

  void grow(RequestId request) {
    process.deliver(() -> {
      sizeBytes = Math.min(Layout.SIZE_BYTES_MAX, sizeBytes + Geometry.REGION_BYTES);
      on(new HeadInput.ResizeRequested(request, sizeBytes));
    });
  }

  void snapshot(RequestId request, SnapshotId snapshot, @Nullable RequestId hold) {
    if (simulation.mutant() == Mutant.FREEZE_WITHOUT_WAITING) {
      early = new EarlySnapshot(snapshot);
      wires
          .values()
          .forEach(wire -> wire.toReplica(Frame.of(new HeadMessage.Snapshot(snapshot, sizeBytes))));
    }
    on(new HeadInput.SnapshotRequested(request, snapshot, hold));
  }

  private void carryOut(HeadEffect effect) {
    switch (effect) {
      case HeadEffect.PersistRecord(HeadRecord record, long token) -> persist(record, token);
      case HeadEffect.OpenStream open -> open(open);
      case HeadEffect.CloseStream(ReplicaId _, StreamId stream) -> {
        Wire wire = wires.remove(stream);
        if (wire != null) {
          wire.closedByHead();
        }
      }
      case HeadEffect.Send send -> send(send);
      case HeadEffect.Queued _ -> {}
      case HeadEffect.Complete(RequestId request, Outcome outcome) -> complete(request, outcome);
      case HeadEffect.Release(RequestId request) -> buffers.remove(request);
      case HeadEffect.ReportLost(
              ReplicaId replica,
              Generation generation,
              HeadEffect.LossReason _,
              String _) ->
          reportLost(replica, generation);
      case HeadEffect.ReportCaughtUp(
              ReplicaId replica,
              Generation generation,
              HeadEffect.ResyncStatistics _) ->
          simulation
              .catalogue()
              .reportCaughtUp(node.name(), process, promise.epoch(), generation, replica);
      case HeadEffect.StateChanged(HeadState next) -> stateChanged(next);
    }
  }

  private void persist(HeadRecord record, long token) {
    scheduler.after(
        scheduler.between(50, 3_000) * Scheduler.MICROS,
        "record",
        () -> {
          if (process.isAlive()) {
            if (simulation.mutant() != Mutant.RECORD_NOT_DURABLE || token == 1) {
              node.recordPersisted(record);
            }
            process.deliver(() -> on(new HeadInput.RecordPersisted(token)));
          }
        });
  }

  private void open(HeadEffect.OpenStream open) {
    acted = open.hello().membership();
    scheduler.after(
        simulation.connectDelay(), "connect", () -> process.deliver(() -> connect(open)));
  }

  private void connect(HeadEffect.OpenStream open) {
    ReplicaHost.Running target = simulation.listening(node.name(), open.replica());
    StreamId stream = open.stream();
    if (target == null) {
      on(new HeadInput.StreamLost(stream, "cannot connect"));
      return;
    }
    StreamId theirs = simulation.nextStream();
    Wire wire =
        new Wire(
            scheduler,
            simulation.network(),
            local.equals(Optional.of(open.replica())),
            new Wire.End(node.name(), process, () -> lost(stream)),
            new Wire.End(
                simulation.host(open.replica()).node(),
                target.process(),
                () -> target.lost(theirs)));
    simulation.opened(wire);
    wires.put(stream, wire);
    replicas.put(stream, open.replica());
    wire.receiveAtHead(frame -> received(stream, frame));
    target.accept(theirs, wire);
    wire.toReplica(Frame.of(open.hello()));
  }

  private void lost(StreamId stream) {
    if (wires.remove(stream) != null) {
      on(new HeadInput.StreamLost(stream, "connection reset"));
    }
  }

  private void received(StreamId stream, Frame<ReplicaMessage> frame) {
    if (!wires.containsKey(stream)) {
      return;
    }
    if (frame.message() instanceof ReplicaMessage.Data(RequestId request, boolean _)) {
      buffers.put(request, frame.content());
    }
    if (frame.message() instanceof ReplicaMessage.Unreadable(RequestId request, String _)) {
      unreadableAt
          .computeIfAbsent(request, _ -> new HashSet<>())
          .add(Objects.requireNonNull(replicas.get(stream)));
    }
    if (early != null && early.keeps(stream, frame.message())) {
      return;
    }
    if (simulation.mutant() == Mutant.ACKNOWLEDGE_BEFORE_ALL
        && frame.message() instanceof ReplicaMessage.Applied applied) {
      for (StreamId other : wires.keySet().stream().sorted().toList()) {
        on(new HeadInput.Received(other, applied));
      }
      return;
    }
    on(new HeadInput.Received(stream, frame.message()));
  }

  private void send(HeadEffect.Send send) {
    if (send.message() instanceof HeadMessage.SetMembership(Membership next)) {
      acted = next;
    }
    Wire wire = wires.get(send.stream());
    if (wire == null) {
      return;
    }
    if (send.message() instanceof HeadMessage.Snapshot && early != null) {
      early.asked(send.stream()).forEach(answer -> pretend(send.stream(), answer));
      return;
    }
    wire.toReplica(
        switch (send.message()) {
          case HeadMessage.Write write ->
              new Frame<>(write, client.payload(write.payload(), write.range()));
          case HeadMessage.Copy copy -> new Frame<>(copy, copied(copy.payload(), copy.range()));
          case HeadMessage.Zero zero -> new Frame<>(zero, new long[Layout.sectors(zero.range())]);
          case HeadMessage.Hello _,
              HeadMessage.Flush _,
              HeadMessage.SetMembership _,
              HeadMessage.Settled _,
              HeadMessage.Query _,
              HeadMessage.Digest _,
              HeadMessage.Read _,
              HeadMessage.Resize _,
              HeadMessage.Snapshot _,
              HeadMessage.Ping _ ->
              Frame.of(send.message());
        });
    if (simulation.mutant() == Mutant.JOINER_NOT_AWAITED && !membership.isInSync(send.replica())) {
      takeForGranted(send);
    }
  }

  private void takeForGranted(HeadEffect.Send send) {
    switch (send.message()) {
      case HeadMessage.Change change ->
          pretend(send.stream(), new ReplicaMessage.Applied(change.sequence()));
      case HeadMessage.Flush(Sequence upTo, Sequence _) ->
          pretend(send.stream(), new ReplicaMessage.Flushed(upTo));
      case HeadMessage.Hello _,
          HeadMessage.SetMembership _,
          HeadMessage.Settled _,
          HeadMessage.Query _,
          HeadMessage.Digest _,
          HeadMessage.Read _,
          HeadMessage.Resize _,
          HeadMessage.Snapshot _,
          HeadMessage.Ping _ -> {}
    }
  }

  private void pretend(StreamId stream, ReplicaMessage answer) {
    scheduler.after(
        0,
        "pretended answer",
        () -> process.deliver(() -> on(new HeadInput.Received(stream, answer))));
  }

  private long[] copied(RequestId payload, ByteRange range) {
    long[] content = buffers.get(payload);
    if (content == null || content.length != Layout.sectors(range)) {
      throw new SimulationFailure("the bytes of a copy are gone: " + payload);
    }
    return content;
  }

  private void complete(RequestId request, Outcome outcome) {
    if (request.value() >= Nemesis.OWN_REQUESTS) {
      simulation.snapshots().completed(request, outcome);
      return;
    }
    Set<ReplicaId> unreadable = unreadableAt.getOrDefault(request, Set.of());
    if (outcome instanceof Outcome.Failed(Outcome.Cause cause)
        && cause == Outcome.Cause.UNREADABLE
        && !unreadable.containsAll(acted.inSync())) {
      throw new SimulationFailure(
          "a read fails because of " + unreadable + " although others are in sync: " + acted);
    }
    long[] data = buffers.remove(request);
    client.completed(this, request, outcome, data == null ? new long[0] : data);
  }

  private void reportLost(ReplicaId replica, Generation generation) {
    simulation.catalogue().reportLost(node.name(), process, promise.epoch(), generation, replica);
    if (simulation.mutant() == Mutant.SHRINK_WITHOUT_CATALOGUE) {
      List<ReplicaId> inSync = new ArrayList<>(membership.inSync());
      List<ReplicaId> absent = new ArrayList<>(membership.absent());
      if (inSync.remove(replica)) {
        absent.add(replica);
        Membership smaller = new Membership(membership.generation().next(), inSync, absent);
        scheduler.after(
            0,
            "own decision",
            () ->
                process.deliver(
                    () -> catalogueChanged(new CatalogueState(promise.epoch(), smaller))));
      }
    }
  }

  private void stateChanged(HeadState next) {
    HeadState before = state;
    state = next;
    switch (next) {
      case HeadState.Serving _ when !(before instanceof HeadState.Holding) ->
          simulation.serving(this);
      case HeadState.Closed(HeadState.Closed.Reason reason) -> {
        client.die();
        simulation.catalogue().headClosed(node.name(), process, promise.epoch(), reason);
      }
      case HeadState.Fenced _ -> client.die();
      case HeadState.Opening _,
          HeadState.Serving _,
          HeadState.Holding _,
          HeadState.Suspended _ -> {}
    }
  }

  /**
   * True if the client relies on nothing but flushed writes: it has just started, or the run before
   * had not served it.
   */
  boolean isClientFresh() {
    return clientFresh;
  }
}
