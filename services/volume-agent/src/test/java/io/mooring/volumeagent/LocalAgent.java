package io.mooring.volumeagent;

import io.mooring.storage.blockstore.ReplicaSnapshots;
import io.mooring.storage.blockstore.SnapshotReader;
import io.mooring.storage.engine.ReplicaHost;
import io.mooring.storage.nbd.NbdClient;
import io.mooring.storage.replication.SnapshotId;
import io.mooring.testsupport.ControlPlane;
import io.mooring.volumeagent.config.AgentConfigCheck;
import io.mooring.volumeagent.staging.StagingException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A node whose agent runs in the process of the test, so that its parts can be looked at. */
final class LocalAgent implements AutoCloseable {

  private static final Duration LIMIT = Duration.ofSeconds(20);

  final String nodeId;
  private final Path directory;
  private final VolumeAgent agent;
  private final ExportDoor door;

  LocalAgent(String nodeId, Path directory, ControlPlane controlPlane) throws IOException {
    this.nodeId = nodeId;
    this.directory = Files.createDirectories(directory);
    Map<String, String> settings = new HashMap<>(AgentTestResource.settings(directory));
    settings.put("mooring.agent.node-id", nodeId);
    settings.put("mooring.agent.pools[0].id", "p1");
    settings.put(
        "mooring.agent.control.bootstrap-servers", controlPlane.kafka().bootstrapServers());
    settings.put("mooring.agent.control.registry-url", controlPlane.registry().url().toString());
    this.agent = VolumeAgent.start(AgentConfigCheck.check(AgentProcess.config(settings)));
    this.door = ExportDoor.open(agent, Integer.parseInt(settings.get("mooring.agent.ports.rest")));
  }

  VolumeAgent agent() {
    return agent;
  }

  /** Opens a volume that belongs to this node, and connects to it. */
  NbdClient open(String volumeId) throws StagingException, IOException {
    agent.exports().export(volumeId, false);
    return connect(volumeId);
  }

  NbdClient connect(String export) throws IOException {
    return NbdClient.connect(
        UnixDomainSocketAddress.of(directory.resolve("state/nbd.sock")), export, LIMIT);
  }

  ReplicaHost replica(String volumeId) {
    return agent.volumes().replica(volumeId).orElseThrow();
  }

  /** Ids of the snapshots that the replica of a volume keeps. */
  List<String> snapshots(String volumeId) {
    return replica(volumeId).snapshots().list().stream()
        .map(ReplicaSnapshots.Held::id)
        .map(SnapshotId::value)
        .toList();
  }

  /** The first number of each block of a snapshot. */
  int number(String volumeId, String snapshotId, long block) throws IOException {
    SnapshotReader reader = replica(volumeId).snapshots().open(new SnapshotId(snapshotId));
    ByteBuffer data = ByteBuffer.allocateDirect(Blocks.BYTES);
    reader.read(block * Blocks.BYTES, MemorySegment.ofBuffer(data));
    return data.getInt(0);
  }

  @Override
  public void close() throws IOException {
    door.close();
    agent.close();
    LeftBehind.remove(directory);
  }
}
