package io.mooring.volumemanager.volume;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What follows from commands. Each is answered exactly once, some of them later. */
final class CommandRules {

  private final ClusterView cluster;
  private final VerdictRules verdicts;
  private final CreationRules creation;
  private final TaskRules tasks;
  private final PublicationRules publications;
  private final ReplicaCountRules replicaCount;
  private final MoveRules moves;

  CommandRules(ClusterView cluster, VerdictRules verdicts, TaskRules tasks) {
    this.cluster = cluster;
    this.verdicts = verdicts;
    this.tasks = tasks;
    this.publications = new PublicationRules(cluster, tasks);
    this.creation = new CreationRules(cluster);
    this.replicaCount = new ReplicaCountRules(cluster);
    this.moves = new MoveRules(cluster);
  }

  void apply(Draft draft, @Nullable Volume volume, VolumeInput.Command command) {
    CommandReference reference = command.reference();
    if (reference.isExpired(draft.now())) {
      draft.reject(reference, Refusals.expired(reference));
    } else if (volume == null) {
      applyToNone(draft, reference, command.request());
    } else if (volume.phase() instanceof VolumePhase.Deleting) {
      applyToDeleting(draft, reference, command.request());
    } else {
      applyToVolume(draft, reference, command.request());
    }
  }

  private void applyToNone(Draft draft, CommandReference reference, VolumeRequest request) {
    switch (request) {
      case VolumeRequest.Create create -> creation.create(draft, reference, create);
      // What is not there is deleted, and published nowhere.
      case VolumeRequest.Delete _ -> draft.accept(reference);
      case VolumeRequest.Unpublish _ -> draft.accept(reference);
      case VolumeRequest.CancelMove _ -> draft.accept(reference);
      case VolumeRequest.Publish _,
          VolumeRequest.Expand _,
          VolumeRequest.SetReplicaCount _,
          VolumeRequest.Restore _,
          VolumeRequest.SnapshotDetached _,
          VolumeRequest.Move _ ->
          draft.reject(reference, Refusals.unknownVolume(reference.volume()));
    }
  }

  private void applyToDeleting(Draft draft, CommandReference reference, VolumeRequest request) {
    switch (request) {
      case VolumeRequest.Delete _ -> draft.accept(reference);
      case VolumeRequest.Unpublish _ -> draft.accept(reference);
      case VolumeRequest.CancelMove _ -> draft.accept(reference);
      case VolumeRequest.Create _,
          VolumeRequest.Publish _,
          VolumeRequest.Expand _,
          VolumeRequest.SetReplicaCount _,
          VolumeRequest.Restore _,
          VolumeRequest.SnapshotDetached _,
          VolumeRequest.Move _ ->
          draft.reject(reference, Refusals.beingDeleted(draft.volume()));
    }
  }

  private void applyToVolume(Draft draft, CommandReference reference, VolumeRequest request) {
    switch (request) {
      case VolumeRequest.Create create ->
          CreationRules.compareWithExisting(draft, reference, create);
      case VolumeRequest.Delete _ -> delete(draft, reference);
      case VolumeRequest.Publish publish ->
          publications.publish(draft, VolumePhase.DeferredPublish.of(publish, reference));
      case VolumeRequest.Unpublish unpublish -> unpublish(draft, reference, unpublish);
      case VolumeRequest.Expand expand -> expand(draft, reference, expand.sizeBytes());
      case VolumeRequest.SetReplicaCount count -> replicaCount.set(draft, reference, count);
      case VolumeRequest.Move move -> moves.begin(draft, reference, move);
      case VolumeRequest.CancelMove _ -> MoveRules.cancel(draft, reference);
      case VolumeRequest.Restore restore -> tasks.restore(draft, reference, restore);
      case VolumeRequest.SnapshotDetached wanted ->
          tasks.snapshotDetached(draft, reference, wanted);
    }
  }

  private void delete(Draft draft, CommandReference reference) {
    Volume volume = draft.volume();
    HeadTask task = volume.task();
    if (!(volume.phase() instanceof VolumePhase.Detached)) {
      draft.reject(
          reference,
          task == null ? Refusals.deleteWhileAttached(volume) : Refusals.busy(volume, task));
    } else if (cluster.hasSnapshots(volume.id())) {
      draft.reject(reference, Refusals.deleteWithSnapshots(volume));
    } else {
      draft.become(volume.with(new VolumePhase.Deleting()));
      giveUpTask(draft, "the volume is deleted");
      draft.accept(reference);
    }
  }

  private void unpublish(
      Draft draft, CommandReference reference, VolumeRequest.Unpublish unpublish) {
    Purpose only = unpublish.purpose();
    if (only != null && hasEnded(draft, only, unpublish.filled())) {
      endedBefore(draft, reference, only, unpublish.force());
      return;
    }
    if (unpublish.force()) {
      giveUpTask(draft, "unpublish by force");
    }
    Volume volume = draft.volume();
    if (!(volume.phase() instanceof VolumePhase.Published published)
        || (unpublish.node() != null && !unpublish.node().equals(published.holder()))) {
      draft.accept(reference);
    } else if (unpublish.force()) {
      verdicts.fence(
          draft, published, "unpublish by force, command " + reference.cause().recordId());
      draft.accept(reference);
    } else if (volume.task() != null) {
      // It belongs to nobody who could give it back: its work ends by itself.
      draft.accept(reference);
    } else if (published.headOpen()) {
      // The close may have been reported and not yet have arrived here: wait for it.
      draft.remember(volume.with(published.waitingFor(reference)));
    } else {
      detach(draft, published, reference);
    }
  }

  /**
   * Whether what was published for a purpose, and under this epoch if there is one, has ended.
   * Whoever has filled the volume under it is heard also if it was taken away meanwhile: nobody has
   * written to it since.
   */
  private static boolean hasEnded(Draft draft, Purpose purpose, @Nullable Epoch filled) {
    Attachment attachment = draft.volume().attachment();
    if (filled == null) {
      return !attachment.isPublishedFor(purpose);
    }
    if (attachment.isHalf() && attachment.isFilledBy(purpose, filled)) {
      draft.become(draft.volume().with(attachment.filled()));
    }
    return !attachment.isPublishedFor(purpose) || !attachment.publication().epoch().equals(filled);
  }

  /**
   * What was published for the purpose has ended before. That is what was wanted; but whoever would
   * take it by force must learn that somebody else has it now.
   */
  private static void endedBefore(
      Draft draft, CommandReference reference, Purpose purpose, boolean force) {
    Rejection taken = PublicationRules.takenByOthers(draft.volume(), purpose);
    if (force && taken != null) {
      draft.reject(reference, taken);
    } else {
      draft.accept(reference);
    }
  }

  /** A snapshot that is under way ends with the epoch of its node. */
  private void giveUpTask(Draft draft, String reason) {
    HeadTask task = draft.volume().task();
    boolean running = draft.volume().phase() instanceof VolumePhase.Published;
    if (task != null && !(running && task.isShort())) {
      TaskRules.giveUp(draft, task, reason);
      decideDeferred(draft, task.publishers());
    }
  }

  /** Gives the volume back after a clean close; whoever waited for that is answered. */
  void detach(Draft draft, VolumePhase.Published published, CommandReference reference) {
    Volume volume = draft.volume();
    String evidence =
        "no head is open on %s in epoch %s".formatted(published.holder(), volume.epoch());
    draft.become(volume.with(new VolumePhase.Detached()));
    draft.answer(reference, new VolumeFact.Detached(published.holder(), false, List.of(evidence)));
    published.unpublishers().stream()
        .filter(waiting -> !waiting.equals(reference))
        .forEach(draft::accept);
  }

  /** Decides the publishes that waited for the end of fencing, in the order of their arrival. */
  void decideDeferred(Draft draft, List<VolumePhase.DeferredPublish> deferred) {
    for (VolumePhase.DeferredPublish publish : deferred) {
      if (publish.command().isExpired(draft.now())) {
        draft.reject(publish.command(), Refusals.expired(publish.command()));
      } else {
        publications.publish(draft, publish);
      }
    }
  }

  /** A volume is fully redundant again: moves that waited for it end. */
  void releaseReplaced(Draft draft) {
    moves.releaseReplaced(draft);
  }

  /** Answers commands that have waited too long. */
  void expireWaiting(Draft draft) {
    Instant now = draft.now();
    expireTask(draft);
    Volume volume = draft.volume();
    switch (volume.phase()) {
      case VolumePhase.Fencing fencing -> {
        var expired =
            fencing.publishers().stream()
                .collect(Collectors.partitioningBy(p -> p.command().isExpired(now)));
        expired.get(true).forEach(p -> draft.reject(p.command(), Refusals.expired(p.command())));
        draft.remember(volume.with(fencing.withPublishers(expired.get(false))));
      }
      case VolumePhase.Published published -> {
        var expired =
            published.unpublishers().stream()
                .collect(Collectors.partitioningBy(command -> command.isExpired(now)));
        Rejection reason = Refusals.headStillOpen(volume, published.holder());
        expired.get(true).forEach(command -> draft.reject(command, reason));
        draft.remember(volume.with(published.withUnpublishers(expired.get(false))));
      }
      case VolumePhase.Detached _ -> {}
      case VolumePhase.Deleting _ -> {}
    }
  }

  /** Publishes behind work that takes too long, and a snapshot that nobody ends. */
  private void expireTask(Draft draft) {
    Volume volume = draft.volume();
    HeadTask task = volume.task();
    if (task == null) {
      return;
    }
    var expired =
        task.publishers().stream()
            .collect(Collectors.partitioningBy(p -> p.command().isExpired(draft.now())));
    expired.get(true).forEach(p -> draft.reject(p.command(), Refusals.busy(volume, task)));
    draft.remember(volume.with(task.withPublishers(expired.get(false))));
    if (volume.phase() instanceof VolumePhase.Published published
        && TaskRules.isOverdue(task, draft.now())) {
      verdicts.fence(
          draft,
          published,
          "%s has not ended %s after it began on %s"
              .formatted(task.kind(), TaskRules.SHORT_TASK_MAX, published.holder()));
    }
  }

  private void expand(Draft draft, CommandReference reference, long wantedBytes) {
    Volume volume = draft.volume();
    HeadTask task = volume.task();
    if (task != null) {
      draft.reject(reference, Refusals.busy(volume, task));
      return;
    }
    List<Rejection> problems = new ArrayList<>();
    CreationRules.checkSize(wantedBytes, volume.spec(), problems);
    if (!problems.isEmpty()) {
      draft.reject(reference, Rejection.all(problems));
      return;
    }
    long size = CreationRules.roundedUp(wantedBytes);
    if (size < volume.sizeBytes()) {
      draft.reject(reference, Refusals.shrinking(volume, size));
      return;
    }
    if (size == volume.sizeBytes()) {
      draft.accept(reference);
      return;
    }
    for (Replica replica : volume.replicas().members()) {
      cluster.refuseSize(replica.pool(), size).ifPresent(problems::add);
    }
    if (problems.isEmpty()) {
      draft.become(volume.withSize(size));
      draft.answer(reference, new VolumeFact.Expanded(size, volume.sizeBytes()));
    } else {
      draft.reject(reference, Rejection.all(problems));
    }
  }
}
