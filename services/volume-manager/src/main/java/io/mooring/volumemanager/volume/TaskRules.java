package io.mooring.volumemanager.volume;

import io.mooring.schemas.VolumeTaskKind;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Work that is done with a head of its own: a snapshot of a detached volume, a restore, the filling
 * of a new volume. The volume is published to the node that does it, under an epoch like any other,
 * so a node that dies over it is fenced like any other (I2).
 */
final class TaskRules {

  /** Longer than a set waits for its snapshots; then the work can be of no use any more. */
  static final Duration SHORT_TASK_MAX = Duration.ofSeconds(60);

  /** After a task has failed on every node, it is tried again after this time. */
  static final Duration RETRY_PAUSE = Duration.ofSeconds(30);

  private final ClusterView cluster;

  TaskRules(ClusterView cluster) {
    this.cluster = cluster;
  }

  void restore(Draft draft, CommandReference reference, VolumeRequest.Restore restore) {
    Volume volume = draft.volume();
    SnapshotKey wanted = new SnapshotKey(restore.setId(), volume.id(), restore.snapshotId());
    HeadTask task = volume.task();
    if (task != null && task.isFor(VolumeTaskKind.RESTORE, wanted)) {
      draft.accept(reference);
      return;
    }
    if (!(volume.phase() instanceof VolumePhase.Detached)) {
      draft.reject(
          reference,
          task == null ? Refusals.restoreWhileAttached(volume) : Refusals.busy(volume, task));
      return;
    }
    if (task != null && task.kind() != VolumeTaskKind.RESTORE) {
      draft.reject(reference, Refusals.busy(volume, task));
      return;
    }
    Optional<SnapshotSource> source =
        cluster.snapshot(restore.setId(), volume.id()).filter(s -> s.key().equals(wanted));
    if (source.isEmpty()) {
      draft.reject(reference, Refusals.unknownSnapshot(restore.setId(), volume.id()));
    } else if (inSync(volume).noneMatch(source.get()::isHeldBy)) {
      draft.reject(reference, Refusals.noHolderInSync(volume, restore.setId()));
    } else {
      // A restore that could not be finished is replaced: the volume is a mixture until one is.
      if (task != null) {
        draft.announce(new VolumeFact.TaskEnded(task, false, 0, "another restore takes its place"));
      }
      draft.accept(reference);
      begin(draft, VolumeTaskKind.RESTORE, wanted);
    }
  }

  void snapshotDetached(
      Draft draft, CommandReference reference, VolumeRequest.SnapshotDetached wanted) {
    Volume volume = draft.volume();
    SnapshotKey key = new SnapshotKey(wanted.setId(), volume.id(), wanted.snapshotId());
    HeadTask task = volume.task();
    if (task != null) {
      if (task.isFor(VolumeTaskKind.SNAPSHOT, key)) {
        draft.accept(reference);
      } else {
        draft.reject(reference, Refusals.busy(volume, task));
      }
    } else if (!(volume.phase() instanceof VolumePhase.Detached)) {
      // Whoever it belongs to now takes the snapshot himself.
      draft.reject(reference, Refusals.restoreWhileAttached(volume));
    } else if (volume.attachment().isHalf()) {
      draft.reject(reference, Refusals.half(volume));
    } else if (inSync(volume).findAny().isEmpty()) {
      draft.reject(reference, Refusals.noReplicaReachable(volume));
    } else {
      draft.accept(reference);
      begin(draft, VolumeTaskKind.SNAPSHOT, key);
    }
  }

  static void begin(Draft draft, VolumeTaskKind kind, SnapshotKey snapshot) {
    HeadTask task = HeadTask.requested(kind, snapshot, draft.cause(), draft.now());
    Volume volume = draft.volume();
    // A new volume is nothing yet; one that is restored is what it was until a node begins.
    Volume before =
        kind == VolumeTaskKind.FILL
            ? volume.with(volume.attachment().filledFor(task.purpose()))
            : volume;
    draft.become(before.with(task));
  }

  /** A publish waits for what is over in seconds, and is refused for anything longer. */
  void publish(Draft draft, HeadTask task, VolumePhase.DeferredPublish publish) {
    Volume volume = draft.volume();
    if (task.isShort()) {
      draft.remember(volume.with(task.waitedForBy(publish)));
    } else {
      draft.reject(publish.command(), Refusals.busy(volume, task));
    }
  }

  /** Gives a volume that waits for work to a node that can do it. */
  void assign(Draft draft) {
    if (!draft.exists()
        || draft.volume().task() == null
        || !(draft.volume().phase() instanceof VolumePhase.Detached)) {
      return;
    }
    Volume volume = draft.volume();
    HeadTask task = volume.task();
    boolean rested = !task.since().plus(RETRY_PAUSE).isAfter(draft.now());
    Optional<NodeId> node = choose(volume, task);
    if (node.isEmpty() && !task.failedOn().isEmpty() && rested) {
      task = task.toBeTriedEverywhere();
      node = choose(volume, task);
    }
    if (node.isPresent()) {
      Attachment before = volume.attachment();
      Attachment given =
          task.onlyReads()
              ? before.lentTo(node.get())
              : before.publishedTo(node.get(), task.purpose()).filledFor(task.purpose());
      draft.become(volume.with(given.with(task.begun(draft.now()))));
      draft.announce(new VolumeFact.Published(node.get(), task.purpose()));
    }
  }

  /** A restore reads the snapshot of the local replica; the rest of them need not hold it. */
  private Optional<NodeId> choose(Volume volume, HeadTask task) {
    Stream<Replica> able = inSync(volume).filter(r -> !task.failedOn().contains(r.node()));
    SnapshotKey key = task.snapshot();
    Optional<SnapshotSource> source = cluster.snapshot(key.setId(), key.volume());
    return switch (task.kind()) {
      case SNAPSHOT -> able.map(Replica::node).findFirst();
      case RESTORE ->
          able.filter(r -> source.filter(s -> s.isHeldBy(r)).isPresent())
              .map(Replica::node)
              .findFirst();
      case FILL ->
          able.map(Replica::node)
              .min(Comparator.comparing(node -> source.filter(s -> s.isOn(node)).isEmpty()));
    };
  }

  private Stream<Replica> inSync(Volume volume) {
    return volume.replicas().inSync().stream().filter(replica -> !cluster.isUnreachable(replica));
  }

  /**
   * The holder has ended its work and closed its head.
   *
   * @return publishes that waited for it
   */
  List<VolumePhase.DeferredPublish> done(
      Draft draft, NodeId node, HeadTask task, AgentReport.TaskDone done) {
    Volume volume = draft.volume();
    Volume after = task.onlyReads() ? volume : volume.with(volume.attachment().filled());
    draft.become(after.withoutTask().with(new VolumePhase.Detached()));
    draft.announce(
        new VolumeFact.Detached(
            node,
            false,
            List.of(
                "%s is done and its head closed on %s in epoch %s"
                    .formatted(task.kind(), node, volume.epoch()))));
    draft.announce(new VolumeFact.TaskEnded(task, true, done.bytes(), ""));
    return task.publishers();
  }

  /** The holder could not do its work: another node may, or the same one later. */
  List<VolumePhase.DeferredPublish> failed(
      Draft draft, NodeId node, HeadTask task, AgentReport.TaskFailed failed) {
    Volume volume = draft.volume();
    String reason = failed.code() + " " + failed.reason();
    Volume detached = volume.with(new VolumePhase.Detached());
    draft.become(
        task.isShort() ? detached.withoutTask() : detached.with(task.failed(node, draft.now())));
    draft.announce(
        new VolumeFact.Detached(
            node,
            false,
            List.of(
                "%s failed and its head is closed on %s in epoch %s: %s"
                    .formatted(task.kind(), node, volume.epoch(), reason))));
    if (task.isShort()) {
      draft.announce(new VolumeFact.TaskEnded(task, false, 0, reason));
    }
    return task.publishers();
  }

  /** Drops work; what it has written so far stays, and so does that the volume is half. */
  static void giveUp(Draft draft, HeadTask task, String reason) {
    draft.become(draft.volume().withoutTask());
    draft.announce(new VolumeFact.TaskEnded(task, false, 0, reason));
  }

  static boolean isOverdue(HeadTask task, Instant now) {
    return task.isShort() && !task.since().plus(SHORT_TASK_MAX).isAfter(now);
  }
}
