package io.mooring.storage.blockstore;

import io.mooring.storage.linux.BlockFile;
import io.mooring.storage.replication.SnapshotId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * The snapshots of one replica: takes them, deletes them, opens them for reading.
 *
 * <p>Taking one costs no copy: the newest layer is left as it is and a new one is put on top.
 * Deleting one merges its layer with the next newer one in the background. Both are durable when
 * the method returns; a crash at any point leaves the snapshot taken or not, deleted or not.
 */
public final class ReplicaSnapshots {

  /** More cannot be told apart usefully, and every one costs a look-up per block read. */
  public static final int SNAPSHOTS_MAX = 64;

  /** Layers of deleted snapshots may wait for their merge, but not without end. */
  private static final int LAYERS_MAX = SNAPSHOTS_MAX + 8;

  static final String LAYER_PREFIX = "layer-";

  private final Path directory;
  private final ReplicaData data;
  private final SyncFailure failure;
  private final PoolThreads threads;
  private final Optional<String> unsupported;
  private final FormatChange beforeFirst;
  private boolean merging;
  private boolean copying;
  private volatile boolean stopped;
  private volatile @Nullable IOException mergeFailure;

  /** Makes durable that the replica has layers, so that no earlier release misreads it. */
  @FunctionalInterface
  interface FormatChange {
    void run() throws IOException;
  }

  /**
   * Threads of a pool.
   *
   * @param slow for what is too slow for a thread that serves clients
   * @param merging for what takes minutes
   */
  record PoolThreads(Executor slow, Executor merging) {}

  /** A snapshot that a replica holds. */
  public record Held(SnapshotId id, long sizeBytes) {}

  /**
   * @param unsupported why the pool cannot hold snapshots, if it cannot
   */
  ReplicaSnapshots(
      Path directory,
      ReplicaData data,
      SyncFailure failure,
      PoolThreads threads,
      Optional<String> unsupported,
      FormatChange beforeFirst) {
    this.directory = directory;
    this.data = data;
    this.failure = failure;
    this.threads = threads;
    this.unsupported = unsupported;
    this.beforeFirst = beforeFirst;
    resumeMerging();
  }

  /** Oldest first. */
  public List<Held> list() {
    return data.layers().records().stream()
        .filter(LayerRecord::isSnapshot)
        .map(record -> new Held(Objects.requireNonNull(record.snapshot()), record.sizeBytes()))
        .toList();
  }

  /**
   * Keeps the content as it is now under a name. The caller has flushed, and keeps writes away
   * until this returns.
   *
   * @throws SnapshotRefusedException because of {@link ReplicaProblem#SNAPSHOTS_UNSUPPORTED},
   *     {@link ReplicaProblem#TOO_MANY_SNAPSHOTS}, {@link ReplicaProblem#SNAPSHOT_EXISTS} or {@link
   *     ReplicaProblem#POOL_FULL}
   * @throws IOException if nobody can say whether the snapshot exists; the replica must be opened
   *     anew
   */
  public synchronized void take(SnapshotId id, long sizeBytes) throws IOException {
    Layers before = data.layers();
    Layer frozen = before.newest();
    String name = LAYER_PREFIX + nextNumber(before);
    BlockFile file;
    try {
      requireRoom(before, id);
      file = createLayer(name, frozen.file().size());
    } catch (ReplicaFileException e) {
      if (e.problem() == ReplicaProblem.IO_FAILED) {
        throw e;
      }
      throw new SnapshotRefusedException(e);
    }
    List<Layer> next = new ArrayList<>(before.all());
    next.set(0, frozen.with(frozen.record().frozenAs(id, sizeBytes)));
    next.addFirst(
        new Layer(
            LayerRecord.newest(name, frozen.file().size()),
            file,
            new SyncQueue(file, threads.slow(), failure),
            new PresentBlocks()));
    Layers after = new Layers(next);
    try {
      beforeFirst.run();
      LayerTable.write(directory, after.records());
    } catch (IOException | RuntimeException e) {
      file.close();
      throw new IOException("layers of " + directory + " cannot be replaced: " + e.getMessage(), e);
    }
    data.switchTo(after);
  }

  private void requireRoom(Layers layers, SnapshotId id) throws ReplicaFileException {
    if (unsupported.isPresent()) {
      throw new ReplicaFileException(
          ReplicaProblem.SNAPSHOTS_UNSUPPORTED,
          "Replica %s cannot hold snapshots: %s. Use ext4 or xfs with blocks of 4096 bytes for the pool."
              .formatted(directory, unsupported.get()));
    }
    boolean known = layers.all().stream().anyMatch(layer -> id.equals(layer.record().snapshot()));
    if (known) {
      throw new ReplicaFileException(
          ReplicaProblem.SNAPSHOT_EXISTS,
          "Snapshot %s of replica %s exists already or was deleted a moment ago. Take another one under another id."
              .formatted(id, directory));
    }
    if (list().size() >= SNAPSHOTS_MAX || layers.count() >= LAYERS_MAX) {
      throw new ReplicaFileException(
          ReplicaProblem.TOO_MANY_SNAPSHOTS,
          "Replica %s cannot hold snapshot %s: it has %d layers and %d snapshots, at most %d snapshots are allowed. Delete one and wait until it is merged."
              .formatted(directory, id, layers.count(), list().size(), SNAPSHOTS_MAX));
    }
  }

  private static long nextNumber(Layers layers) {
    return layers.records().stream()
            .map(LayerRecord::file)
            .filter(name -> name.startsWith(LAYER_PREFIX))
            .mapToLong(name -> Long.parseLong(name.substring(LAYER_PREFIX.length())))
            .max()
            .orElse(0)
        + 1;
  }

  private BlockFile createLayer(String name, long sizeBytes) throws IOException {
    Path path = directory.resolve(name);
    try {
      Files.deleteIfExists(path);
      BlockFile file = BlockFile.open(path, BlockFile.Access.CREATE_NEW);
      try {
        file.truncate(sizeBytes);
        file.dataSync();
        return file;
      } catch (IOException e) {
        file.close();
        throw e;
      }
    } catch (IOException e) {
      throw ReplicaFileException.of("create layer", path, e);
    }
  }

  /** True if there was such a snapshot. Its space comes back in the background. */
  public synchronized boolean delete(SnapshotId id) throws IOException {
    Layers before = data.layers();
    int index = before.indexOf(id);
    if (index < 0) {
      return false;
    }
    List<Layer> next = new ArrayList<>(before.all());
    next.set(index, next.get(index).with(next.get(index).record().asDeleted()));
    adopt(new Layers(next));
    resumeMerging();
    return true;
  }

  public SnapshotReader open(SnapshotId id) throws ReplicaFileException {
    Layers layers = data.layers();
    LayerRecord record = layers.all().get(SnapshotReader.index(layers, id)).record();
    return new SnapshotReader(data, id, record.sizeBytes());
  }

  /**
   * Visits, in ascending order, the ranges in which the replica may differ by now from what it was
   * at a snapshot.
   */
  public void visitChangedSince(
      SnapshotId older, long from, long to, BlockFile.ExtentVisitor visitor) throws IOException {
    data.visit(layers -> 0, layers -> SnapshotReader.index(layers, older), from, to, visitor);
  }

  /** Deleted snapshots whose space has not come back yet. */
  public int awaitingMerge() {
    return (int) data.layers().records().stream().filter(LayerRecord::deleted).count();
  }

  /** Why the last merge has failed, for those who watch. */
  public Optional<IOException> mergeFailure() {
    return Optional.ofNullable(mergeFailure);
  }

  /** Goes on with merges that have failed, for want of space perhaps. */
  public synchronized void resumeMerging() {
    if (!merging && !stopped && awaitingMerge() > 0) {
      merging = true;
      threads.merging().execute(this::mergeNext);
    }
  }

  /** Merges one pair, then queues again behind other replicas. */
  private void mergeNext() {
    synchronized (this) {
      if (stopped) {
        return;
      }
      copying = true;
    }
    boolean goesOn = false;
    try {
      Layers.Pair pair = data.layers().oldestDeleted();
      goesOn = pair != null && merge(pair);
      mergeFailure = null;
    } catch (IOException e) {
      mergeFailure = e;
    } finally {
      synchronized (this) {
        merging = false;
        copying = false;
        notifyAll();
        if (goesOn) {
          resumeMerging();
        }
      }
    }
  }

  private boolean merge(Layers.Pair pair) throws IOException {
    failure.check();
    boolean upperIsNewest = data.layers().newest().file() == pair.upper().file();
    LayerMerge.Direction direction = LayerMerge.cheaper(pair, upperIsNewest);
    if (!new LayerMerge(pair, data.stripes(), () -> stopped).run(direction)) {
      return false;
    }
    synchronized (this) {
      if (stopped) {
        return false;
      }
      adoptMerged(pair, direction);
      Layer emptied = direction == LayerMerge.Direction.UP ? pair.lower() : pair.upper();
      emptied.file().close();
      Files.deleteIfExists(directory.resolve(emptied.record().file()));
    }
    return true;
  }

  /** Layers may have been added on top, and snapshots deleted, since the pair was looked up. */
  private void adoptMerged(Layers.Pair pair, LayerMerge.Direction direction) throws IOException {
    List<Layer> next = new ArrayList<>(data.layers().all());
    int upper = indexOfFile(next, pair.upper());
    LayerRecord stays = next.get(upper).record();
    Layer merged =
        switch (direction) {
          case UP -> pair.upper().with(stays);
          case DOWN -> pair.lower().with(stays.in(pair.lower().record().file()));
        };
    next.set(upper, pair.oldest() ? merged.asOldest() : merged);
    next.remove(upper + 1);
    adopt(new Layers(next));
  }

  private static int indexOfFile(List<Layer> layers, Layer wanted) {
    for (int i = 0; i < layers.size(); i++) {
      if (layers.get(i).file() == wanted.file()) {
        return i;
      }
    }
    throw new IllegalStateException("layer " + wanted.record().file() + " is gone");
  }

  private void adopt(Layers next) throws IOException {
    LayerTable.write(directory, next.records());
    data.switchTo(next);
  }

  /**
   * Ends a merge as a crash would; it begins anew when the replica is opened again. Nothing changes
   * the files any more when this returns: a late copy would undo a write of whoever opens them
   * next.
   */
  synchronized void stop() {
    stopped = true;
    boolean interrupted = false;
    while (copying) {
      try {
        wait();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
