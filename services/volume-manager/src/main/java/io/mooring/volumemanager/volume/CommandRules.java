package io.mooring.volumemanager.volume;

import io.mooring.schemas.FileSystem;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What follows from commands. Each is answered exactly once, some of them later. */
final class CommandRules {

  static final int SIZE_UNIT_BYTES = 4096;
  static final long SIZE_MIN_BYTES = 1L << 20;
  static final long SIZE_MIN_XFS_BYTES = 300L << 20;
  static final long SIZE_MAX_BYTES = 1L << 60;
  private static final int NAME_LENGTH_MAX = 128;

  private final ClusterView cluster;
  private final VerdictRules verdicts;
  private final ReplicaCountRules replicaCount;
  private final MoveRules moves;

  CommandRules(ClusterView cluster, VerdictRules verdicts) {
    this.cluster = cluster;
    this.verdicts = verdicts;
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
      case VolumeRequest.Create create -> create(draft, reference, create);
      // What is not there is deleted, and published nowhere.
      case VolumeRequest.Delete _ -> draft.accept(reference);
      case VolumeRequest.Unpublish _ -> draft.accept(reference);
      case VolumeRequest.CancelMove _ -> draft.accept(reference);
      case VolumeRequest.Publish _,
          VolumeRequest.Expand _,
          VolumeRequest.SetReplicaCount _,
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
          VolumeRequest.Move _ ->
          draft.reject(reference, Refusals.beingDeleted(draft.volume()));
    }
  }

  private void applyToVolume(Draft draft, CommandReference reference, VolumeRequest request) {
    switch (request) {
      case VolumeRequest.Create create -> compareWithExisting(draft, reference, create);
      case VolumeRequest.Delete _ -> delete(draft, reference);
      case VolumeRequest.Publish publish -> publish(draft, reference, publish.node());
      case VolumeRequest.Unpublish unpublish -> unpublish(draft, reference, unpublish);
      case VolumeRequest.Expand expand -> expand(draft, reference, expand.sizeBytes());
      case VolumeRequest.SetReplicaCount count -> replicaCount.set(draft, reference, count);
      case VolumeRequest.Move move -> moves.begin(draft, reference, move);
      case VolumeRequest.CancelMove _ -> MoveRules.cancel(draft, reference);
    }
  }

  private void create(Draft draft, CommandReference reference, VolumeRequest.Create create) {
    List<Rejection> problems = new ArrayList<>();
    if (!isUsableName(create.name())) {
      problems.add(Refusals.badName(create.name()));
    }
    switch (StorageParameters.parse(create.parameters())) {
      case StorageParameters.Outcome.Invalid invalid -> problems.addAll(invalid.problems());
      case StorageParameters.Outcome.Valid(VolumeSpec spec) -> {
        checkSize(create.sizeBytes(), spec, problems);
        if (problems.isEmpty()) {
          place(draft, reference, create, spec);
          return;
        }
      }
    }
    draft.reject(reference, Rejection.all(problems));
  }

  private void place(
      Draft draft, CommandReference reference, VolumeRequest.Create create, VolumeSpec spec) {
    long size = roundedUp(create.sizeBytes());
    VolumeId id = reference.volume();
    PlacementRequest wanted =
        new PlacementRequest(id, spec, size, spec.repl(), Set.of(), create.preferredNode());
    switch (cluster.place(wanted)) {
      case PlacementOutcome.Impossible(Rejection reason) -> draft.reject(reference, reason);
      case PlacementOutcome.Placed(List<PoolId> pools) -> {
        draft.become(
            new Volume(
                id,
                new Volume.Creation(create.name(), size, spec),
                size,
                spec,
                Attachment.NEVER,
                ReplicaSet.placedOn(pools, draft.now()),
                new Volume.Change(reference.cause(), draft.now())));
        List<NodeId> nodes = pools.stream().map(PoolId::node).toList();
        draft.answer(reference, new VolumeFact.Created(create.name(), size, nodes));
      }
    }
  }

  private static void compareWithExisting(
      Draft draft, CommandReference reference, VolumeRequest.Create create) {
    Volume volume = draft.volume();
    if (!volume.name().equals(create.name())) {
      draft.reject(reference, Refusals.nameTaken(volume, create.name()));
      return;
    }
    long size = roundedUp(create.sizeBytes());
    boolean sameSize = size == volume.request().sizeBytes() || size == volume.sizeBytes();
    boolean sameSpec =
        StorageParameters.parse(create.parameters())
                instanceof StorageParameters.Outcome.Valid(VolumeSpec spec)
            && spec.equals(volume.request().spec());
    if (sameSize && sameSpec) {
      draft.accept(reference);
    } else {
      draft.reject(reference, Refusals.alreadyExists(volume));
    }
  }

  private static void delete(Draft draft, CommandReference reference) {
    Volume volume = draft.volume();
    if (volume.phase() instanceof VolumePhase.Detached) {
      draft.become(volume.with(new VolumePhase.Deleting()));
      draft.accept(reference);
    } else {
      draft.reject(reference, Refusals.deleteWhileAttached(volume));
    }
  }

  private void publish(Draft draft, CommandReference reference, NodeId node) {
    Volume volume = draft.volume();
    switch (volume.phase()) {
      case VolumePhase.Detached _ -> publishDetached(draft, reference, node);
      case VolumePhase.Fencing fencing ->
          draft.remember(
              volume.with(fencing.waitingFor(new VolumePhase.DeferredPublish(node, reference))));
      case VolumePhase.Published published -> {
        if (published.holder().equals(node)) {
          draft.accept(reference);
        } else {
          draft.reject(reference, Refusals.publishedElsewhere(volume, published.holder(), node));
        }
      }
      case VolumePhase.Deleting _ -> draft.reject(reference, Refusals.beingDeleted(volume));
    }
  }

  private void publishDetached(Draft draft, CommandReference reference, NodeId node) {
    Volume volume = draft.volume();
    if (!cluster.knows(node)) {
      draft.reject(reference, Refusals.unknownNode(node));
    } else if (cluster.isDown(node)) {
      draft.reject(reference, Refusals.nodeDown(volume, node));
    } else if (volume.replicas().inSync().stream().allMatch(cluster::isUnreachable)) {
      draft.reject(reference, Refusals.noReplicaReachable(volume));
    } else {
      draft.become(volume.with(volume.attachment().publishedTo(node)));
      draft.answer(reference, new VolumeFact.Published(node));
    }
  }

  private void unpublish(
      Draft draft, CommandReference reference, VolumeRequest.Unpublish unpublish) {
    Volume volume = draft.volume();
    if (!(volume.phase() instanceof VolumePhase.Published published)
        || (unpublish.node() != null && !unpublish.node().equals(published.holder()))) {
      draft.accept(reference);
    } else if (unpublish.force()) {
      verdicts.fence(
          draft, published, "unpublish by force, command " + reference.cause().recordId());
      draft.accept(reference);
    } else if (published.headOpen()) {
      // The close may have been reported and not yet have arrived here: wait for it.
      draft.remember(volume.with(published.waitingFor(reference)));
    } else {
      detach(draft, published, reference);
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
        publish(draft, publish.command(), publish.node());
      }
    }
  }

  /** Answers commands that have waited too long. */
  void expireWaiting(Draft draft) {
    Instant now = draft.now();
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

  private void expand(Draft draft, CommandReference reference, long wantedBytes) {
    Volume volume = draft.volume();
    List<Rejection> problems = new ArrayList<>();
    checkSize(wantedBytes, volume.spec(), problems);
    if (!problems.isEmpty()) {
      draft.reject(reference, Rejection.all(problems));
      return;
    }
    long size = roundedUp(wantedBytes);
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

  private static void checkSize(long sizeBytes, VolumeSpec spec, List<Rejection> problems) {
    long min = spec.fs() == FileSystem.XFS ? SIZE_MIN_XFS_BYTES : SIZE_MIN_BYTES;
    if (sizeBytes < min || sizeBytes > SIZE_MAX_BYTES) {
      problems.add(Refusals.sizeOutOfRange(sizeBytes, min, SIZE_MAX_BYTES));
    }
  }

  private static long roundedUp(long sizeBytes) {
    return Math.ceilDiv(sizeBytes, SIZE_UNIT_BYTES) * SIZE_UNIT_BYTES;
  }

  private static boolean isUsableName(String name) {
    return !name.isBlank()
        && name.length() <= NAME_LENGTH_MAX
        && name.chars().noneMatch(Character::isISOControl)
        && !VolumeId.isId(name);
  }
}
