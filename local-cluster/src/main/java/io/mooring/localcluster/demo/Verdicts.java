package io.mooring.localcluster.demo;

import io.mooring.localcluster.event.ClusterEvent;
import io.mooring.localcluster.incident.Milestone;
import io.mooring.localcluster.load.LedgerVerdict;
import io.mooring.localcluster.load.LoadGenerator;
import io.mooring.localcluster.report.Check;
import io.mooring.localcluster.report.Host;
import io.mooring.schemas.HeadServing;
import io.mooring.schemas.ReplicaCaughtUp;
import io.mooring.schemas.VolumeDetached;
import io.mooring.schemas.VolumeEvent;
import io.mooring.schemas.VolumeReport;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Judges what was seen: each claim of the demonstration is one check. */
final class Verdicts {

  /** A returned node that needs more than this share of its data was not resynced by a delta. */
  private static final double DELTA_SHARE_MAX = 0.5;

  private final Evidence evidence;
  private final List<ClusterEvent> events;
  private final LedgerVerdict ledger;

  Verdicts(Evidence evidence, List<ClusterEvent> events, LedgerVerdict ledger) {
    this.evidence = evidence;
    this.events = events;
    this.ledger = ledger;
  }

  DemoResult result(Instant startedAt, LoadGenerator load) {
    DemoResult.Resync resync = resync();
    long copied = bytesCopiedForTheMove();
    List<Check> checks = new ArrayList<>();
    checks.add(
        check(
            "lostRecords",
            ledger.lost() == 0 && ledger.acknowledged() > 0,
            "%,d of %,d acknowledged records lost",
            ledger.lost(),
            ledger.acknowledged()));
    checks.add(
        check(
            "recordsIntact",
            ledger.isClean(),
            "%,d corrupt, %,d duplicates, %,d out of order",
            ledger.corrupt(),
            ledger.duplicates(),
            ledger.reordered()));
    checks.add(check("producerErrors", load.failed() == 0, "%,d failed sends", load.failed()));
    checks.addAll(failover());
    checks.add(
        check("dataCopiedForTheMove", copied == 0, "%,d bytes before the broker served", copied));
    checks.add(
        check(
            "deltaResync",
            evidence.resynced()
                && resync.bytesHeld() > 0
                && resync.bytesCopied() < DELTA_SHARE_MAX * resync.bytesHeld(),
            "%,d bytes copied, %,d bytes held, %d volumes, %s",
            resync.bytesCopied(),
            resync.bytesHeld(),
            resync.volumes(),
            evidence.resynced() ? "all in sync" : "NOT all in sync"));
    checks.add(
        check(
            "spreadAgain",
            evidence.settled(),
            "%s, %.1f s after the replicas were in sync",
            evidence.settled() ? "no two brokers on one node" : "brokers STILL SHARE a node",
            evidence.settledTook().toMillis() / 1e3));
    return new DemoResult(
        checks.stream().allMatch(Check::held),
        startedAt.toString(),
        Host.describe(),
        ledger.lost(),
        millisTo(Milestone.LEADERS_MOVED),
        millisTo(Milestone.SERVING),
        millisTo(Milestone.ISR_FULL),
        copied,
        resync,
        ledger,
        evidence.incident().steps(),
        evidence.killedAtSecond(),
        load.times().buckets(),
        checks);
  }

  private List<Check> failover() {
    List<Milestone> missing = evidence.incident().missing();
    boolean moved = !evidence.newNode().equals(evidence.subject().node());
    Optional<VolumeDetached> detached = fencedDetach();
    Set<String> promised = promisesOfReturnedNode();
    return List.of(
        check("incidentComplete", missing.isEmpty(), "steps not seen: %s", missing),
        check(
            "brokerIdentity",
            moved && evidence.sameLogDirectories(),
            "broker %d moved from %s to %s, log directories %s",
            evidence.subject().brokerId(),
            evidence.subject().node(),
            evidence.newNode(),
            evidence.sameLogDirectories() ? "unchanged" : "CHANGED"),
        check(
            "fencedBeforeAttach",
            detached.isPresent()
                && millisTo(Milestone.FENCED) <= millisTo(Milestone.PUBLISHED)
                && evidence.epochAfter() > evidence.epochBefore(),
            "epoch %d to %d, evidence: %s",
            evidence.epochBefore(),
            evidence.epochAfter(),
            detached.map(VolumeDetached::getEvidence).orElse(List.of())),
        check(
            "oneIncident",
            evidence.incident().correlationIds().size() == 1,
            "correlation ids %s",
            evidence.incident().correlationIds()),
        check(
            "oldNodeFenced",
            promised.contains(evidence.subject().volumeId()) && !hasOldHeadServed(),
            "replicas on the returned node that promised the new epoch: %d of %d, old head %s",
            promised.size(),
            evidence.volumesOnNode().size(),
            hasOldHeadServed() ? "SERVED AGAIN" : "did not serve again"));
  }

  private Optional<VolumeDetached> fencedDetach() {
    return evidence
        .incident()
        .event(Milestone.FENCED)
        .flatMap(event -> value(event, VolumeEvent.class))
        .map(VolumeEvent::getDetail)
        .filter(VolumeDetached.class::isInstance)
        .map(VolumeDetached.class::cast)
        .filter(detached -> detached.getFenced() && !detached.getEvidence().isEmpty());
  }

  /**
   * Volumes whose replica on the returned node has caught up under their present epoch. A replica
   * answers a head only after it has durably promised the head's epoch, so from then on nothing of
   * a lower epoch can write to it (I2).
   */
  private Set<String> promisesOfReturnedNode() {
    return reports(evidence.returnedAt())
        .filter(this::isCatchUpOfReturnedNode)
        .map(VolumeReport::getVolumeId)
        .collect(Collectors.toSet());
  }

  private boolean isCatchUpOfReturnedNode(VolumeReport report) {
    return report.getDetail() instanceof ReplicaCaughtUp caughtUp
        && evidence.volumesOnNode().stream()
            .filter(volume -> volume.getVolumeId().equals(report.getVolumeId()))
            .filter(volume -> report.getEpoch() >= volume.getEpoch())
            .flatMap(volume -> volume.getReplicas().stream())
            .anyMatch(replica ->
                replica.getNodeId().equals(evidence.subject().node())
                    && replica.getReplicaId().equals(caughtUp.getReplicaId()));
  }

  /** Whether the old head has served again after its node came back. */
  private boolean hasOldHeadServed() {
    return reports(evidence.returnedAt())
        .anyMatch(report ->
            report.getNodeId().equals(evidence.subject().node())
                && report.getVolumeId().equals(evidence.subject().volumeId())
                && report.getEpoch() <= evidence.epochBefore()
                && report.getDetail() instanceof HeadServing);
  }

  private long bytesCopiedForTheMove() {
    double serving = millisTo(Milestone.SERVING);
    Instant end = evidence.incident().began().plusMillis((long) serving);
    return reportEvents(evidence.incident().began())
        .filter(event -> event.at().isBefore(end))
        .flatMap(event -> value(event, VolumeReport.class).stream())
        .filter(report -> report.getVolumeId().equals(evidence.subject().volumeId()))
        .mapToLong(report ->
            report.getDetail() instanceof ReplicaCaughtUp caughtUp ? caughtUp.getBytesCopied() : 0)
        .sum();
  }

  private DemoResult.Resync resync() {
    List<ReplicaCaughtUp> caughtUp =
        reports(evidence.returnedAt())
            .map(VolumeReport::getDetail)
            .filter(ReplicaCaughtUp.class::isInstance)
            .map(ReplicaCaughtUp.class::cast)
            .toList();
    return new DemoResult.Resync(
        caughtUp.size(),
        caughtUp.stream().mapToLong(ReplicaCaughtUp::getBytesCopied).sum(),
        caughtUp.stream().mapToLong(ReplicaCaughtUp::getBytesHeld).sum(),
        evidence.returnTook().toMillis());
  }

  private Stream<VolumeReport> reports(Instant since) {
    return reportEvents(since).flatMap(event -> value(event, VolumeReport.class).stream());
  }

  private Stream<ClusterEvent> reportEvents(Instant since) {
    return events.stream().filter(event -> !event.at().isBefore(since));
  }

  private double millisTo(Milestone milestone) {
    return evidence.incident().millisTo(milestone).orElse(Double.NaN);
  }

  private static <T> Optional<T> value(ClusterEvent event, Class<T> type) {
    return event instanceof ClusterEvent.Record record
        ? record.value().filter(type::isInstance).map(type::cast)
        : Optional.empty();
  }

  private static Check check(String name, boolean held, String detail, Object... values) {
    return new Check(name, held, detail.formatted(values));
  }
}
