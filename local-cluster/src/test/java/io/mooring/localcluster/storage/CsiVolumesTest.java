package io.mooring.localcluster.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import csi.v1.ControllerGrpc;
import csi.v1.ControllerPublishVolumeRequest;
import csi.v1.ControllerPublishVolumeResponse;
import csi.v1.ControllerUnpublishVolumeRequest;
import csi.v1.ControllerUnpublishVolumeResponse;
import csi.v1.CreateVolumeRequest;
import csi.v1.CreateVolumeResponse;
import csi.v1.NodeGrpc;
import csi.v1.NodePublishVolumeRequest;
import csi.v1.NodePublishVolumeResponse;
import csi.v1.NodeStageVolumeRequest;
import csi.v1.NodeStageVolumeResponse;
import csi.v1.NodeUnpublishVolumeRequest;
import csi.v1.NodeUnpublishVolumeResponse;
import csi.v1.NodeUnstageVolumeRequest;
import csi.v1.NodeUnstageVolumeResponse;
import csi.v1.Volume;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.mooring.csi.UnixSocketServer;
import io.mooring.localcluster.orchestrator.VolumeClaim;
import io.mooring.localcluster.orchestrator.VolumeException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class CsiVolumesTest {

  private static final VolumeClaim CLAIM =
      new VolumeClaim(
          "data", 1 << 20, "prod", Map.of("repl", "2"), List.of("noatime", "allocsize=64k"));

  @TempDir Path directory;

  private final List<String> calls = new CopyOnWriteArrayList<>();
  private volatile boolean refuse;
  private UnixSocketServer controller;
  private UnixSocketServer node;
  private CsiVolumes volumes;

  @BeforeEach
  void start() throws IOException {
    controller = UnixSocketServer.start(directory.resolve("c.sock"), List.of(new Controller()));
    node = UnixSocketServer.start(directory.resolve("n1.sock"), List.of(new Node()));
    volumes =
        new CsiVolumes(
            directory.resolve("c.sock"),
            name -> directory.resolve(name + ".sock"),
            name -> directory.resolve("nodes").resolve(name),
            new Known());
  }

  @AfterEach
  void stop() throws IOException {
    volumes.close();
    controller.close();
    node.close();
  }

  @Test
  void aVolumeThatSomebodyElseMadeIsFoundByItsName() {
    VolumeClaim claim = new VolumeClaim("data", 1 << 20, "kafka", Map.of(), List.of());

    assertThat(volumes.find("data-restored", claim)).isEqualTo("v-restored");
    assertThatThrownBy(() -> volumes.find("data-absent", claim))
        .isInstanceOf(VolumeException.class)
        .hasMessageContaining("data-absent");
    assertThat(calls).isEmpty();
  }

  @Test
  void aVolumeTakesTheWayThatAKubeletSendsIt() throws InterruptedException {
    String id = volumes.create("data-x-0", CLAIM);
    Map<String, String> context = volumes.publish(id, "n1");
    Path data = volumes.mount(id, "n1", "x-0", context);
    volumes.unmount(id, "n1", "x-0");
    volumes.unpublish(id, "n1");

    Path home = directory.resolve("nodes/n1");
    assertThat(calls)
        .containsExactly(
            "create data-x-0 1048576 {csi.storage.k8s.io/pvc/name=data-x-0,"
                + " csi.storage.k8s.io/pvc/namespace=prod, repl=2} [noatime, allocsize=64k]",
            "publish vol-1 n1 {fs=ext4}",
            "stage vol-1 epoch=7 {fs=ext4} [noatime, allocsize=64k] "
                + home.resolve("staging/vol-1"),
            "node-publish vol-1 epoch=7 " + home.resolve("pods/x-0/data"),
            "node-unpublish vol-1 " + home.resolve("pods/x-0/data"),
            "unstage vol-1 " + home.resolve("staging/vol-1"),
            "unpublish vol-1 n1");
    assertThat(data).isEqualTo(home.resolve("pods/x-0/data"));
    // The plugin makes the last directory itself, its parents are the caller's business.
    assertThat(data.getParent()).isDirectory();
    assertThat(home.resolve("staging")).isDirectory();
  }

  @Test
  void aRefusalKeepsItsReason() {
    refuse = true;

    assertThatThrownBy(() -> volumes.create("data-x-0", CLAIM))
        .isInstanceOf(VolumeException.class)
        .hasMessageContaining("CreateVolume of volume-manager")
        .hasMessageContaining("RESOURCE_EXHAUSTED")
        .hasMessageContaining("VOL-001 no room");
  }

  @Test
  void aPluginThatIsAwayCanBeCalledSoonAfterItIsBack() throws IOException, InterruptedException {
    controller.close();
    for (int i = 0; i < 3; i++) {
      assertThatThrownBy(() -> volumes.publish("vol-1", "n1"))
          .isInstanceOf(VolumeException.class)
          .hasMessageContaining("UNAVAILABLE");
    }

    controller = UnixSocketServer.start(directory.resolve("c.sock"), List.of(new Controller()));

    // gRPC's own pauses between attempts would have grown to several seconds by now.
    long deadline = System.nanoTime() + Duration.ofSeconds(1).toNanos();
    while (!isPublished()) {
      assertThat(System.nanoTime()).isLessThan(deadline);
    }
  }

  private boolean isPublished() throws InterruptedException {
    try {
      return volumes.publish("vol-1", "n1").get("epoch").equals("7");
    } catch (VolumeException e) {
      return false;
    }
  }

  @Test
  void anInterruptEndsACall() throws InterruptedException {
    CountDownLatch interrupted = new CountDownLatch(1);
    Thread caller =
        Thread.ofVirtual()
            .start(() -> {
              try {
                volumes.unpublish("hangs", "n1");
              } catch (InterruptedException e) {
                interrupted.countDown();
              }
            });
    while (calls.isEmpty()) {
      Thread.onSpinWait();
    }

    caller.interrupt();

    interrupted.await();
  }

  private final class Controller extends ControllerGrpc.ControllerImplBase {

    @Override
    public void createVolume(
        CreateVolumeRequest request, StreamObserver<CreateVolumeResponse> answer) {
      calls.add(
          "create %s %d %s %s"
              .formatted(
                  request.getName(),
                  request.getCapacityRange().getRequiredBytes(),
                  new TreeMap<>(request.getParametersMap()),
                  request.getVolumeCapabilities(0).getMount().getMountFlagsList()));
      if (refuse) {
        answer.onError(
            Status.RESOURCE_EXHAUSTED.withDescription("VOL-001 no room").asRuntimeException());
        return;
      }
      Volume volume =
          Volume.newBuilder().setVolumeId("vol-1").putVolumeContext("fs", "ext4").build();
      answer.onNext(CreateVolumeResponse.newBuilder().setVolume(volume).build());
      answer.onCompleted();
    }

    @Override
    public void controllerPublishVolume(
        ControllerPublishVolumeRequest request,
        StreamObserver<ControllerPublishVolumeResponse> answer) {
      calls.add(
          "publish %s %s %s"
              .formatted(
                  request.getVolumeId(), request.getNodeId(), request.getVolumeContextMap()));
      answer.onNext(
          ControllerPublishVolumeResponse.newBuilder().putPublishContext("epoch", "7").build());
      answer.onCompleted();
    }

    @Override
    public void controllerUnpublishVolume(
        ControllerUnpublishVolumeRequest request,
        StreamObserver<ControllerUnpublishVolumeResponse> answer) {
      calls.add("unpublish " + request.getVolumeId() + " " + request.getNodeId());
      if (!request.getVolumeId().equals("hangs")) {
        answer.onNext(ControllerUnpublishVolumeResponse.getDefaultInstance());
        answer.onCompleted();
      }
    }
  }

  private static final class Known implements CsiVolumes.Catalogue {

    @Override
    public Set<String> replicaNodes(String volumeId) {
      return Set.of("n1");
    }

    @Override
    public Optional<String> volumeNamed(String name) {
      return name.equals("data-restored") ? Optional.of("v-restored") : Optional.empty();
    }
  }

  private final class Node extends NodeGrpc.NodeImplBase {

    @Override
    public void nodeStageVolume(
        NodeStageVolumeRequest request, StreamObserver<NodeStageVolumeResponse> answer) {
      calls.add(
          "stage %s epoch=%s %s %s %s"
              .formatted(
                  request.getVolumeId(),
                  request.getPublishContextOrThrow("epoch"),
                  request.getVolumeContextMap(),
                  request.getVolumeCapability().getMount().getMountFlagsList(),
                  request.getStagingTargetPath()));
      answer.onNext(NodeStageVolumeResponse.getDefaultInstance());
      answer.onCompleted();
    }

    @Override
    public void nodePublishVolume(
        NodePublishVolumeRequest request, StreamObserver<NodePublishVolumeResponse> answer) {
      calls.add(
          "node-publish %s epoch=%s %s"
              .formatted(
                  request.getVolumeId(),
                  request.getPublishContextOrThrow("epoch"),
                  request.getTargetPath()));
      answer.onNext(NodePublishVolumeResponse.getDefaultInstance());
      answer.onCompleted();
    }

    @Override
    public void nodeUnpublishVolume(
        NodeUnpublishVolumeRequest request, StreamObserver<NodeUnpublishVolumeResponse> answer) {
      calls.add("node-unpublish " + request.getVolumeId() + " " + request.getTargetPath());
      answer.onNext(NodeUnpublishVolumeResponse.getDefaultInstance());
      answer.onCompleted();
    }

    @Override
    public void nodeUnstageVolume(
        NodeUnstageVolumeRequest request, StreamObserver<NodeUnstageVolumeResponse> answer) {
      calls.add("unstage " + request.getVolumeId() + " " + request.getStagingTargetPath());
      answer.onNext(NodeUnstageVolumeResponse.getDefaultInstance());
      answer.onCompleted();
    }
  }
}
