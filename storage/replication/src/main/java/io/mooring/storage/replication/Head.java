package io.mooring.storage.replication;

import io.mooring.storage.replication.HeadEffect.LossReason;
import io.mooring.storage.replication.HeadMessage.Membership;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One run of the head of an attached volume: sends every change to every replica, acknowledges what
 * all required replicas have (I1), and nothing while one of them is lost and the catalogue has not
 * answered (I3). {@link HeadState} has the states.
 *
 * <p>Always true: the replicas without which nothing is acknowledged include every in-sync set that
 * the catalogue may hold. A set shrinks only after the catalogue has said so, and grows before the
 * catalogue is told.
 */
public final class Head {
  private final Run run;
  private final Roster roster;
  private final ClientReads reads;
  private final Liveness liveness;
  private final Joiners joiners;
  private final Snapshots snapshots;
  private final Resizes resizes;
  private final LossReports losses;
  private HeadState state = new HeadState.Opening();
  private @Nullable Opening opening;

  /** Writes that the client takes for done may be gone if no member is intact. */
  private boolean clientRelies;

  private final Closing closing;
  private boolean served;

  /** Why requests fail once the run is over. */
  private Outcome.Cause refusal = Outcome.Cause.CLOSED;

  public Head(HeadSettings settings) {
    this.run = new Run(settings);
    this.roster = new Roster(run.outbox(), settings.start());
    this.reads = new ClientReads(run.outbox(), run.links(), run.writes().claims());
    this.liveness = new Liveness(run);
    this.closing = new Closing(run, liveness);
    this.joiners = new Joiners(run, roster);
    this.resizes = new Resizes(run);
    this.snapshots = new Snapshots(run);
    this.losses = new LossReports(run);
    this.clientRelies = settings.clientSurvived();
    Membership membership = roster.membership();
    membership.inSync().forEach(replica -> run.links().require(run.links().of(replica), true));
    membership.absent().forEach(run.links()::of);
    roster.pendingJoiners().forEach(replica -> run.links().require(run.links().of(replica), true));
    Invariants.check(!membership.inSync().isEmpty(), "a volume without members cannot be attached");
  }

  public HeadState state() {
    return state;
  }

  /** Replicas on their way back, for those who watch. */
  public List<ResyncProgress> resyncs() {
    return joiners.progress();
  }

  public void on(HeadInput input, long nowNanos, Consumer<HeadEffect> effects) {
    run.outbox().begin(nowNanos, effects);
    if (state.isOver()) {
      if (input instanceof HeadInput.Request late) {
        run.outbox().complete(late.request(), new Outcome.Failed(refusal));
      }
      return;
    }
    switch (input) {
      case HeadInput.WriteRequested(RequestId request, ByteRange range, boolean durable) ->
          write(request, range, false, durable);
      case HeadInput.ZeroRequested(RequestId request, ByteRange range, boolean durable) ->
          write(request, range, true, durable);
      case HeadInput.Received(StreamId stream, ReplicaMessage message) -> received(stream, message);
      case HeadInput.ReadRequested(RequestId request, ByteRange range) -> read(request, range);
      case HeadInput.FlushRequested(RequestId request) -> flush(request);
      case HeadInput.Ticked _ -> tick();
      case HeadInput.CatalogueChanged(CatalogueState catalogue) -> catalogueChanged(catalogue);
      case HeadInput.RecordPersisted(long token) -> roster.persisted(token);
      case HeadInput.StreamLost(StreamId stream, String reason) -> streamLost(stream, reason);
      case HeadInput.ResizeRequested(RequestId request, long sizeBytes) ->
          resizes.request(request, sizeBytes);
      case HeadInput.Holding holding when closing.refuses(holding.request()) -> {}
      case HeadInput.Holding holding -> snapshots.on(holding);
      case HeadInput.CloseRequested(RequestId request) -> close(request);
      case HeadInput.Started _ -> roster.persist(this::open);
    }
    goOn();
  }

  /** Does what has become possible through the input. */
  private void goOn() {
    snapshots.advance(isServing(), roster.membership());
    grantReleased();
    Opening current = opening;
    if (current != null) {
      goOnOpening(current);
    }
    if (!isAttached()) {
      return;
    }
    if (!closing.hasBegun()) {
      do {
        joiners.advance();
      } while (grantReleased()); // a lock that is granted at once lets a copy begin
    }
    resizes.completeIfDone(isServing());
    if (isServing() && closing.advance()) {
      end(new HeadState.Closed(HeadState.Closed.Reason.REQUESTED), Outcome.Cause.CLOSED);
    }
  }

  private boolean grantReleased() {
    boolean any = false;
    while (!state.isOver() && run.writes().grantReleased()) {
      any = true;
      if (isServing()) {
        reads.completeArrived();
      }
    }
    return any;
  }

  // Requests

  private void write(RequestId request, ByteRange range, boolean zero, boolean durable) {
    if (closing.refuses(request)) {
      return;
    }
    Invariants.check(
        range.end() <= run.sizeBytes(),
        "write up to %s in a volume of %s",
        range.end(),
        run.sizeBytes());
    run.writes().request(request, range, zero, durable);
  }

  private void read(RequestId request, ByteRange range) {
    if (!closing.refuses(request)) {
      reads.request(request, range, isServing(), roster.membership());
    }
  }

  private void flush(RequestId request) {
    if (!closing.refuses(request)) {
      run.writes().flushes().request(request);
    }
  }

  // Opening and suspending

  private void open() {
    opening = new Opening(run, this::serve);
    connectDue();
  }

  private void goOnOpening(Opening current) {
    Opening.Step step = current.nextStep(roster.membership());
    if (state instanceof HeadState.Suspended && current.hasSeenMember()) {
      become(new HeadState.Opening());
    }
    switch (step) {
      case WAIT -> {}
      case REPORT_MISSING ->
          losses.reportMissing(
              LossReason.SILENT, "cannot be reached while opening", roster.membership());
      case REPORT_UNREADABLE ->
          current
              .unreadable(roster.membership())
              .forEach(link -> losses.reportUnreadable(link, roster.membership()));
      case RECONCILE -> current.reconcile(roster.membership());
      case ONLY_LOSSY_MEMBERS -> {
        if (clientRelies || run.writes().hasUnstableAcknowledged()) {
          end(
              new HeadState.Closed(HeadState.Closed.Reason.UNFLUSHED_WRITES_LOST),
              Outcome.Cause.UNFLUSHED_WRITES_LOST);
        } else {
          current.reconcile(roster.membership());
        }
      }
    }
  }

  private void serve() {
    opening = null;
    served = true;
    clientRelies = false;
    run.writes()
        .abandon()
        .forEach(request -> run.outbox().complete(request, new Outcome.Interrupted()));
    joiners.reportInherited();
    settle();
    joiners.report();
  }

  /** No member is left. None of them is given up: the volume waits for their return. */
  private void suspend() {
    become(new HeadState.Suspended());
    snapshots.cancel("every member was lost");
    run.writes().allow(false, false);
    for (Link link : run.links().all()) {
      disconnect(link, run.outbox().now());
    }
    reads.restart();
    opening = new Opening(run, this::serve);
  }

  // Losing replicas

  private void streamLost(StreamId stream, String reason) {
    Link link = run.links().find(stream);
    if (link != null) {
      link.connection(new Connection.Down(retryAt()));
      lost(link, LossReason.STREAM_CLOSED, reason);
    }
  }

  private void lost(Link link, LossReason reason, String detail) {
    disconnect(link, retryAt());
    if (opening != null) {
      opening.restart();
    } else if (isAttached()) {
      settle();
      if (link.isRequired() && state instanceof HeadState.Holding) {
        losses.report(link, reason, detail, roster.membership());
      }
    }
  }

  /** Everything that depended on the stream is undone. */
  private void disconnect(Link link, long retryAt) {
    switch (link.connection()) {
      case Connection.Open open ->
          run.outbox().add(new HeadEffect.CloseStream(link.replica(), open.stream()));
      case Connection.Connecting connecting ->
          run.outbox().add(new HeadEffect.CloseStream(link.replica(), connecting.stream()));
      case Connection.Down _ -> {}
    }
    link.connection(new Connection.Down(retryAt));
    run.writes().streamClosed(link);
    run.inquiries().streamClosed(link);
    reads.streamClosed(link);
    joiners.streamClosed(link);
  }

  private long retryAt() {
    return run.outbox().now() + run.timing().reconnectNanos();
  }

  /**
   * Fits the state to the replicas that are there. I3: acknowledging ends with the first one
   * missing.
   */
  private void settle() {
    List<Link> missing = run.links().missing();
    if (missing.isEmpty()) {
      become(new HeadState.Serving());
      run.writes().allow(true, true);
      reads.resume(roster.membership());
    } else if (run.links().readable(roster.membership()).isEmpty()) {
      suspend();
    } else {
      run.writes().allow(true, false);
      become(new HeadState.Holding(missing.stream().map(Link::replica).toList()));
    }
  }

  // Messages

  private void received(StreamId stream, ReplicaMessage message) {
    Link link = run.links().find(stream);
    if (link == null) {
      return;
    }
    if (link.connection() instanceof Connection.Connecting connecting) {
      answeredHello(link, connecting, message);
      return;
    }
    Connection.Open open = link.open();
    open.heard(!(message instanceof ReplicaMessage.Pong), run.outbox().now());
    switch (message) {
      case ReplicaMessage.Applied(Sequence upTo) -> run.writes().appliedUpTo(link, upTo.value());
      case ReplicaMessage.AppliedOne(Sequence sequence) ->
          run.writes().appliedOne(link, sequence.value());
      case ReplicaMessage.Flushed(Sequence upTo) -> flushed(open, upTo.value());
      case ReplicaMessage.Answer answer -> answered(link, answer);
      case ReplicaMessage.Resized(long sizeBytes) -> {
        open.awaitedArrived();
        open.resized(sizeBytes);
      }
      case ReplicaMessage.Snapshotting answer -> snapshots.answered(link, answer);
      case ReplicaMessage.Pong(Sequence stable) -> open.stableConfirmed(stable.value());
      case ReplicaMessage.Failed(String reason) -> lost(link, LossReason.FAILED, reason);
      case ReplicaMessage.Welcome _, ReplicaMessage.Refused _ ->
          lost(link, LossReason.FAILED, "second answer to HELLO");
    }
  }

  private void answeredHello(Link link, Connection.Connecting connecting, ReplicaMessage message) {
    switch (message) {
      case ReplicaMessage.Welcome welcome -> welcomed(link, connecting, welcome);
      case ReplicaMessage.Refused(Promise promised) when promised.compareTo(run.promise()) > 0 ->
          end(
              new HeadState.Fenced(HeadState.Fenced.Reason.REFUSED_BY_REPLICA),
              Outcome.Cause.FENCED); // I2
      case ReplicaMessage.Failed(String reason) -> lost(link, LossReason.FAILED, reason);
      case ReplicaMessage.Refused _,
          ReplicaMessage.Applied _,
          ReplicaMessage.AppliedOne _,
          ReplicaMessage.Flushed _,
          ReplicaMessage.Answer _,
          ReplicaMessage.Resized _,
          ReplicaMessage.Snapshotting _,
          ReplicaMessage.Pong _ ->
          lost(link, LossReason.FAILED, "no answer to HELLO: " + message);
    }
  }

  private void welcomed(
      Link link, Connection.Connecting connecting, ReplicaMessage.Welcome welcome) {
    Connection.Open open =
        new Connection.Open(connecting, welcome, run.writes().issued(), run.outbox().now());
    link.connection(open);
    Membership membership = roster.membership();
    if (!connecting.told().equals(membership.generation())) {
      run.outbox().send(link, new HeadMessage.SetMembership(membership));
    }
    resizes.catchUp(open, link);
  }

  private void answered(Link link, ReplicaMessage.Answer answer) {
    Connection.Open open = link.open();
    open.awaitedArrived();
    boolean unreadable = answer instanceof ReplicaMessage.Unreadable;
    if (unreadable && open.foundUnreadable() && opening != null) {
      opening.restart(); // another member may be the better source
    }
    if (answer.request().isInternal()) {
      run.inquiries().answered(answer);
    } else if (unreadable) {
      reads.unreadable(answer.request(), link, isServing(), roster.membership());
    } else {
      reads.arrived(answer.request(), isServing());
    }
  }

  private void flushed(Connection.Open open, long upTo) {
    open.flushedUpTo(upTo);
    run.writes().flushes().advance();
    if (opening != null) {
      opening.flushed();
    }
  }

  // Catalogue

  private void catalogueChanged(CatalogueState catalogue) {
    int order = catalogue.epoch().compareTo(run.promise().epoch());
    if (order > 0) {
      end(
          new HeadState.Fenced(HeadState.Fenced.Reason.HIGHER_EPOCH_IN_CATALOGUE),
          Outcome.Cause.FENCED); // I2
    } else if (order == 0 && roster.isNews(catalogue.membership())) {
      List<ReplicaId> lost =
          run.links().all().stream()
              .filter(link -> link.loss() != null)
              .map(Link::replica)
              .toList();
      roster.follow(catalogue.membership(), lost, this::followMembership);
    }
  }

  private void followMembership() {
    Membership membership = roster.membership();
    for (Link link : List.copyOf(run.links().all())) {
      follow(link, membership);
    }
    membership.absent().forEach(run.links()::of);
    for (Link link : run.links().all()) {
      if (link.isOpen()) {
        run.outbox().send(link, new HeadMessage.SetMembership(membership));
      }
    }
    if (opening != null) {
      opening.restart();
    } else if (isAttached()) {
      settle();
      joiners.report();
    }
  }

  private void follow(Link link, Membership membership) {
    ReplicaId replica = link.replica();
    if (membership.isInSync(replica)) {
      Invariants.check(
          link.isRequired(),
          "I1: %s joined the set of generation %s without the head",
          replica,
          membership.generation());
      joiners.remove(link);
    } else if (!membership.absent().contains(replica)) {
      joiners.remove(link);
      disconnect(link, run.outbox().now());
      run.links().remove(link);
    } else if (link.isRequired() && !roster.isPending(replica) && !joiners.isJoining(link)) {
      run.links().require(link, false);
      disconnect(link, run.outbox().now()); // a fresh stream starts its resync
    }
  }

  // Time

  private void tick() {
    if (served || opening != null) {
      connectDue();
    }
    joiners.tick();
    snapshots.tick();
    if (isAttached()) {
      run.writes().flushes().tick(run.timing());
      joiners.report();
      run.links()
          .unreadableToSpare(roster.membership())
          .forEach(link -> losses.reportUnreadable(link, roster.membership()));
      if (state instanceof HeadState.Holding) {
        losses.reportMissing(LossReason.STREAM_CLOSED, "lost", roster.membership());
      }
    }
  }

  private void connectDue() {
    liveness.tick(this::mayConnect, roster.membership(), this::lost);
  }

  /**
   * A lost member stays away until the catalogue has answered, unless it is what the volume waits
   * for.
   */
  private boolean mayConnect(Link link) {
    return opening != null
        ? link.isRequired()
        : isAttached() && !link.isRequired() && !closing.hasBegun();
  }

  // The end

  private void close(RequestId request) {
    if (!closing.begin(request)) {
      return;
    }
    reads.failAll(new Outcome.Failed(Outcome.Cause.CLOSED));
    joiners.cancelAll();
    snapshots.cancel("the volume is being detached");
    if (!served) {
      end(new HeadState.Closed(HeadState.Closed.Reason.REQUESTED), Outcome.Cause.CLOSED);
    }
  }

  private void end(HeadState last, Outcome.Cause cause) {
    run.writes()
        .allow(false, false); // nothing is acknowledged while one stream after the other goes
    for (Link link : run.links().all()) {
      disconnect(link, run.outbox().now());
    }
    become(last);
    opening = null;
    refusal = cause;
    Outcome outcome = new Outcome.Failed(cause);
    run.writes().failAll(outcome);
    reads.failAll(outcome);
    resizes.failAll(outcome);
    snapshots.cancel("the run of the head has ended");
    closing.ended(cause == Outcome.Cause.CLOSED ? Outcome.DONE : outcome);
  }

  private void become(HeadState next) {
    if (!state.equals(next)) {
      state = next;
      run.outbox().add(new HeadEffect.StateChanged(next));
    }
  }

  private boolean isServing() {
    return state instanceof HeadState.Serving;
  }

  private boolean isAttached() {
    return state instanceof HeadState.Serving || state instanceof HeadState.Holding;
  }
}
