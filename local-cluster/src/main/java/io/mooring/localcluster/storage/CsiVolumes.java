package io.mooring.localcluster.storage;

import csi.v1.CapacityRange;
import csi.v1.ControllerPublishVolumeRequest;
import csi.v1.ControllerUnpublishVolumeRequest;
import csi.v1.CreateVolumeRequest;
import csi.v1.NodePublishVolumeRequest;
import csi.v1.NodeStageVolumeRequest;
import csi.v1.NodeUnpublishVolumeRequest;
import csi.v1.NodeUnstageVolumeRequest;
import csi.v1.Volume;
import csi.v1.VolumeCapability;
import io.mooring.localcluster.orchestrator.VolumeClaim;
import io.mooring.localcluster.orchestrator.VolumeException;
import io.mooring.localcluster.orchestrator.Volumes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * Mooring's volumes, over the same CSI calls in the same order as a Kubernetes cluster makes them:
 * CreateVolume by the provisioner, which tells whose claim it is ({@code --extra-create-metadata}),
 * ControllerPublish and -Unpublish by the attacher, NodeStage and NodePublish by the kubelet of the
 * node.
 */
public final class CsiVolumes implements Volumes, AutoCloseable {

  private final CsiPlugin controller;
  private final Function<String, Path> nodeDirectories;
  private final Function<String, Path> nodeSockets;
  private final Catalogue catalogue;
  private final Map<String, CsiPlugin> nodes = new ConcurrentHashMap<>();
  private final Map<String, Created> created = new ConcurrentHashMap<>();

  /** What is known of the volumes; CSI has no calls for it. */
  public interface Catalogue {

    /** Nodes with a replica of the volume that may serve. */
    Set<String> replicaNodes(String volumeId);

    /** Id of the volume of that name, if there is one. */
    Optional<String> volumeNamed(String name);
  }

  /** What the calls that follow need to know of a volume's creation. */
  private record Created(Map<String, String> context, List<String> mountOptions) {}

  /**
   * Connects lazily.
   *
   * @param controllerSocket socket of the controller plugin
   * @param nodeSockets sockets of the node plugins, by node
   * @param nodeDirectories where a node keeps its mounts, by node
   * @param catalogue what is known of the volumes
   */
  public CsiVolumes(
      Path controllerSocket,
      Function<String, Path> nodeSockets,
      Function<String, Path> nodeDirectories,
      Catalogue catalogue) {
    this.controller = new CsiPlugin("volume-manager", controllerSocket);
    this.nodeSockets = nodeSockets;
    this.nodeDirectories = nodeDirectories;
    this.catalogue = catalogue;
  }

  @Override
  public String create(String name, VolumeClaim claim) throws InterruptedException {
    CreateVolumeRequest request =
        CreateVolumeRequest.newBuilder()
            .setName(name)
            .setCapacityRange(CapacityRange.newBuilder().setRequiredBytes(claim.sizeBytes()))
            .addVolumeCapabilities(mountedByOne(claim.mountOptions()))
            .putAllParameters(claim.parameters())
            .putParameters("csi.storage.k8s.io/pvc/name", name)
            .putParameters("csi.storage.k8s.io/pvc/namespace", claim.namespace())
            .build();
    Volume volume =
        controller.callController("CreateVolume", stub -> stub.createVolume(request).getVolume());
    created.put(
        volume.getVolumeId(), new Created(volume.getVolumeContextMap(), claim.mountOptions()));
    return volume.getVolumeId();
  }

  /** As with a claim that is bound beforehand: Kubernetes then never calls CreateVolume. */
  @Override
  public String find(String name, VolumeClaim claim) {
    String id =
        catalogue
            .volumeNamed(name)
            .orElseThrow(() ->
                new VolumeException(
                    "Volume '%s' is not there; its claim says that it exists".formatted(name)));
    created.put(id, new Created(Map.of(), claim.mountOptions()));
    return id;
  }

  @Override
  public Set<String> replicaNodes(String volumeId) {
    return catalogue.replicaNodes(volumeId);
  }

  @Override
  public Map<String, String> publish(String volumeId, String node) throws InterruptedException {
    ControllerPublishVolumeRequest request =
        ControllerPublishVolumeRequest.newBuilder()
            .setVolumeId(volumeId)
            .setNodeId(node)
            .setVolumeCapability(mountedByOne(mountOptions(volumeId)))
            .putAllVolumeContext(context(volumeId))
            .build();
    return controller.callController(
        "ControllerPublishVolume",
        stub -> stub.controllerPublishVolume(request).getPublishContextMap());
  }

  @Override
  public void unpublish(String volumeId, String node) throws InterruptedException {
    ControllerUnpublishVolumeRequest request =
        ControllerUnpublishVolumeRequest.newBuilder().setVolumeId(volumeId).setNodeId(node).build();
    controller.callController(
        "ControllerUnpublishVolume", stub -> stub.controllerUnpublishVolume(request));
  }

  @Override
  public Path mount(String volumeId, String node, String pod, Map<String, String> publishContext)
      throws InterruptedException {
    Path staging = stagingPath(volumeId, node);
    Path target = targetPath(node, pod);
    makeParents(staging, target);
    NodeStageVolumeRequest stage =
        NodeStageVolumeRequest.newBuilder()
            .setVolumeId(volumeId)
            .putAllPublishContext(publishContext)
            .setStagingTargetPath(staging.toString())
            .setVolumeCapability(mountedByOne(mountOptions(volumeId)))
            .putAllVolumeContext(context(volumeId))
            .build();
    NodePublishVolumeRequest publish =
        NodePublishVolumeRequest.newBuilder()
            .setVolumeId(volumeId)
            .putAllPublishContext(publishContext)
            .setStagingTargetPath(staging.toString())
            .setTargetPath(target.toString())
            .setVolumeCapability(mountedByOne(mountOptions(volumeId)))
            .putAllVolumeContext(context(volumeId))
            .build();
    CsiPlugin plugin = plugin(node);
    plugin.callNode("NodeStageVolume", stub -> stub.nodeStageVolume(stage));
    plugin.callNode("NodePublishVolume", stub -> stub.nodePublishVolume(publish));
    return target;
  }

  @Override
  public void unmount(String volumeId, String node, String pod) throws InterruptedException {
    NodeUnpublishVolumeRequest unpublish =
        NodeUnpublishVolumeRequest.newBuilder()
            .setVolumeId(volumeId)
            .setTargetPath(targetPath(node, pod).toString())
            .build();
    NodeUnstageVolumeRequest unstage =
        NodeUnstageVolumeRequest.newBuilder()
            .setVolumeId(volumeId)
            .setStagingTargetPath(stagingPath(volumeId, node).toString())
            .build();
    CsiPlugin plugin = plugin(node);
    plugin.callNode("NodeUnpublishVolume", stub -> stub.nodeUnpublishVolume(unpublish));
    plugin.callNode("NodeUnstageVolume", stub -> stub.nodeUnstageVolume(unstage));
  }

  @Override
  public void close() {
    controller.close();
    nodes.values().forEach(CsiPlugin::close);
  }

  private CsiPlugin plugin(String node) {
    return nodes.computeIfAbsent(
        node, _ -> new CsiPlugin("agent of " + node, nodeSockets.apply(node)));
  }

  private Map<String, String> context(String volumeId) {
    Created volume = created.get(volumeId);
    return volume == null ? Map.of() : volume.context();
  }

  private List<String> mountOptions(String volumeId) {
    Created volume = created.get(volumeId);
    return volume == null ? List.of() : volume.mountOptions();
  }

  private Path stagingPath(String volumeId, String node) {
    return nodeDirectories.apply(node).resolve("staging").resolve(volumeId);
  }

  /** Where a pod finds its volume, as its node sees it. */
  public Path targetPath(String node, String pod) {
    return nodeDirectories.apply(node).resolve("pods").resolve(pod).resolve("data");
  }

  private static void makeParents(Path... paths) {
    try {
      for (Path path : paths) {
        Files.createDirectories(path.getParent());
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot make directories for mounts", e);
    }
  }

  private static VolumeCapability mountedByOne(List<String> mountOptions) {
    return VolumeCapability.newBuilder()
        .setMount(VolumeCapability.MountVolume.newBuilder().addAllMountFlags(mountOptions))
        .setAccessMode(
            VolumeCapability.AccessMode.newBuilder()
                .setMode(VolumeCapability.AccessMode.Mode.SINGLE_NODE_WRITER))
        .build();
  }
}
