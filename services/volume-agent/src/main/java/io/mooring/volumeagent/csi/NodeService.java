package io.mooring.volumeagent.csi;

import static io.mooring.volumeagent.csi.CapabilityReader.required;

import csi.v1.NodeExpandVolumeRequest;
import csi.v1.NodeExpandVolumeResponse;
import csi.v1.NodeGetCapabilitiesRequest;
import csi.v1.NodeGetCapabilitiesResponse;
import csi.v1.NodeGetInfoRequest;
import csi.v1.NodeGetInfoResponse;
import csi.v1.NodeGetVolumeStatsRequest;
import csi.v1.NodeGetVolumeStatsResponse;
import csi.v1.NodeGrpc;
import csi.v1.NodePublishVolumeRequest;
import csi.v1.NodePublishVolumeResponse;
import csi.v1.NodeServiceCapability;
import csi.v1.NodeStageVolumeRequest;
import csi.v1.NodeStageVolumeResponse;
import csi.v1.NodeUnpublishVolumeRequest;
import csi.v1.NodeUnpublishVolumeResponse;
import csi.v1.NodeUnstageVolumeRequest;
import csi.v1.NodeUnstageVolumeResponse;
import csi.v1.Topology;
import csi.v1.VolumeCondition;
import csi.v1.VolumeUsage;
import io.grpc.stub.StreamObserver;
import io.mooring.csi.TopologySegment;
import io.mooring.volumeagent.config.NodeSettings;
import io.mooring.volumeagent.staging.Access;
import io.mooring.volumeagent.staging.PublishRequest;
import io.mooring.volumeagent.staging.StageRequest;
import io.mooring.volumeagent.staging.StagingException;
import io.mooring.volumeagent.staging.StagingException.Reason;
import io.mooring.volumeagent.staging.VolumeGauge;
import io.mooring.volumeagent.staging.VolumeGrowth;
import io.mooring.volumeagent.staging.VolumePublishing;
import io.mooring.volumeagent.staging.VolumeStaging;
import io.mooring.volumeagent.staging.VolumeStats;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The node half of CSI. Every call may be repeated and then answers the same. */
public final class NodeService extends NodeGrpc.NodeImplBase {

  /** Key of the publish context under which the controller hands over the attachment's epoch. */
  static final String EPOCH = "epoch";

  private static final List<NodeServiceCapability.RPC.Type> CAPABILITIES =
      List.of(
          NodeServiceCapability.RPC.Type.STAGE_UNSTAGE_VOLUME,
          NodeServiceCapability.RPC.Type.GET_VOLUME_STATS,
          NodeServiceCapability.RPC.Type.EXPAND_VOLUME,
          NodeServiceCapability.RPC.Type.VOLUME_CONDITION,
          NodeServiceCapability.RPC.Type.SINGLE_NODE_MULTI_WRITER);

  private final NodeSettings node;
  private final VolumeStaging staging;
  private final VolumePublishing publishing;
  private final VolumeGrowth growth;
  private final VolumeGauge gauge;

  public NodeService(
      NodeSettings node,
      VolumeStaging staging,
      VolumePublishing publishing,
      VolumeGrowth growth,
      VolumeGauge gauge) {
    this.node = node;
    this.staging = staging;
    this.publishing = publishing;
    this.growth = growth;
    this.gauge = gauge;
  }

  @Override
  public void nodeStageVolume(
      NodeStageVolumeRequest request, StreamObserver<NodeStageVolumeResponse> answer) {
    CsiCall.answer(
        "NodeStageVolume",
        answer,
        () -> {
          staging.stage(
              new StageRequest(
                  required("volume_id", request.getVolumeId()),
                  epoch(request.getPublishContextMap()),
                  Path.of(required("staging_target_path", request.getStagingTargetPath())),
                  CapabilityReader.access(
                      request.hasVolumeCapability(), request.getVolumeCapability(), false)),
              CsiCall.timeLeft());
          return NodeStageVolumeResponse.getDefaultInstance();
        });
  }

  @Override
  public void nodeUnstageVolume(
      NodeUnstageVolumeRequest request, StreamObserver<NodeUnstageVolumeResponse> answer) {
    CsiCall.answer(
        "NodeUnstageVolume",
        answer,
        () -> {
          staging.unstage(
              required("volume_id", request.getVolumeId()),
              Path.of(required("staging_target_path", request.getStagingTargetPath())),
              CsiCall.timeLeft());
          return NodeUnstageVolumeResponse.getDefaultInstance();
        });
  }

  @Override
  public void nodePublishVolume(
      NodePublishVolumeRequest request, StreamObserver<NodePublishVolumeResponse> answer) {
    CsiCall.answer(
        "NodePublishVolume",
        answer,
        () -> {
          String volume = required("volume_id", request.getVolumeId());
          Access access =
              CapabilityReader.access(
                  request.hasVolumeCapability(),
                  request.getVolumeCapability(),
                  request.getReadonly());
          publishing.publish(
              new PublishRequest(
                  volume,
                  stagingPath(request.getStagingTargetPath()),
                  Path.of(required("target_path", request.getTargetPath())),
                  access,
                  CapabilityReader.isExclusive(request.getVolumeCapability())));
          return NodePublishVolumeResponse.getDefaultInstance();
        });
  }

  @Override
  public void nodeUnpublishVolume(
      NodeUnpublishVolumeRequest request, StreamObserver<NodeUnpublishVolumeResponse> answer) {
    CsiCall.answer(
        "NodeUnpublishVolume",
        answer,
        () -> {
          publishing.unpublish(
              required("volume_id", request.getVolumeId()),
              Path.of(required("target_path", request.getTargetPath())));
          return NodeUnpublishVolumeResponse.getDefaultInstance();
        });
  }

  @Override
  public void nodeGetVolumeStats(
      NodeGetVolumeStatsRequest request, StreamObserver<NodeGetVolumeStatsResponse> answer) {
    CsiCall.answer(
        "NodeGetVolumeStats",
        answer,
        () ->
            response(
                gauge.stats(
                    required("volume_id", request.getVolumeId()),
                    Path.of(required("volume_path", request.getVolumePath())))));
  }

  @Override
  public void nodeExpandVolume(
      NodeExpandVolumeRequest request, StreamObserver<NodeExpandVolumeResponse> answer) {
    CsiCall.answer(
        "NodeExpandVolume",
        answer,
        () -> {
          long bytes =
              growth.expand(
                  required("volume_id", request.getVolumeId()),
                  Path.of(required("volume_path", request.getVolumePath())),
                  request.getCapacityRange().getRequiredBytes(),
                  CsiCall.timeLeft());
          return NodeExpandVolumeResponse.newBuilder().setCapacityBytes(bytes).build();
        });
  }

  @Override
  public void nodeGetCapabilities(
      NodeGetCapabilitiesRequest request, StreamObserver<NodeGetCapabilitiesResponse> answer) {
    NodeGetCapabilitiesResponse.Builder response = NodeGetCapabilitiesResponse.newBuilder();
    CAPABILITIES.forEach(type ->
        response.addCapabilities(
            NodeServiceCapability.newBuilder()
                .setRpc(NodeServiceCapability.RPC.newBuilder().setType(type))));
    answer.onNext(response.build());
    answer.onCompleted();
  }

  @Override
  public void nodeGetInfo(NodeGetInfoRequest request, StreamObserver<NodeGetInfoResponse> answer) {
    Topology.Builder topology =
        Topology.newBuilder().putSegments(TopologySegment.NODE, node.nodeId());
    Map.of(
            TopologySegment.REGION,
            node.region(),
            TopologySegment.ZONE,
            node.zone(),
            TopologySegment.RACK,
            node.rack())
        .forEach((key, value) -> {
          if (!value.isEmpty()) {
            topology.putSegments(key, value);
          }
        });
    answer.onNext(
        NodeGetInfoResponse.newBuilder()
            .setNodeId(node.nodeId())
            .setAccessibleTopology(topology)
            .build());
    answer.onCompleted();
  }

  private static Path stagingPath(String path) throws StagingException {
    if (path.isEmpty()) {
      throw new StagingException(
          Reason.PRECONDITION,
          "CSI-026",
          "Field staging_target_path is not set.",
          "This plugin stages volumes before it publishes them.",
          "Call NodeStageVolume first and repeat its path here.");
    }
    return Path.of(path);
  }

  private static long epoch(Map<String, String> publishContext) throws StagingException {
    String text = publishContext.getOrDefault(EPOCH, "");
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new StagingException(
          Reason.INVALID,
          "CSI-023",
          "publish_context[epoch] is '" + text + "'.",
          "The epoch tells for which attachment the volume is staged; without it an old node could open it (I2).",
          "Pass on the publish context that ControllerPublishVolume returned.",
          e);
    }
  }

  private static NodeGetVolumeStatsResponse response(VolumeStats stats) {
    NodeGetVolumeStatsResponse.Builder response =
        NodeGetVolumeStatsResponse.newBuilder()
            .addUsage(usage(VolumeUsage.Unit.BYTES, stats.bytes()))
            .setVolumeCondition(
                VolumeCondition.newBuilder()
                    .setAbnormal(stats.abnormal())
                    .setMessage(stats.condition()));
    stats.inodes().ifPresent(counts -> response.addUsage(usage(VolumeUsage.Unit.INODES, counts)));
    return response.build();
  }

  private static VolumeUsage usage(VolumeUsage.Unit unit, VolumeStats.Counts counts) {
    return VolumeUsage.newBuilder()
        .setUnit(unit)
        .setTotal(counts.total())
        .setUsed(counts.used())
        .setAvailable(counts.available())
        .build();
  }
}
