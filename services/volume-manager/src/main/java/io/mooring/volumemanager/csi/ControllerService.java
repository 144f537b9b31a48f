package io.mooring.volumemanager.csi;

import csi.v1.CapacityRange;
import csi.v1.ControllerExpandVolumeRequest;
import csi.v1.ControllerExpandVolumeResponse;
import csi.v1.ControllerGetCapabilitiesRequest;
import csi.v1.ControllerGetCapabilitiesResponse;
import csi.v1.ControllerGetVolumeRequest;
import csi.v1.ControllerGetVolumeResponse;
import csi.v1.ControllerGrpc;
import csi.v1.ControllerPublishVolumeRequest;
import csi.v1.ControllerPublishVolumeResponse;
import csi.v1.ControllerServiceCapability;
import csi.v1.ControllerServiceCapability.RPC.Type;
import csi.v1.ControllerUnpublishVolumeRequest;
import csi.v1.ControllerUnpublishVolumeResponse;
import csi.v1.CreateSnapshotRequest;
import csi.v1.CreateSnapshotResponse;
import csi.v1.CreateVolumeRequest;
import csi.v1.CreateVolumeResponse;
import csi.v1.DeleteSnapshotRequest;
import csi.v1.DeleteSnapshotResponse;
import csi.v1.DeleteVolumeRequest;
import csi.v1.DeleteVolumeResponse;
import csi.v1.GetCapacityRequest;
import csi.v1.GetCapacityResponse;
import csi.v1.ListSnapshotsRequest;
import csi.v1.ListSnapshotsResponse;
import csi.v1.ListVolumesRequest;
import csi.v1.ListVolumesResponse;
import csi.v1.ValidateVolumeCapabilitiesRequest;
import csi.v1.ValidateVolumeCapabilitiesResponse;
import csi.v1.Volume;
import csi.v1.VolumeCondition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import io.mooring.schemas.CreateVolume;
import io.mooring.schemas.DeleteVolume;
import io.mooring.schemas.ExpandVolume;
import io.mooring.schemas.FileSystem;
import io.mooring.schemas.PublishVolume;
import io.mooring.schemas.UnpublishVolume;
import io.mooring.schemas.VolumePhase;
import io.mooring.schemas.VolumeSource;
import io.mooring.volumemanager.VolumeManager;
import io.mooring.volumemanager.command.CommandOutcome;
import io.mooring.volumemanager.query.SnapshotSets;
import io.mooring.volumemanager.query.VolumeDescription;
import io.mooring.volumemanager.query.VolumeReader;
import io.mooring.volumemanager.volume.Purpose;
import io.mooring.volumemanager.volume.Rejection;
import io.mooring.volumemanager.volume.VolumeId;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/** Turns CSI calls into commands and their answers back. */
final class ControllerService extends ControllerGrpc.ControllerImplBase {

  private static final String REQUESTED_BY = "csi";
  private static final String EPOCH = "epoch";
  private static final String FS = "fs";
  private static final Duration LOOK_AGAIN = Duration.ofMillis(100);

  private static final List<Type> CAPABILITIES =
      List.of(
          Type.CREATE_DELETE_VOLUME,
          Type.PUBLISH_UNPUBLISH_VOLUME,
          Type.LIST_VOLUMES,
          Type.LIST_VOLUMES_PUBLISHED_NODES,
          Type.GET_CAPACITY,
          Type.CREATE_DELETE_SNAPSHOT,
          Type.LIST_SNAPSHOTS,
          Type.EXPAND_VOLUME,
          Type.GET_VOLUME,
          Type.VOLUME_CONDITION,
          Type.SINGLE_NODE_MULTI_WRITER);

  private final VolumeManager manager;
  private final VolumeReader volumes;
  private final SnapshotCalls snapshots;

  ControllerService(VolumeManager manager, VolumeReader volumes, SnapshotSets sets) {
    this.manager = manager;
    this.volumes = volumes;
    this.snapshots = new SnapshotCalls(sets);
  }

  @Override
  public void createVolume(
      CreateVolumeRequest request, StreamObserver<CreateVolumeResponse> observer) {
    Call.answer(
        observer,
        () -> {
          Volume.Builder created = volume(create(request)).toBuilder();
          if (request.hasVolumeContentSource()) {
            created.setContentSource(request.getVolumeContentSource());
          }
          return CreateVolumeResponse.newBuilder().setVolume(created).build();
        });
  }

  private VolumeDescription create(CreateVolumeRequest request) {
    RequestCheck.required(request.getName(), "name");
    RequestCheck.required(request.getVolumeCapabilitiesCount() > 0, "volume_capabilities");
    RequestCheck.supported(request.getVolumeCapabilitiesList());
    VolumeSource source =
        request.hasVolumeContentSource()
            ? SnapshotCalls.source(request.getVolumeContentSource())
            : null;
    VolumeId id = VolumeId.ofName(request.getName());
    send(
        id,
        CreateVolume.newBuilder()
            .setName(request.getName())
            .setSizeBytes(sizeToAskFor(id, request.getCapacityRange(), source))
            .setParameters(
                RequestCheck.parameters(
                    request.getParametersMap(), request.getVolumeCapabilitiesList()))
            .setPreferredNode(
                RequestCheck.preferredNode(request.getAccessibilityRequirements()).orElse(null))
            .setSource(source)
            .build());
    VolumeDescription created = source == null ? find(id) : filled(id);
    if (!RequestCheck.isWithin(request.getCapacityRange(), created.sizeBytes())) {
      throw CsiStatus.of(
          Status.OUT_OF_RANGE,
          new Rejection(
              "CSI-055",
              "Volume '%s' has %d bytes, outside of the limit."
                  .formatted(created.name(), created.sizeBytes()),
              "Sizes are whole multiples of 4096 bytes.",
              "Leave at least 4096 bytes between required_bytes and limit_bytes."));
    }
    return created;
  }

  /** A volume is there when its content is; orchestrators repeat the call until then. */
  private VolumeDescription filled(VolumeId id) {
    long start = System.nanoTime();
    long patience = manager.config().commandTimeout().toNanos();
    VolumeDescription seen = find(id);
    while (seen.task() != null && System.nanoTime() - start < patience) {
      LockSupport.parkNanos(LOOK_AGAIN.toNanos());
      seen = find(id);
    }
    if (seen.task() != null) {
      throw CsiStatus.of(
          Status.ABORTED,
          new Rejection(
              "VOL-070",
              "Volume '%s' is busy: it is being filled from a snapshot.".formatted(seen.name()),
              "Until that is done, its content is a mixture.",
              "Repeat the call."));
    }
    if (seen.half()) {
      throw CsiStatus.of(
          Status.FAILED_PRECONDITION,
          new Rejection(
              "VOL-039",
              "Volume '%s' is half: filling it from a snapshot was given up."
                  .formatted(seen.name()),
              "What is there is a mixture.",
              "Delete it, and create it again."));
    }
    return seen;
  }

  /** A repeated call asks for a range; an existing volume that lies within it is what is meant. */
  private long sizeToAskFor(VolumeId id, CapacityRange range, @Nullable VolumeSource source) {
    return volumes
        .find(id)
        .map(VolumeDescription::sizeBytes)
        .filter(size -> RequestCheck.isWithin(range, size))
        .orElseGet(
            () -> source != null && range.getRequiredBytes() == 0 ? 0 : RequestCheck.size(range));
  }

  @Override
  public void deleteVolume(
      DeleteVolumeRequest request, StreamObserver<DeleteVolumeResponse> observer) {
    Call.answer(
        observer,
        () -> {
          RequestCheck.required(request.getVolumeId(), "volume_id");
          // An id that Mooring never gave out names a volume that does not exist: deleted already.
          if (VolumeId.isId(request.getVolumeId())) {
            send(new VolumeId(request.getVolumeId()), new DeleteVolume());
          }
          return DeleteVolumeResponse.getDefaultInstance();
        });
  }

  @Override
  public void controllerPublishVolume(
      ControllerPublishVolumeRequest request,
      StreamObserver<ControllerPublishVolumeResponse> observer) {
    Call.answer(
        observer,
        () -> {
          VolumeId id = RequestCheck.existing(request.getVolumeId());
          RequestCheck.required(request.getNodeId(), "node_id");
          RequestCheck.required(request.hasVolumeCapability(), "volume_capability");
          RequestCheck.supported(List.of(request.getVolumeCapability()));
          if (request.getReadonly()) {
            throw notOffered("Publishing read-only");
          }
          CommandOutcome.Done done =
              send(id, PublishVolume.newBuilder().setNodeId(request.getNodeId()).build());
          return ControllerPublishVolumeResponse.newBuilder()
              .putPublishContext(EPOCH, Long.toString(done.epoch()))
              .build();
        });
  }

  @Override
  public void controllerUnpublishVolume(
      ControllerUnpublishVolumeRequest request,
      StreamObserver<ControllerUnpublishVolumeResponse> observer) {
    Call.answer(
        observer,
        () -> {
          RequestCheck.required(request.getVolumeId(), "volume_id");
          if (VolumeId.isId(request.getVolumeId())) {
            String node = request.getNodeId().isEmpty() ? null : request.getNodeId();
            // What was published for a restore is not the orchestrator's to end.
            send(
                new VolumeId(request.getVolumeId()),
                new UnpublishVolume(node, false, Purpose.ORDINARY.text(), null));
          }
          return ControllerUnpublishVolumeResponse.getDefaultInstance();
        });
  }

  @Override
  public void validateVolumeCapabilities(
      ValidateVolumeCapabilitiesRequest request,
      StreamObserver<ValidateVolumeCapabilitiesResponse> observer) {
    Call.answer(
        observer,
        () -> {
          RequestCheck.required(request.getVolumeId(), "volume_id");
          RequestCheck.required(request.getVolumeCapabilitiesCount() > 0, "volume_capabilities");
          find(RequestCheck.existing(request.getVolumeId()));
          var response = ValidateVolumeCapabilitiesResponse.newBuilder();
          Optional<Rejection> unsupported =
              RequestCheck.unsupported(request.getVolumeCapabilitiesList());
          if (unsupported.isPresent()) {
            return response.setMessage(unsupported.get().toString()).build();
          }
          return response
              .setConfirmed(
                  ValidateVolumeCapabilitiesResponse.Confirmed.newBuilder()
                      .putAllVolumeContext(request.getVolumeContextMap())
                      .addAllVolumeCapabilities(request.getVolumeCapabilitiesList())
                      .putAllParameters(request.getParametersMap()))
              .build();
        });
  }

  @Override
  public void listVolumes(
      ListVolumesRequest request, StreamObserver<ListVolumesResponse> observer) {
    Call.answer(observer, () -> VolumePage.of(live(), request).toResponse());
  }

  private List<VolumeDescription> live() {
    return volumes.list().stream().filter(v -> v.phase() != VolumePhase.DELETING).toList();
  }

  @Override
  public void controllerGetVolume(
      ControllerGetVolumeRequest request, StreamObserver<ControllerGetVolumeResponse> observer) {
    Call.answer(
        observer,
        () -> {
          VolumeDescription found = find(RequestCheck.existing(request.getVolumeId()));
          return ControllerGetVolumeResponse.newBuilder()
              .setVolume(volume(found))
              .setStatus(
                  ControllerGetVolumeResponse.VolumeStatus.newBuilder()
                      .addAllPublishedNodeIds(publishedNodes(found))
                      .setVolumeCondition(condition(found)))
              .build();
        });
  }

  @Override
  public void getCapacity(
      GetCapacityRequest request, StreamObserver<GetCapacityResponse> observer) {
    Call.answer(
        observer,
        () -> {
          RequestCheck.supported(request.getVolumeCapabilitiesList());
          return AvailableCapacity.in(
              manager.connected().catalogue().nodes(),
              request.getParametersMap(),
              request.getAccessibleTopology().getSegmentsMap());
        });
  }

  @Override
  public void controllerExpandVolume(
      ControllerExpandVolumeRequest request,
      StreamObserver<ControllerExpandVolumeResponse> observer) {
    Call.answer(
        observer,
        () -> {
          VolumeId id = RequestCheck.existing(request.getVolumeId());
          RequestCheck.required(request.hasCapacityRange(), "capacity_range");
          VolumeDescription before = find(id);
          if (!RequestCheck.isWithin(request.getCapacityRange(), before.sizeBytes())) {
            send(id, new ExpandVolume(RequestCheck.size(request.getCapacityRange())));
          }
          // The node plugin grows block device and file system; with this the orchestrator waits
          // for it before it tells the user that there is more space.
          return ControllerExpandVolumeResponse.newBuilder()
              .setCapacityBytes(find(id).sizeBytes())
              .setNodeExpansionRequired(true)
              .build();
        });
  }

  @Override
  public void createSnapshot(
      CreateSnapshotRequest request, StreamObserver<CreateSnapshotResponse> observer) {
    Call.answer(observer, () -> snapshots.create(request));
  }

  @Override
  public void deleteSnapshot(
      DeleteSnapshotRequest request, StreamObserver<DeleteSnapshotResponse> observer) {
    Call.answer(
        observer,
        () -> {
          snapshots.delete(request);
          return DeleteSnapshotResponse.getDefaultInstance();
        });
  }

  @Override
  public void listSnapshots(
      ListSnapshotsRequest request, StreamObserver<ListSnapshotsResponse> observer) {
    Call.answer(observer, () -> snapshots.list(request));
  }

  @Override
  public void controllerGetCapabilities(
      ControllerGetCapabilitiesRequest request,
      StreamObserver<ControllerGetCapabilitiesResponse> observer) {
    Call.answer(
        observer,
        () ->
            ControllerGetCapabilitiesResponse.newBuilder()
                .addAllCapabilities(CAPABILITIES.stream().map(ControllerService::rpc).toList())
                .build());
  }

  private static ControllerServiceCapability rpc(Type type) {
    return ControllerServiceCapability.newBuilder()
        .setRpc(ControllerServiceCapability.RPC.newBuilder().setType(type))
        .build();
  }

  private CommandOutcome.Done send(VolumeId id, SpecificRecord command) {
    CommandOutcome outcome =
        manager
            .connected()
            .commands()
            .send(id, command, REQUESTED_BY, manager.config().commandTimeout());
    return switch (outcome) {
      case CommandOutcome.Done done -> done;
      case CommandOutcome.Rejected rejected -> throw CsiStatus.rejected(rejected);
      case CommandOutcome.Unknown unknown -> throw CsiStatus.unknown(unknown);
    };
  }

  private VolumeDescription find(VolumeId id) {
    return volumes
        .find(id)
        .orElseThrow(() ->
            CsiStatus.of(
                Status.NOT_FOUND,
                new Rejection(
                    "VOL-040",
                    "Volume %s does not exist.".formatted(id),
                    "It was never created, or it was deleted.",
                    "Check the id against ListVolumes.")));
  }

  static Volume volume(VolumeDescription volume) {
    return Volume.newBuilder()
        .setVolumeId(volume.id())
        .setCapacityBytes(volume.sizeBytes())
        .putAllVolumeContext(Map.of(FS, fileSystem(volume.spec().fs())))
        .build();
  }

  private static String fileSystem(FileSystem fs) {
    return fs.name().toLowerCase(Locale.ROOT);
  }

  /** A node that works on a volume by itself has it for nobody whom CSI knows. */
  static List<String> publishedNodes(VolumeDescription volume) {
    boolean ordinary = volume.task() == null && volume.publication().purpose().isEmpty();
    return ordinary ? Stream.ofNullable(volume.holder()).toList() : List.of();
  }

  static VolumeCondition condition(VolumeDescription volume) {
    String message = volume.degraded() ? "fewer replicas are in sync than asked for" : "healthy";
    return VolumeCondition.newBuilder()
        .setAbnormal(volume.degraded() || volume.half())
        .setMessage(volume.half() ? "half: it is not filled to its end" : message)
        .build();
  }

  static StatusRuntimeException notOffered(String what) {
    return CsiStatus.of(
        Status.INVALID_ARGUMENT,
        new Rejection(
            "CSI-056",
            what + " is not offered.",
            "ControllerGetCapabilities does not list it.",
            "Leave it out of the request."));
  }
}
