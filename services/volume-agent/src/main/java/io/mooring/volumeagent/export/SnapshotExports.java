package io.mooring.volumeagent.export;

import io.mooring.storage.blockstore.ReplicaFileException;
import io.mooring.storage.engine.ReplicaHost;
import io.mooring.storage.engine.SnapshotExport;
import io.mooring.storage.nbd.NbdExport;
import io.mooring.storage.replication.SnapshotId;
import io.mooring.volumeagent.staging.StagingException;
import io.mooring.volumeagent.staging.StagingException.Reason;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * Read-only exports of snapshots that replicas of this node hold. An export ends when it is taken
 * away, with its snapshot or replica, and when nobody has been connected for a while: who reads a
 * snapshot asks for it before each connection.
 */
public final class SnapshotExports {

  private static final long IDLE_NANOS_MAX = Duration.ofMinutes(15).toNanos();

  private final ExportServer server;
  private final Function<String, Optional<ReplicaHost>> replicas;
  private final Trusted trusted;
  private final LongSupplier nanoTime;
  private final Map<String, Published> published = new ConcurrentHashMap<>();

  /** Whether a replica holds a snapshot of a complete set. */
  @FunctionalInterface
  public interface Trusted {
    boolean isGood(String volumeId, String snapshotId, String replicaId);
  }

  private static final class Published {
    private final ReplicaHost replica;
    private final SnapshotId snapshot;
    private final long sizeBytes;
    private volatile long usedAt;

    Published(ReplicaHost replica, SnapshotId snapshot, long sizeBytes, long now) {
      this.replica = replica;
      this.snapshot = snapshot;
      this.sizeBytes = sizeBytes;
      this.usedAt = now;
    }

    boolean isHeld() {
      return replica.snapshots().list().stream().anyMatch(held -> held.id().equals(snapshot));
    }
  }

  /**
   * @param replicas the usable replica of a volume on this node
   */
  public SnapshotExports(
      ExportServer server,
      Function<String, Optional<ReplicaHost>> replicas,
      Trusted trusted,
      LongSupplier nanoTime) {
    this.server = server;
    this.replicas = replicas;
    this.trusted = trusted;
    this.nanoTime = nanoTime;
    server.onCheck(this::withdrawEnded);
  }

  /** Name under which a snapshot is exported. */
  public static String name(String volumeId, String snapshotId) {
    return volumeId + "@" + snapshotId;
  }

  /**
   * Exports a snapshot. Doing it again changes nothing but that it stays for longer.
   *
   * @throws StagingException if no replica here holds it, or nobody can connect
   */
  public synchronized ExportServer.Export export(String volumeId, String snapshotId)
      throws StagingException {
    ReplicaHost replica = holder(volumeId, snapshotId);
    String name = name(volumeId, snapshotId);
    Published before = published.get(name);
    if (before != null && before.replica == replica && before.isHeld()) {
      before.usedAt = nanoTime.getAsLong();
      return server.describe(name, before.sizeBytes, true);
    }
    SnapshotId id = new SnapshotId(snapshotId);
    try {
      SnapshotExport device = new SnapshotExport(replica.snapshots().open(id));
      ExportServer.Export export =
          server.publish(
              new NbdExport(
                  name, "Snapshot %s of volume %s".formatted(snapshotId, volumeId), device, true));
      published.put(name, new Published(replica, id, device.sizeBytes(), nanoTime.getAsLong()));
      return export;
    } catch (ReplicaFileException e) {
      throw notHere(volumeId, snapshotId);
    }
  }

  /**
   * The replica of this node that holds a snapshot.
   *
   * @throws StagingException if there is none
   */
  public ReplicaHost holder(String volumeId, String snapshotId) throws StagingException {
    return replicas
        .apply(volumeId)
        .filter(replica -> trusted.isGood(volumeId, snapshotId, replica.id().value()))
        .filter(replica ->
            replica.snapshots().list().stream()
                .anyMatch(held -> held.id().value().equals(snapshotId)))
        .orElseThrow(() -> notHere(volumeId, snapshotId));
  }

  private static StagingException notHere(String volumeId, String snapshotId) {
    return new StagingException(
        Reason.NOT_FOUND,
        "SNP-063",
        "Snapshot " + snapshotId + " of volume " + volumeId + " is not on this node.",
        "No replica here holds it, it is not complete yet, or it is being deleted.",
        "Ask volume-manager for the holders of its set.");
  }

  /** Takes an export away; its clients are disconnected. Nothing to do if there is none. */
  public synchronized void withdraw(String volumeId, String snapshotId) {
    withdraw(name(volumeId, snapshotId));
  }

  private void withdraw(String name) {
    if (published.remove(name) != null) {
      server.withdraw(name);
    }
  }

  /** Whether a snapshot is exported. */
  public boolean isExported(String volumeId, String snapshotId) {
    return published.containsKey(name(volumeId, snapshotId));
  }

  /** Snapshots that are exported. */
  public int count() {
    return published.size();
  }

  /** Takes away what has ended, and what nobody uses. */
  synchronized void withdrawEnded() {
    long now = nanoTime.getAsLong();
    for (var entry : Map.copyOf(published).entrySet()) {
      Published export = entry.getValue();
      String volumeId = export.replica.volume().value();
      if (server.connections(entry.getKey()) > 0) {
        export.usedAt = now;
      }
      boolean current =
          replicas.apply(volumeId).filter(replica -> replica == export.replica).isPresent()
              && export.isHeld()
              && now - export.usedAt < IDLE_NANOS_MAX;
      if (!current) {
        withdraw(entry.getKey());
      }
    }
  }
}
