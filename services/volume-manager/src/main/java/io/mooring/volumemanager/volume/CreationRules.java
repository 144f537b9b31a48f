package io.mooring.volumemanager.volume;

import io.mooring.schemas.FileSystem;
import io.mooring.schemas.VolumeTaskKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** How volumes come about, empty or with the content of a snapshot. */
final class CreationRules {

  static final int SIZE_UNIT_BYTES = 4096;
  static final long SIZE_MIN_BYTES = 1L << 20;
  static final long SIZE_MIN_XFS_BYTES = 300L << 20;
  static final long SIZE_MAX_BYTES = 1L << 60;
  private static final int NAME_LENGTH_MAX = 128;

  private final ClusterView cluster;

  CreationRules(ClusterView cluster) {
    this.cluster = cluster;
  }

  void create(Draft draft, CommandReference reference, VolumeRequest.Create create) {
    VolumeRequest.Source wanted = create.source();
    if (wanted == null) {
      create(draft, reference, create, null);
      return;
    }
    Optional<SnapshotSource> source = cluster.snapshot(wanted.setId(), wanted.volume());
    if (source.isPresent()) {
      create(draft, reference, create, source.get());
    } else {
      draft.reject(reference, Refusals.unknownSnapshot(wanted.setId(), wanted.volume()));
    }
  }

  private void create(
      Draft draft,
      CommandReference reference,
      VolumeRequest.Create create,
      @Nullable SnapshotSource source) {
    List<Rejection> problems = new ArrayList<>();
    if (!isUsableName(create.name())) {
      problems.add(Refusals.badName(create.name()));
    }
    VolumeSpec inherited = source == null ? null : source.spec();
    switch (StorageParameters.parse(create.parameters(), inherited)) {
      case StorageParameters.Outcome.Invalid invalid -> problems.addAll(invalid.problems());
      case StorageParameters.Outcome.Valid(VolumeSpec spec) -> {
        long size =
            source != null && create.sizeBytes() == 0 ? source.sizeBytes() : create.sizeBytes();
        checkSize(size, spec, problems);
        if (source != null) {
          checkSource(size, spec, source, problems);
        }
        if (problems.isEmpty()) {
          place(
              draft,
              reference,
              create,
              new Volume.Creation(create.name(), roundedUp(size), spec, create.source()),
              source);
          return;
        }
      }
    }
    draft.reject(reference, Rejection.all(problems));
  }

  private static void checkSource(
      long sizeBytes, VolumeSpec spec, SnapshotSource source, List<Rejection> problems) {
    if (sizeBytes < source.sizeBytes()) {
      problems.add(Refusals.smallerThanSnapshot(sizeBytes, source));
    }
    if (spec.fs() != source.spec().fs()) {
      problems.add(Refusals.otherFileSystem(spec, source));
    }
  }

  private void place(
      Draft draft,
      CommandReference reference,
      VolumeRequest.Create create,
      Volume.Creation creation,
      @Nullable SnapshotSource source) {
    VolumeId id = reference.volume();
    VolumeSpec spec = creation.spec();
    PlacementRequest wanted =
        new PlacementRequest(
            id,
            spec,
            creation.sizeBytes(),
            spec.repl(),
            Set.of(),
            create.preferredNode() == null ? nodeWith(source) : create.preferredNode());
    switch (cluster.place(wanted)) {
      case PlacementOutcome.Impossible(Rejection reason) -> draft.reject(reference, reason);
      case PlacementOutcome.Placed(List<PoolId> pools) -> {
        draft.become(
            new Volume(
                id,
                creation,
                creation.sizeBytes(),
                spec,
                create.filledFor().isOrdinary()
                    ? Attachment.NEVER
                    : Attachment.NEVER.filledFor(create.filledFor()),
                ReplicaSet.placedOn(pools, draft.now()),
                new Volume.Change(reference.cause(), draft.now())));
        List<NodeId> nodes = pools.stream().map(PoolId::node).toList();
        draft.answer(
            reference, new VolumeFact.Created(creation.name(), creation.sizeBytes(), nodes));
        if (source != null) {
          TaskRules.begin(draft, VolumeTaskKind.FILL, source.key());
        }
      }
    }
  }

  /** Where the snapshot can be read without the network. */
  private @Nullable NodeId nodeWith(@Nullable SnapshotSource source) {
    return source == null
        ? null
        : source.holders().stream()
            .map(SnapshotSource.Holder::node)
            .filter(node -> !cluster.isDown(node))
            .findFirst()
            .orElse(null);
  }

  static void compareWithExisting(
      Draft draft, CommandReference reference, VolumeRequest.Create create) {
    Volume volume = draft.volume();
    if (!volume.name().equals(create.name())) {
      draft.reject(reference, Refusals.nameTaken(volume, create.name()));
      return;
    }
    Volume.Creation request = volume.request();
    long size = roundedUp(create.sizeBytes());
    boolean sameSize =
        size == request.sizeBytes()
            || size == volume.sizeBytes()
            || (create.source() != null && size == 0);
    // What a clone inherited is in its specification; its source may have changed since.
    VolumeSpec inherited = create.source() == null ? null : request.spec();
    boolean sameSpec =
        StorageParameters.parse(create.parameters(), inherited)
                instanceof StorageParameters.Outcome.Valid(VolumeSpec spec)
            && spec.equals(request.spec());
    if (sameSize && sameSpec && Objects.equals(create.source(), request.source())) {
      draft.accept(reference);
    } else {
      draft.reject(reference, Refusals.alreadyExists(volume));
    }
  }

  static void checkSize(long sizeBytes, VolumeSpec spec, List<Rejection> problems) {
    long min = spec.fs() == FileSystem.XFS ? SIZE_MIN_XFS_BYTES : SIZE_MIN_BYTES;
    if (sizeBytes < min || sizeBytes > SIZE_MAX_BYTES) {
      problems.add(Refusals.sizeOutOfRange(sizeBytes, min, SIZE_MAX_BYTES));
    }
  }

  static long roundedUp(long sizeBytes) {
    return Math.ceilDiv(sizeBytes, SIZE_UNIT_BYTES) * SIZE_UNIT_BYTES;
  }

  private static boolean isUsableName(String name) {
    return !name.isBlank()
        && name.length() <= NAME_LENGTH_MAX
        && name.chars().noneMatch(Character::isISOControl)
        && !VolumeId.isId(name);
  }
}
