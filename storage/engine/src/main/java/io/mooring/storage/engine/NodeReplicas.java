package io.mooring.storage.engine;

import io.mooring.storage.blockstore.ReplicaFileException;
import io.mooring.storage.blockstore.ReplicaFiles;
import io.mooring.storage.blockstore.ReplicaPool;
import io.mooring.storage.replication.Epoch;
import io.mooring.storage.replication.ReplicaId;
import io.mooring.storage.replication.VolumeId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** All replicas of a node: those found in its pools at start, and those created since. */
public final class NodeReplicas implements ReplicaDirectory, AutoCloseable {

  private final Map<String, ReplicaPool> pools;
  private final PayloadPool payloads;
  private final NodeObserver observer;
  private final Map<Key, Opened> replicas = new ConcurrentHashMap<>();

  private record Key(VolumeId volume, ReplicaId replica) {}

  /** A disk that fails again and again is not asked more often than this. */
  private static final long REOPEN_NANOS = TimeUnit.SECONDS.toNanos(10);

  private record Opened(String pool, ReplicaHost host, long reopenNotBefore) {
    boolean isDueForReopening() {
      return System.nanoTime() - reopenNotBefore >= 0 && host.awaitsReopening();
    }
  }

  private NodeReplicas(
      Map<String, ReplicaPool> pools, PayloadPool payloads, NodeObserver observer) {
    this.pools = pools;
    this.payloads = payloads;
    this.observer = observer;
  }

  /** Opens every replica of the pools; one that is unusable is reported and left alone. */
  static NodeReplicas open(
      Map<String, Path> directories,
      PayloadPool payloads,
      NodeObserver observer,
      ScheduledExecutorService timer)
      throws IOException {
    Map<String, ReplicaPool> pools = new TreeMap<>();
    for (Map.Entry<String, Path> directory : directories.entrySet()) {
      pools.put(directory.getKey(), ReplicaPool.open(directory.getValue()));
    }
    NodeReplicas opened = new NodeReplicas(pools, payloads, observer);
    for (Map.Entry<String, ReplicaPool> pool : pools.entrySet()) {
      for (ReplicaPool.Entry entry : pool.getValue().list()) {
        opened.openFound(pool.getKey(), entry);
      }
    }
    timer.scheduleWithFixedDelay(opened::tick, 1, 1, TimeUnit.SECONDS);
    return opened;
  }

  private void openFound(String pool, ReplicaPool.Entry entry) {
    try {
      open(pool, entry.volume(), entry.replica());
    } catch (ReplicaFileException e) {
      observer.unusable(
          entry.volume(), entry.replica(), e.problem().code(), String.valueOf(e.getMessage()));
    } catch (IOException e) {
      observer.unusable(entry.volume(), entry.replica(), "REP-021", String.valueOf(e.getMessage()));
    }
  }

  private void open(String poolId, VolumeId volume, ReplicaId replica) throws IOException {
    serve(poolId, new Key(volume, replica), pool(poolId).open(volume, replica), System.nanoTime());
  }

  private ReplicaHost serve(String poolId, Key key, ReplicaFiles files, long reopenNotBefore)
      throws IOException {
    ReplicaHost host =
        new ReplicaHost(
            key.volume(),
            key.replica(),
            files,
            pool(poolId).executor(),
            payloads,
            promise -> observer.promised(key.volume(), key.replica(), promise),
            reason -> observer.unreadable(key.volume(), key.replica(), reason));
    replicas.put(key, new Opened(poolId, host, reopenNotBefore));
    return host;
  }

  /**
   * A replica whose disk has failed serves nobody until it is read anew from the disk. If that
   * fails too, it is tried again later; files that are damaged are reported and left alone.
   */
  private synchronized void reopen(Key key, Opened failed) {
    if (replicas.get(key) != failed) {
      return;
    }
    Epoch learned = failed.host().abandon();
    long notBefore = System.nanoTime() + REOPEN_NANOS;
    try {
      ReplicaFiles files = openAfterFailure(key, failed);
      serve(failed.pool(), key, files, notBefore).learnEpoch(learned);
      observer.reopened(key.volume(), key.replica());
    } catch (ReplicaFileException e) {
      replicas.remove(key);
      observer.unusable(
          key.volume(), key.replica(), e.problem().code(), String.valueOf(e.getMessage()));
    } catch (IOException e) {
      replicas.put(key, new Opened(failed.pool(), failed.host(), notBefore));
    }
  }

  /** What could not be put on record when the disk failed is put there now (I4). */
  private ReplicaFiles openAfterFailure(Key key, Opened failed) throws IOException {
    ReplicaPool pool = pool(failed.pool());
    ReplicaFiles files = pool.openAfterFailure(key.volume(), key.replica());
    boolean forgotten =
        failed.host().superblock().unreadable() && !files.found().superblock().unreadable();
    if (!forgotten) {
      return files;
    }
    try (files) {
      files.markUnreadable();
    }
    return pool.openAfterFailure(key.volume(), key.replica());
  }

  /** Creates a blank replica and opens it. When this returns, it exists durably. */
  public synchronized void create(String poolId, VolumeId volume, ReplicaId replica, long sizeBytes)
      throws IOException {
    pool(poolId).create(volume, replica, sizeBytes);
    open(poolId, volume, replica);
  }

  /** Closes and deletes a replica. When this returns, it is gone durably. */
  public synchronized void delete(String poolId, VolumeId volume, ReplicaId replica)
      throws IOException {
    Opened opened = replicas.remove(new Key(volume, replica));
    if (opened != null) {
      opened.host().close();
    }
    pool(poolId).delete(volume, replica);
  }

  /** Whether the pool holds files of the replica, usable or not. */
  public boolean exists(String poolId, VolumeId volume, ReplicaId replica) throws IOException {
    return pool(poolId).contains(volume, replica);
  }

  /** Everything that the pool holds, usable or not. */
  public List<ReplicaPool.Entry> list(String poolId) throws IOException {
    return pool(poolId).list();
  }

  /** The usable replicas. */
  public List<ReplicaHost> hosts() {
    return replicas.values().stream().map(Opened::host).toList();
  }

  @Override
  public Optional<ReplicaHost> find(VolumeId volume, ReplicaId replica) {
    return Optional.ofNullable(replicas.get(new Key(volume, replica))).map(Opened::host);
  }

  private void tick() {
    replicas.forEach((key, opened) -> {
      opened.host().tick();
      if (opened.isDueForReopening()) {
        pools.get(opened.pool()).executor().execute(() -> reopen(key, opened));
      }
    });
  }

  private ReplicaPool pool(String poolId) throws IOException {
    ReplicaPool pool = pools.get(poolId);
    if (pool == null) {
      throw new IOException(
          "REP-041 Pool '%s' is not one of this node: it has %s. Correct the pools of the agent."
              .formatted(poolId, pools.keySet()));
    }
    return pool;
  }

  /** Flushes and closes every replica. */
  @Override
  public void close() throws IOException {
    List<IOException> failures = new ArrayList<>();
    for (ReplicaHost host : hosts()) {
      try {
        host.close();
      } catch (IOException e) {
        failures.add(e);
      }
    }
    replicas.clear();
    pools.values().forEach(ReplicaPool::close);
    if (!failures.isEmpty()) {
      IOException first = failures.removeFirst();
      failures.forEach(first::addSuppressed);
      throw first;
    }
  }
}
