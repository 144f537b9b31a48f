package io.mooring.volumemanager.volume;

import io.mooring.schemas.ReplicaRole;
import java.util.List;
import java.util.Optional;

/**
 * What follows from the reports of agents. A report that is based on an old epoch or generation
 * changes nothing; the current state is published again, with the report as its cause, and the
 * agent decides anew.
 */
final class ReportRules {

  private final CommandRules commands;
  private final TaskRules tasks;
  private final RepairRules repairs;

  ReportRules(CommandRules commands, TaskRules tasks, RepairRules repairs) {
    this.commands = commands;
    this.tasks = tasks;
    this.repairs = repairs;
  }

  void apply(Draft draft, VolumeInput.Report report) {
    switch (report.report()) {
      case AgentReport.ReplicaLost lost -> replicaLost(draft, report, lost);
      case AgentReport.ReplicaCaughtUp caughtUp -> replicaCaughtUp(draft, report, caughtUp);
      case AgentReport.ReplicaFenced fenced -> replicaFenced(draft, report, fenced);
      case AgentReport.ReplicaRemoved removed -> replicaRemoved(draft, report, removed);
      case AgentReport.ReplicaUnusable unusable -> replicaUnusable(draft, report, unusable);
      case AgentReport.HeadServing _ -> headOpened(draft, report);
      case AgentReport.HeadAttached attached -> {
        if (headOpened(draft, report)) {
          draft.announce(new VolumeFact.Attached(report.from(), attached.device()));
        }
      }
      case AgentReport.HeadDetached _ -> headClosed(draft, report);
      case AgentReport.VolumeGrown grown -> {
        if (isCurrentHead(draft.volume(), report)) {
          draft.announce(new VolumeFact.Resized(grown.sizeBytes(), grown.fsBytes()));
        }
      }
      case AgentReport.TaskDone done ->
          taskOf(draft, report, done.taskId())
              .map(task -> tasks.done(draft, report.from(), task, done))
              .ifPresent(waiting -> commands.decideDeferred(draft, waiting));
      case AgentReport.TaskFailed failed ->
          taskOf(draft, report, failed.taskId())
              .map(task -> tasks.failed(draft, report.from(), task, failed))
              .ifPresent(waiting -> commands.decideDeferred(draft, waiting));
      // Both are for those who follow the incident.
      case AgentReport.HeadFenced _ -> {}
      case AgentReport.VolumeMounted _ -> {}
    }
  }

  private static boolean isCurrentHead(Volume volume, VolumeInput.Report report) {
    return volume.phase() instanceof VolumePhase.Published published
        && published.holder().equals(report.from())
        && volume.epoch().equals(report.epoch());
  }

  /** The task that the reporting node does; the state tells a node that is behind. */
  private static Optional<HeadTask> taskOf(Draft draft, VolumeInput.Report report, String taskId) {
    HeadTask task = draft.volume().task();
    if (task != null && task.id().equals(taskId) && isCurrentHead(draft.volume(), report)) {
      return Optional.of(task);
    }
    draft.republish();
    return Optional.empty();
  }

  private static boolean isUpToDate(Volume volume, VolumeInput.Report report) {
    return isCurrentHead(volume, report) && volume.generation().equals(report.generation());
  }

  private static void replicaLost(
      Draft draft, VolumeInput.Report report, AgentReport.ReplicaLost lost) {
    Volume volume = draft.volume();
    // The head waits for an answer in any case: a state whose cause is its report.
    draft.republish();
    if (!isUpToDate(volume, report)) {
      return;
    }
    Optional<Replica> replica = volume.replicas().find(lost.replica()).filter(Replica::isInSync);
    if (replica.isEmpty()) {
      return;
    }
    if (volume.replicas().isOnlyInSync(lost.replica())) {
      draft.announce(
          new VolumeFact.Unavailable(
              "replica %s, the last in sync, is lost: %s"
                  .formatted(lost.replica(), lost.reason())));
      return;
    }
    becomeStale(draft, replica.get(), lost.reason());
  }

  private static void becomeStale(Draft draft, Replica replica, String reason) {
    Volume volume = draft.volume();
    Volume smaller =
        volume.with(volume.replicas().withRole(List.of(replica), ReplicaRole.STALE, draft.now()));
    draft.become(smaller);
    draft.announce(
        new VolumeFact.Degraded(replica.id(), replica.node(), reason, smaller.inSyncNames()));
  }

  private void replicaCaughtUp(
      Draft draft, VolumeInput.Report report, AgentReport.ReplicaCaughtUp caughtUp) {
    Volume volume = draft.volume();
    draft.republish();
    if (!isUpToDate(volume, report)) {
      return;
    }
    Optional<Replica> replica = volume.replicas().find(caughtUp.replica());
    if (replica.isEmpty() || !mayJoin(replica.get())) {
      return;
    }
    Volume larger =
        volume.with(
            volume.replicas().withRole(List.of(replica.get()), ReplicaRole.IN_SYNC, draft.now()));
    draft.become(larger);
    if (!larger.isDegraded()) {
      draft.announce(
          new VolumeFact.Healthy(
              larger.inSyncNames(), caughtUp.bytesCopied(), caughtUp.bytesHeld()));
      retireSurplus(draft);
      commands.releaseReplaced(draft);
    }
  }

  /** An unusable replica is being replaced, perhaps on its own node, and does not come back. */
  private static boolean mayJoin(Replica replica) {
    return isOutside(replica) && !replica.unusable();
  }

  private static boolean isOutside(Replica replica) {
    return switch (replica.role()) {
      case STALE, JOINING -> true;
      case IN_SYNC, LEAVING -> false;
    };
  }

  /**
   * With full redundancy, replicas that are not part of it have been replaced; one that is on its
   * way to take another's place is still wanted.
   */
  private static void retireSurplus(Draft draft) {
    List<Replica> surplus =
        draft.volume().replicas().members().stream()
            .filter(ReportRules::isOutside)
            .filter(replica -> !MoveRules.isUnderWay(draft.volume(), replica))
            .toList();
    ReplicaCountRules.retire(draft, surplus, "redundancy is complete without it");
  }

  /** The first promise of a member of the in-sync set ends fencing (I2, I6). */
  private void replicaFenced(
      Draft draft, VolumeInput.Report report, AgentReport.ReplicaFenced fenced) {
    Volume volume = draft.volume();
    if (fenced.promised().value() < volume.epoch().value()) {
      draft.republish();
      return;
    }
    boolean counts =
        fenced.promised().equals(volume.epoch())
            && volume
                .replicas()
                .find(fenced.replica())
                .filter(Replica::isInSync)
                .filter(replica -> replica.node().equals(report.from()))
                .isPresent();
    if (!counts || !(volume.phase() instanceof VolumePhase.Fencing fencing)) {
      return;
    }
    String promise =
        "promise of epoch %s by replica %s on %s, report %s"
            .formatted(
                fenced.promised(), fenced.replica(), report.from(), report.cause().recordId());
    draft.become(volume.with(new VolumePhase.Detached()));
    draft.announce(
        new VolumeFact.Detached(fencing.from(), true, List.of(fencing.judgement(), promise)));
    commands.decideDeferred(draft, fencing.publishers());
  }

  private void replicaRemoved(
      Draft draft, VolumeInput.Report report, AgentReport.ReplicaRemoved removed) {
    Volume volume = draft.volume();
    Optional<Replica> replica =
        volume
            .replicas()
            .find(removed.replica())
            .filter(listed -> listed.node().equals(report.from()));
    if (replica.isEmpty()) {
      return;
    }
    if (volume.phase() instanceof VolumePhase.Deleting
        || replica.get().role() == ReplicaRole.LEAVING) {
      RepairRules.forget(draft, List.of(replica.get()));
    } else {
      unusable(draft, report, removed.replica(), "its files are gone");
    }
  }

  /**
   * An agent that is behind may find a replica newer than the state that it has heard: a head that
   * heard more has told the replica. The present state lets it look again.
   */
  private void replicaUnusable(
      Draft draft, VolumeInput.Report report, AgentReport.ReplicaUnusable unusable) {
    Volume volume = draft.volume();
    if (volume.epoch().equals(report.epoch()) && volume.generation().equals(report.generation())) {
      unusable(draft, report, unusable.replica(), unusable.code() + " " + unusable.reason());
    } else {
      draft.republish();
    }
  }

  private void unusable(Draft draft, VolumeInput.Report report, ReplicaId id, String reason) {
    Volume volume = draft.volume();
    Optional<Replica> replica =
        volume.replicas().find(id).filter(listed -> listed.node().equals(report.from()));
    if (volume.phase() instanceof VolumePhase.Deleting
        || replica.isEmpty()
        || replica.get().role() == ReplicaRole.LEAVING) {
      return;
    }
    draft.remember(volume.with(volume.replicas().withUnusable(id)));
    if (volume.replicas().isOnlyInSync(id)) {
      draft.announce(
          new VolumeFact.Unavailable(
              "replica %s, the last in sync, is unusable: %s".formatted(id, reason)));
    } else if (replica.get().isInSync()) {
      becomeStale(draft, replica.get(), reason);
    }
    repairs.apply(draft);
  }

  private static boolean headOpened(Draft draft, VolumeInput.Report report) {
    Volume volume = draft.volume();
    if (volume.phase() instanceof VolumePhase.Published published
        && isCurrentHead(volume, report)) {
      draft.remember(volume.with(published.withHeadOpen()));
      return true;
    }
    draft.republish();
    return false;
  }

  private void headClosed(Draft draft, VolumeInput.Report report) {
    Volume volume = draft.volume();
    if (!(volume.phase() instanceof VolumePhase.Published published)
        || !isCurrentHead(volume, report)) {
      return;
    }
    VolumePhase.Published closed = published.withHeadClosed();
    draft.remember(volume.with(closed));
    closed.unpublishers().stream()
        .filter(waiting -> !waiting.isExpired(draft.now()))
        .findFirst()
        .ifPresent(waiting -> commands.detach(draft, closed, waiting));
  }
}
