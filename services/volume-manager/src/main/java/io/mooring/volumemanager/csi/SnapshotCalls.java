package io.mooring.volumemanager.csi;

import com.google.protobuf.Timestamp;
import csi.v1.CreateSnapshotRequest;
import csi.v1.CreateSnapshotResponse;
import csi.v1.DeleteSnapshotRequest;
import csi.v1.ListSnapshotsRequest;
import csi.v1.ListSnapshotsResponse;
import csi.v1.Snapshot;
import csi.v1.VolumeContentSource;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.mooring.schemas.SnapshotSetPhase;
import io.mooring.schemas.VolumeSource;
import io.mooring.volumemanager.catalogue.SnapshotDescription;
import io.mooring.volumemanager.command.CommandOutcome;
import io.mooring.volumemanager.query.SnapshotSets;
import io.mooring.volumemanager.snapshot.SnapshotRefusals;
import io.mooring.volumemanager.snapshot.SnapshotSetId;
import io.mooring.volumemanager.volume.Rejection;
import io.mooring.volumemanager.volume.VolumeId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * The snapshots of CSI. To CSI a snapshot is of one volume; in a set of several, each member is one
 * that can be read but not deleted by itself. An id is {@code set/volume}.
 */
final class SnapshotCalls {

  private static final String REQUESTED_BY = "csi";
  private static final char SEPARATOR = '/';

  /** Names a snapshot of a set. */
  private record Id(SnapshotSetId set, VolumeId volume) {

    /** Empty for what was never given out. */
    static Optional<Id> parse(String text) {
      int at = text.indexOf(SEPARATOR);
      if (at < 0) {
        return Optional.empty();
      }
      String set = text.substring(0, at);
      String volume = text.substring(at + 1);
      return SnapshotSetId.isId(set) && VolumeId.isId(volume)
          ? Optional.of(new Id(new SnapshotSetId(set), new VolumeId(volume)))
          : Optional.empty();
    }

    @Override
    public String toString() {
      return set.value() + SEPARATOR + volume;
    }
  }

  private final SnapshotSets sets;

  SnapshotCalls(SnapshotSets sets) {
    this.sets = sets;
  }

  CreateSnapshotResponse create(CreateSnapshotRequest request) {
    RequestCheck.required(request.getName(), "name");
    VolumeId volume = RequestCheck.existing(request.getSourceVolumeId());
    // The name is the key: a repeat means the same set, and is decided on again if it has failed.
    SnapshotSetId set = SnapshotSetId.ofName("csi/" + request.getName());
    String key = UUID.randomUUID().toString();
    done(
        sets.take(
            set,
            request.getName(),
            List.of(volume),
            Map.of(),
            new SnapshotSets.Asker(REQUESTED_BY, key)));
    SnapshotDescription seen =
        sets.await(
                set,
                found ->
                    found
                        .filter(s -> s.commands().contains(key))
                        .filter(s -> !s.isUnderWay())
                        .isPresent())
            .orElseThrow(
                () -> CsiStatus.of(Status.ABORTED, SnapshotRefusals.unknownSet(set.value())));
    if (seen.phase() != SnapshotSetPhase.READY) {
      // Orchestrators repeat the call.
      throw CsiStatus.of(
          Status.ABORTED,
          SnapshotRefusals.failed(
              set.value(),
              seen.reason().isEmpty()
                  ? "SNP-014 it is still %s".formatted(seen.phase())
                  : seen.reason()));
    }
    return CreateSnapshotResponse.newBuilder()
        .setSnapshot(snapshot(seen, seen.of(volume.value()).orElseThrow()))
        .build();
  }

  void delete(DeleteSnapshotRequest request) {
    RequestCheck.required(request.getSnapshotId(), "snapshot_id");
    Optional<Id> id = Id.parse(request.getSnapshotId());
    if (id.isEmpty()) {
      // An id that Mooring never gave out names a snapshot that does not exist: deleted already.
      return;
    }
    SnapshotSetId set = id.get().set();
    Optional<SnapshotDescription> found = sets.find(set);
    if (found.filter(s -> s.members().size() > 1).isPresent()) {
      throw CsiStatus.of(
          Status.FAILED_PRECONDITION,
          new Rejection(
              "CSI-059",
              "Snapshot %s is one of a set of %d volumes."
                  .formatted(id.get(), found.get().members().size()),
              "A set is taken and deleted as a whole.",
              "Delete it with DELETE /snapshots/%s.".formatted(set)));
    }
    done(sets.delete(set, new SnapshotSets.Asker(REQUESTED_BY, UUID.randomUUID().toString())));
    // Whoever deletes the volume next must not be told that it still has the snapshot.
    sets.await(set, seen -> seen.filter(SnapshotDescription::isListed).isEmpty());
  }

  ListSnapshotsResponse list(ListSnapshotsRequest request) {
    if (request.getMaxEntries() < 0) {
      throw CsiStatus.of(Status.INVALID_ARGUMENT, VolumePage.negativeSize(request.getMaxEntries()));
    }
    String after = request.getStartingToken();
    if (!after.isEmpty() && Id.parse(after).isEmpty()) {
      throw CsiStatus.of(Status.ABORTED, VolumePage.foreignToken(after, "ListSnapshots"));
    }
    List<Snapshot> rest =
        ready().stream()
            .filter(s ->
                request.getSnapshotId().isEmpty()
                    || request.getSnapshotId().equals(s.getSnapshotId()))
            .filter(s ->
                request.getSourceVolumeId().isEmpty()
                    || request.getSourceVolumeId().equals(s.getSourceVolumeId()))
            .filter(s -> s.getSnapshotId().compareTo(after) > 0)
            .toList();
    int limit = request.getMaxEntries() == 0 ? rest.size() : request.getMaxEntries();
    List<Snapshot> page = rest.size() <= limit ? rest : rest.subList(0, limit);
    return ListSnapshotsResponse.newBuilder()
        .addAllEntries(
            page.stream()
                .map(s -> ListSnapshotsResponse.Entry.newBuilder().setSnapshot(s).build())
                .toList())
        .setNextToken(page.size() < rest.size() ? page.getLast().getSnapshotId() : "")
        .build();
  }

  private List<Snapshot> ready() {
    List<Snapshot> all = new ArrayList<>();
    for (SnapshotDescription set : sets.list()) {
      if (set.phase() == SnapshotSetPhase.READY) {
        set.members().forEach(member -> all.add(snapshot(set, member)));
      }
    }
    all.sort(Comparator.comparing(Snapshot::getSnapshotId));
    return all;
  }

  /** The snapshot that a new volume begins with. */
  static VolumeSource source(VolumeContentSource source) {
    if (!source.hasSnapshot()) {
      throw ControllerService.notOffered("Creating a volume from another volume");
    }
    String given = source.getSnapshot().getSnapshotId();
    Id id =
        Id.parse(given)
            .orElseThrow(() ->
                CsiStatus.of(
                    Status.NOT_FOUND,
                    new Rejection(
                        "CSI-060",
                        "'%s' is no snapshot id of Mooring.".formatted(given),
                        "Ids are given out by CreateSnapshot.",
                        "Use the id that CreateSnapshot returned.")));
    return new VolumeSource(id.set().value(), id.volume().value());
  }

  private static Snapshot snapshot(SnapshotDescription set, SnapshotDescription.Member member) {
    Id id = new Id(new SnapshotSetId(set.setId()), new VolumeId(member.volumeId()));
    Instant takenAt = set.takenAt() == null ? set.createdAt() : set.takenAt();
    return Snapshot.newBuilder()
        .setSnapshotId(id.toString())
        .setSourceVolumeId(member.volumeId())
        .setSizeBytes(member.sizeBytes())
        .setCreationTime(
            Timestamp.newBuilder().setSeconds(takenAt.getEpochSecond()).setNanos(takenAt.getNano()))
        .setReadyToUse(true)
        .build();
  }

  private static void done(CommandOutcome outcome) throws StatusRuntimeException {
    switch (outcome) {
      case CommandOutcome.Done _ -> {}
      case CommandOutcome.Rejected rejected -> throw CsiStatus.rejected(rejected);
      case CommandOutcome.Unknown unknown -> throw CsiStatus.unknown(unknown);
    }
  }
}
