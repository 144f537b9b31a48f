package io.mooring.volumemanager.catalogue;

import io.mooring.schemas.ControlRebalance;
import io.mooring.schemas.PoolCommand;
import io.mooring.schemas.PoolCommandAccepted;
import io.mooring.schemas.PoolEvent;
import io.mooring.schemas.ReplicaMoveChanged;
import io.mooring.schemas.StartRebalance;
import io.mooring.schemas.VolumeMove;
import io.mooring.volumemanager.placement.PoolCandidate;
import io.mooring.volumemanager.placement.ProvisioningLedger;
import io.mooring.volumemanager.rebalance.PoolLoads;
import io.mooring.volumemanager.rebalance.RebalanceEffect;
import io.mooring.volumemanager.rebalance.RebalanceJob;
import io.mooring.volumemanager.rebalance.RebalancePlan;
import io.mooring.volumemanager.rebalance.RebalancePlanner;
import io.mooring.volumemanager.rebalance.RebalanceSteps;
import io.mooring.volumemanager.rebalance.VolumeOutline;
import io.mooring.volumemanager.volume.Cause;
import io.mooring.volumemanager.volume.PoolId;
import io.mooring.volumemanager.volume.Rejection;
import io.mooring.volumemanager.volume.VolumeId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;
import org.jboss.logging.Logger;

/**
 * All rebalances: one at a time, besides trials; and what is asked of single pools. Everything
 * written here, stores and records, becomes visible in one transaction or not at all, so a move is
 * asked for exactly once (I7).
 */
final class PoolTask implements RebalanceSteps.View {

  private static final Logger LOG = Logger.getLogger(PoolTask.class);

  /** A volume that has not heard of a move by then refuses it. */
  private static final Duration MOVE_LIFETIME = Duration.ofSeconds(20);

  /** Longer than the lifetime, so that a move that counts as refused cannot begin any more. */
  private static final Duration PATIENCE = MOVE_LIFETIME.plusSeconds(10);

  private static final int KEPT_MAX = 20;

  private final TaskOutput output;
  private final ExpansionTask expansions;
  private final ProvisioningLedger ledger;
  private final CatalogueMetrics metrics;
  private final KeyValueStore<String, RebalanceJob> jobs;
  private final ReadOnlyKeyValueStore<String, VolumeOutline> volumes;
  private final StoredClusterView cluster;
  private final RebalanceSteps steps;

  /** Plans in the making; lost with this task, and then begun anew. */
  private final Map<String, CompletableFuture<RebalancePlan>> planning = new HashMap<>();

  PoolTask(
      ProcessorContext<String, SpecificRecord> context,
      CatalogueSettings settings,
      ProvisioningLedger ledger,
      CatalogueMetrics metrics) {
    this.output = new TaskOutput(context, settings.source());
    this.ledger = ledger;
    this.metrics = metrics;
    this.jobs = context.getStateStore(CatalogueTopology.JOBS_STORE);
    KeyValueStore<String, VolumeOutline> outlines =
        context.getStateStore(CatalogueTopology.OUTLINES_STORE);
    this.volumes = outlines;
    KeyValueStore<String, NodeProfile> nodes = context.getStateStore(CatalogueTopology.NODES_STORE);
    this.expansions =
        new ExpansionTask(
            output, context.getStateStore(CatalogueTopology.EXPANSION_ORDERS_STORE), nodes);
    this.cluster =
        new StoredClusterView(
            context, context.getStateStore(CatalogueTopology.POOL_HEALTH_STORE), ledger);
    this.steps = new RebalanceSteps(settings.movesMax(), PATIENCE);
  }

  void command(PoolCommand command, Cause cause) {
    if (command.getExpand() != null) {
      expansions.command(command, command.getExpand(), cause);
      return;
    }
    Optional<RebalanceJob> earlier = jobOfCommand(command.getIdempotencyKey());
    if (earlier.isPresent()) {
      accept(command, earlier.get(), cause);
    } else if (command.getExpiresAt() != null && now().isAfter(command.getExpiresAt())) {
      reject(command, cause, PoolRefusals.expired(command.getExpiresAt()));
    } else {
      switch (command.getDetail()) {
        case StartRebalance start -> start(command, start, cause);
        case ControlRebalance control -> control(command, control, cause);
        default ->
            throw new IllegalArgumentException("unknown detail " + command.getDetail().getClass());
      }
    }
  }

  private void start(PoolCommand command, StartRebalance start, Cause cause) {
    double deviation = start.getDeviationPercent();
    if (!(deviation >= 0 && deviation <= PoolRefusals.DEVIATION_MAX)) {
      reject(command, cause, PoolRefusals.badDeviation(deviation));
      return;
    }
    Optional<RebalanceJob> running =
        all().stream().filter(job -> !job.isOver() && !job.trial()).findFirst();
    if (running.isPresent() && !start.getTrial()) {
      RebalanceJob joined = running.get().joinedBy(command.getIdempotencyKey());
      keep(joined);
      accept(command, joined, cause);
      return;
    }
    RebalanceJob job =
        RebalanceJob.requested(
            "rb-" + cause.recordId(),
            start.getTrial(),
            new RebalanceJob.Origin(command.getRequestedBy(), cause, now()),
            command.getIdempotencyKey(),
            deviation);
    keep(job);
    accept(command, job, cause);
    plan(job);
    forgetOldest();
  }

  /**
   * Beside this thread, which also passes on what is judged about nodes, and must not make a
   * failover wait for a plan.
   */
  private CompletableFuture<RebalancePlan> plan(RebalanceJob job) {
    return planning.computeIfAbsent(
        job.id(),
        _ -> {
          List<PoolCandidate> pools = cluster.pools();
          return CompletableFuture.supplyAsync(
              () -> RebalancePlanner.plan(pools, values(volumes), job.deviationPercent()),
              Thread.ofVirtual().name("plan-" + job.id())::start);
        });
  }

  /** Takes the plan over if it is made; a plan that was lost or has failed is made again. */
  private void takePlan(RebalanceJob job) {
    CompletableFuture<RebalancePlan> plan = plan(job);
    if (!plan.isDone()) {
      return;
    }
    planning.remove(job.id());
    if (plan.isCompletedExceptionally()) {
      LOG.errorf(plan.exceptionNow(), "A rebalance is planned again; rebalance=%s", job.id());
      return;
    }
    RebalancePlan made = plan.resultNow();
    RebalanceJob planned = job.planned(made, now());
    Cause cause = job.origin().cause();
    keep(planned);
    announce(
        PoolRecordWriter.changed(
            planned,
            made.deviationBefore(),
            PoolRefusals.summary(made, job.deviationPercent()),
            now()),
        cause);
    take(planned, steps.advance(planned, this, now()), cause);
  }

  private void control(PoolCommand command, ControlRebalance control, Cause cause) {
    RebalanceJob job = jobs.get(control.getJobId());
    if (job == null) {
      reject(command, cause, PoolRefusals.unknownRebalance(control.getJobId()));
      return;
    }
    accept(command, job, cause);
    RebalanceSteps.Step step = steps.control(job, control.getAction(), this, now());
    if (step.after().isOver()) {
      planning.remove(job.id());
    }
    take(job, step, cause);
  }

  void timePassed() {
    expansions.timePassed();
    for (RebalanceJob job : all()) {
      if (!job.isOver() && !job.isPlanned()) {
        takePlan(job);
      } else if (!job.isOver()) {
        take(job, steps.advance(job, this, now()), job.origin().cause());
      }
    }
  }

  private void take(RebalanceJob before, RebalanceSteps.Step step, Cause cause) {
    RebalanceJob after = step.after();
    if (!after.equals(before)) {
      keep(after);
    }
    for (RebalanceEffect effect : step.effects()) {
      switch (effect) {
        case RebalanceEffect.Request(RebalanceJob.Move move) ->
            send(PoolRecordWriter.request(after, move, now().plus(MOVE_LIFETIME)), cause);
        case RebalanceEffect.TakeBack(RebalanceJob.Move move) ->
            send(PoolRecordWriter.takeBack(after, move, now().plus(MOVE_LIFETIME)), cause);
        case RebalanceEffect.MoveChanged(RebalanceJob.Move move) -> {
          metrics.moved(move.phase());
          announce(
              PoolRecordWriter.event(
                  PoolRecordWriter.CLUSTER,
                  now(),
                  new ReplicaMoveChanged(after.id(), PoolRecordWriter.move(move))),
              cause);
        }
        case RebalanceEffect.JobChanged(String reason) ->
            announce(PoolRecordWriter.changed(after, largestDeviation(), reason, now()), cause);
      }
    }
  }

  private void keep(RebalanceJob job) {
    jobs.put(job.id(), job);
    output.forward(
        CatalogueTopology.REBALANCES_SINK,
        job.id(),
        PoolRecordWriter.state(job),
        job.origin().cause());
  }

  /** Old rebalances are history, and history is in the events. */
  private void forgetOldest() {
    List<RebalanceJob> over =
        all().stream()
            .filter(RebalanceJob::isOver)
            .sorted(Comparator.comparing(RebalanceJob::updatedAt))
            .toList();
    for (RebalanceJob job : over.subList(0, Math.max(0, over.size() - KEPT_MAX))) {
      jobs.delete(job.id());
      output.forward(
          CatalogueTopology.REBALANCES_SINK,
          job.id(),
          null,
          "io.mooring.RebalanceState",
          job.origin().cause());
    }
  }

  private Optional<RebalanceJob> jobOfCommand(String key) {
    return all().stream().filter(job -> job.commands().contains(key)).findFirst();
  }

  private List<RebalanceJob> all() {
    return values(jobs);
  }

  private static <T> List<T> values(ReadOnlyKeyValueStore<String, T> store) {
    List<T> all = new ArrayList<>();
    try (KeyValueIterator<String, T> entries = store.all()) {
      entries.forEachRemaining(entry -> {
        // Deleted by the store's own thread since the iteration began.
        if (entry.value != null) {
          all.add(entry.value);
        }
      });
    }
    return all;
  }

  @Override
  public Optional<VolumeOutline> volume(VolumeId id) {
    return Optional.ofNullable(volumes.get(id.value()));
  }

  @Override
  public double largestDeviation() {
    Map<PoolId, PoolLoads.Load> loads = new HashMap<>();
    for (PoolCandidate pool : cluster.pools()) {
      if (pool.available()) {
        long provisioned = ledger.provisionedBytes(pool.pool());
        loads.put(pool.pool(), new PoolLoads.Load(pool.capacityBytes(), provisioned));
      }
    }
    return new PoolLoads(loads).largestDeviation();
  }

  private Instant now() {
    return output.now();
  }

  private void accept(PoolCommand command, RebalanceJob job, Cause cause) {
    announce(
        PoolRecordWriter.event(
            command.getSubject(),
            now(),
            new PoolCommandAccepted(command.getIdempotencyKey(), job.id())),
        cause);
  }

  private void reject(PoolCommand command, Cause cause, Rejection why) {
    announce(
        PoolRecordWriter.rejected(command.getSubject(), command.getIdempotencyKey(), why, now()),
        cause);
  }

  private void announce(PoolEvent event, Cause cause) {
    output.forward(CatalogueTopology.POOL_EVENTS_SINK, event.getSubject(), event, cause);
  }

  private void send(VolumeMove move, Cause cause) {
    output.forward(CatalogueTopology.MOVES_SINK, move.getVolumeId(), move, cause);
  }
}
