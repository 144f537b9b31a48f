package io.mooring.volumeagent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import io.mooring.packaged.PackagedService;
import io.mooring.schemas.ControlTopic;
import io.mooring.storage.linux.BlockFile;
import io.mooring.storage.linux.FilesystemType;
import io.mooring.storage.linux.Filesystems;
import io.mooring.storage.linux.LoopDevice;
import io.mooring.storage.linux.Mounts;
import io.mooring.testsupport.ControlPlane;
import io.mooring.testsupport.FreePorts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.avro.specific.SpecificRecord;
import org.awaitility.core.ThrowingRunnable;

/** Control topics, the manager and agents of one test, below one directory, until it is closed. */
final class StorageBed {

  static final long MIB = 1L << 20;
  private static final Duration LIMIT = Duration.ofSeconds(90);

  private final Path directory;
  private final List<AutoCloseable> toClose = new ArrayList<>();
  private final ControlPlane controlPlane;
  private final RunningManager manager;

  private StorageBed(Path directory) throws InterruptedException {
    this.directory = directory;
    this.controlPlane = closing(ControlPlane.start());
    this.manager = closing(new RunningManager(controlPlane, directory.resolve("manager")));
  }

  /** Skips the test on a machine where agents cannot mount anything. */
  static StorageBed start(Path directory) throws InterruptedException {
    assumeThat(Files.isWritable(Path.of("/dev/fuse"))).as("runs as root, with FUSE").isTrue();
    return new StorageBed(directory);
  }

  RunningManager manager() {
    return manager;
  }

  /** A node with a pool of 1 GiB; returns when the manager knows it. */
  AgentNode node(String nodeId) throws IOException {
    return known(new AgentNode(nodeId, directory.resolve(nodeId), controlPlane));
  }

  /**
   * A node whose pool is the only thing on a drive, which its agent may grow.
   *
   * @param driveMax size up to which it may
   */
  AgentNode nodeOnDrive(String nodeId, FilesystemType type, long driveBytes, long driveMax)
      throws IOException {
    Path home = directory.resolve(nodeId);
    // Also if no agent comes to take the mount along.
    closing(() -> LeftBehind.remove(home));
    mountDrive(drive(nodeId), Files.createDirectories(home.resolve("pool")), type, driveBytes);
    return known(new AgentNode(nodeId, home, controlPlane, driveMax));
  }

  private AgentNode known(AgentNode node) {
    closing(node);
    eventually(() -> assertThat(manager.knows(node.nodeId)).isTrue());
    return node;
  }

  /** File that is the drive of a node. */
  Path drive(String nodeId) {
    return directory.resolve(nodeId + ".img");
  }

  private static void mountDrive(Path image, Path pool, FilesystemType type, long bytes)
      throws IOException {
    try (BlockFile file = BlockFile.open(image, BlockFile.Access.CREATE_NEW)) {
      file.truncate(bytes);
    }
    try (LoopDevice loop = LoopDevice.attach(image, LoopDevice.Lifetime.AUTOCLEAR)) {
      Filesystems.format(loop.path(), type, LIMIT);
      Mounts.mount(loop.path().toString(), pool, type.kernelName(), Set.of(), "");
    }
  }

  /** The service itself, as it is packaged, with rules from a file. */
  PackagedService autopilot(String rules) throws IOException {
    assumeThat(PackagedService.isPackaged("autopilot")).as("the autopilot is packaged").isTrue();
    Path home = Files.createDirectories(directory.resolve("autopilot"));
    Map<String, String> settings =
        Map.of(
            "kafka.bootstrap.servers", controlPlane.kafka().bootstrapServers(),
            "mooring.autopilot.registry.url", controlPlane.registry().url().toString(),
            "mooring.autopilot.rules-file",
                Files.writeString(home.resolve("rules.yaml"), rules).toString(),
            "kafka-streams.state.dir", home.resolve("state").toString());
    int port = FreePorts.find(1).getFirst();
    PackagedService autopilot =
        closing(PackagedService.start("autopilot", "autopilot", home, port, settings));
    eventually(() -> assertThat(autopilot.isReady()).isTrue());
    return autopilot;
  }

  <T extends SpecificRecord> ControlTopicProbe<T> probe(ControlTopic topic, Class<T> type) {
    return closing(new ControlTopicProbe<>(controlPlane, topic, type));
  }

  static void eventually(ThrowingRunnable assertion) {
    await().atMost(LIMIT).ignoreExceptions().untilAsserted(assertion);
  }

  /** Waits until each writer has gone on, without an error. */
  static void awaitMore(List<StampWriter> writers) {
    for (StampWriter writer : writers) {
      int before = writer.durable();
      eventually(() -> {
        assertThat(writer.failure()).isEmpty();
        assertThat(writer.durable()).isGreaterThan(before + 20);
      });
    }
  }

  private <T extends AutoCloseable> T closing(T closeable) {
    toClose.add(closeable);
    return closeable;
  }

  void close() throws Exception {
    for (AutoCloseable closeable : toClose.reversed()) {
      closeable.close();
    }
  }
}
