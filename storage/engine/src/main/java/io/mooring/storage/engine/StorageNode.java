package io.mooring.storage.engine;

import io.mooring.storage.replication.HeadRecord;
import io.mooring.storage.replication.HeadSettings;
import io.mooring.storage.replication.HeadSettings.FlushProfile;
import io.mooring.storage.replication.Promise;
import io.mooring.storage.replication.ReplicaId;
import io.mooring.storage.replication.Session;
import io.mooring.storage.replication.StreamId;
import io.mooring.storage.replication.VolumeId;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The data plane of one node: its replicas, their server, and the heads of the volumes attached
 * here.
 */
public final class StorageNode implements AutoCloseable {

  private final Path stateDirectory;
  private final HeadSettings.Limits limits;
  private final ScheduledExecutorService timer;
  private final ExecutorService background;
  private final NodeReplicas replicas;
  private final ReplicaServer server;
  private final HeadEnvironment environment;

  private StorageNode(
      Settings settings,
      ScheduledExecutorService timer,
      ExecutorService background,
      NodeReplicas replicas,
      ReplicaServer server,
      HeadEnvironment environment) {
    this.stateDirectory = settings.stateDirectory();
    this.limits = settings.limits();
    this.timer = timer;
    this.background = background;
    this.replicas = replicas;
    this.server = server;
    this.environment = environment;
  }

  /**
   * What a node is told at its start.
   *
   * @param pools directories by pool id
   * @param stateDirectory where records of attachments survive a restart of the agent
   * @param replicationAddress where other nodes reach the replicas; port 0 chooses one
   */
  public record Settings(
      Map<String, Path> pools,
      Path stateDirectory,
      InetSocketAddress replicationAddress,
      HeadSettings.Limits limits) {}

  /** Opens the replicas found in the pools and serves them. */
  public static StorageNode start(Settings settings, NodeObserver observer) throws IOException {
    ScheduledExecutorService timer =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("storage-timer").factory());
    ExecutorService background =
        Executors.newCachedThreadPool(
            Thread.ofPlatform().daemon().name("storage-background-", 0).factory());
    PayloadPool payloads = new PayloadPool();
    AtomicLong lastStream = new AtomicLong();
    try {
      NodeReplicas replicas = NodeReplicas.open(settings.pools(), payloads, observer, timer);
      HeadEnvironment environment =
          new HeadEnvironment(
              replicas, () -> new StreamId(lastStream.incrementAndGet()), payloads, background);
      ReplicaServer server =
          ReplicaServer.listen(
              settings.replicationAddress(),
              replicas,
              environment.streamIds(),
              payloads,
              observer,
              timer);
      return new StorageNode(settings, timer, background, replicas, server, environment);
    } catch (IOException e) {
      timer.shutdownNow();
      background.shutdownNow();
      throw e;
    }
  }

  public NodeReplicas replicas() {
    return replicas;
  }

  /** Where the replicas are served. */
  public InetSocketAddress replicationAddress() throws IOException {
    return server.address();
  }

  /**
   * Begins a run of the head in the epoch of the catalogue's state, which names this node as
   * holder. A run of the same epoch that this node remembers is continued with the next session.
   */
  public VolumeHead open(VolumeView view, FlushProfile profile, HeadObserver observer)
      throws IOException {
    Optional<HeadFile.Content> before =
        file(view.volume()).read().filter(content -> isOf(content, view));
    HeadRecord fresh =
        new HeadRecord(Promise.of(view.epoch().value(), 1), view.membership(), List.of());
    HeadRecord start = before.map(content -> nextSession(content.record())).orElse(fresh);
    HeadFile.Content content =
        new HeadFile.Content(view.volume(), start, view.sizeBytes(), profile, view.addresses());
    VolumeHead head = start(content, false, observer);
    head.catalogueChanged(view);
    return head;
  }

  private static boolean isOf(HeadFile.Content content, VolumeView view) {
    return content.record().promise().epoch().equals(view.epoch());
  }

  /**
   * Goes on with a volume whose device outlived the agent, without asking the catalogue. Empty if
   * this node has no record of such a run.
   */
  public Optional<VolumeHead> resume(VolumeId volume, HeadObserver observer) throws IOException {
    Optional<HeadFile.Content> before = file(volume).read();
    if (before.isEmpty()) {
      return Optional.empty();
    }
    HeadFile.Content old = before.get();
    HeadFile.Content content =
        new HeadFile.Content(
            volume, nextSession(old.record()), old.sizeBytes(), old.profile(), old.addresses());
    return Optional.of(start(content, true, observer));
  }

  private static HeadRecord nextSession(HeadRecord record) {
    Session next = record.promise().session().next();
    return new HeadRecord(
        new Promise(record.promise().epoch(), next), record.membership(), record.pendingJoiners());
  }

  private VolumeHead start(
      HeadFile.Content content, boolean clientSurvived, HeadObserver observer) {
    HeadSettings settings =
        new HeadSettings(
            content.volume(),
            localReplica(content),
            clientSurvived,
            content.record(),
            content.sizeBytes(),
            content.profile(),
            limits);
    return VolumeHead.start(
        settings, content.addresses(), environment, file(content.volume()), observer);
  }

  private Optional<ReplicaId> localReplica(HeadFile.Content content) {
    return content.addresses().keySet().stream()
        .filter(replica -> replicas.find(content.volume(), replica).isPresent())
        .findFirst();
  }

  /** Forgets the run of a volume that is detached. */
  public void forget(VolumeId volume) throws IOException {
    file(volume).remove();
  }

  private HeadFile file(VolumeId volume) {
    return new HeadFile(stateDirectory.resolve("volumes").resolve(volume.value()).resolve("head"));
  }

  /**
   * Ends all streams and closes the replicas. Heads have been closed before, or end as by a crash.
   */
  @Override
  public void close() throws IOException {
    server.close();
    timer.shutdownNow();
    replicas.close();
    background.shutdown();
  }
}
