package io.mooring.volumeagent;

import static org.awaitility.Awaitility.await;

import csi.v1.NodeGrpc;
import csi.v1.NodePublishVolumeRequest;
import csi.v1.NodeStageVolumeRequest;
import csi.v1.NodeUnpublishVolumeRequest;
import csi.v1.NodeUnstageVolumeRequest;
import csi.v1.VolumeCapability;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.mooring.csi.UnixSocketChannel;
import io.mooring.testsupport.ControlPlane;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * A node of its own below a directory: settings, agent process, CSI calls, and an end that leaves
 * nothing behind.
 */
final class AgentNode implements AutoCloseable {

  private static final long CALL_SECONDS = 40;

  final String nodeId;
  final Path directory;
  final Path stage;
  final Path target;
  private final Map<String, String> settings;
  private AgentProcess process;

  AgentNode(String nodeId, Path directory, ControlPlane controlPlane) throws IOException {
    this(nodeId, directory, controlPlane, Map.of("mooring.agent.pools[0].capacity", "1G"));
  }

  /**
   * A node whose pool is the only thing on a drive that the agent may grow; it is mounted by now.
   *
   * @param driveMax bytes up to which the agent may grow it
   */
  AgentNode(String nodeId, Path directory, ControlPlane controlPlane, long driveMax)
      throws IOException {
    this(
        nodeId,
        directory,
        controlPlane,
        Map.of("mooring.agent.pools[0].drive-max", Long.toString(driveMax)));
  }

  private AgentNode(
      String nodeId, Path directory, ControlPlane controlPlane, Map<String, String> poolSize)
      throws IOException {
    this.nodeId = nodeId;
    this.directory = Files.createDirectories(directory);
    this.stage = directory.resolve("stage");
    this.target = directory.resolve("pod/data");
    this.settings = new HashMap<>(AgentTestResource.settings(directory));
    settings.put("mooring.agent.node-id", nodeId);
    settings.put("mooring.agent.pools[0].id", "p1");
    settings.put("mooring.agent.usage.interval", "200ms");
    settings.remove("mooring.agent.pools[0].capacity");
    settings.putAll(poolSize);
    settings.put(
        "mooring.agent.control.bootstrap-servers", controlPlane.kafka().bootstrapServers());
    settings.put("mooring.agent.control.registry-url", controlPlane.registry().url().toString());
    this.process = AgentProcess.start(directory, settings);
  }

  void kill() {
    process.kill();
  }

  /**
   * All processes of the node die at once, and mounts and devices with them. What was written is
   * still there.
   */
  void reboot() throws IOException {
    process.kill();
    LeftBehind.remove(directory);
  }

  void restart() throws IOException {
    process = AgentProcess.start(directory, settings);
  }

  /** From now on the control topics are somewhere where nobody listens. */
  void cutOff() {
    settings.put("mooring.agent.control.bootstrap-servers", "127.0.0.1:1");
    settings.put("mooring.agent.control.registry-url", "http://127.0.0.1:1/apis/registry/v3");
  }

  Path replica(String volumeId, String replicaId) {
    return directory.resolve("pool").resolve(volumeId).resolve(replicaId);
  }

  void stage(String volumeId, long epoch) {
    stage(volumeId, epoch, stage);
  }

  void stage(String volumeId, long epoch, Path where) {
    call(node ->
        node.nodeStageVolume(
            NodeStageVolumeRequest.newBuilder()
                .setVolumeId(volumeId)
                .putPublishContext("epoch", Long.toString(epoch))
                .setStagingTargetPath(where.toString())
                .setVolumeCapability(capability())
                .build()));
  }

  void publish(String volumeId) {
    call(node ->
        node.nodePublishVolume(
            NodePublishVolumeRequest.newBuilder()
                .setVolumeId(volumeId)
                .setStagingTargetPath(stage.toString())
                .setTargetPath(target.toString())
                .setVolumeCapability(capability())
                .build()));
  }

  void unpublish(String volumeId) {
    call(node ->
        node.nodeUnpublishVolume(
            NodeUnpublishVolumeRequest.newBuilder()
                .setVolumeId(volumeId)
                .setTargetPath(target.toString())
                .build()));
  }

  void unstage(String volumeId) {
    unstage(volumeId, stage);
  }

  void unstage(String volumeId, Path where) {
    call(node ->
        node.nodeUnstageVolume(
            NodeUnstageVolumeRequest.newBuilder()
                .setVolumeId(volumeId)
                .setStagingTargetPath(where.toString())
                .build()));
  }

  /** As an orchestrator does: what another request is in the way of is asked for again. */
  <T> T call(Function<NodeGrpc.NodeBlockingStub, T> call) {
    return await()
        .pollDelay(Duration.ZERO)
        .atMost(2 * CALL_SECONDS, TimeUnit.SECONDS)
        .pollInSameThread()
        .until(() -> answer(call), Optional::isPresent)
        .orElseThrow();
  }

  private <T> Optional<T> answer(Function<NodeGrpc.NodeBlockingStub, T> call) {
    try {
      return Optional.of(asked(call));
    } catch (StatusRuntimeException e) {
      if (e.getStatus().getCode() == Status.Code.ABORTED) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private <T> T asked(Function<NodeGrpc.NodeBlockingStub, T> call) {
    try (var channel = UnixSocketChannel.open(directory.resolve("csi.sock"))) {
      return call.apply(
          NodeGrpc.newBlockingStub(channel.grpc())
              .withDeadlineAfter(CALL_SECONDS, TimeUnit.SECONDS));
    }
  }

  private static VolumeCapability capability() {
    return VolumeCapability.newBuilder()
        .setMount(VolumeCapability.MountVolume.newBuilder().addMountFlags("noatime"))
        .setAccessMode(
            VolumeCapability.AccessMode.newBuilder()
                .setMode(VolumeCapability.AccessMode.Mode.SINGLE_NODE_WRITER))
        .build();
  }

  @Override
  public void close() throws IOException {
    process.kill();
    LeftBehind.remove(directory);
  }
}
