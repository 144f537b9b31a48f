package io.mooring.storage.blockstore;

import static io.mooring.storage.blockstore.ReplicaProblem.ALREADY_EXISTS;
import static io.mooring.storage.blockstore.ReplicaProblem.FILE_MISSING;
import static io.mooring.storage.blockstore.ReplicaProblem.NAME_INVALID;
import static io.mooring.storage.blockstore.ReplicaProblem.POOL_UNUSABLE;
import static io.mooring.storage.blockstore.ReplicaProblem.SIZE_INVALID;

import io.mooring.storage.linux.BlockFile;
import io.mooring.storage.replication.Geometry;
import io.mooring.storage.replication.ReplicaId;
import io.mooring.storage.replication.VolumeId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A directory on one drive, with replicas in {@code <pool>/<volume>/<replica>/} and a few threads
 * for what is too slow for I/O threads.
 *
 * <p>A name that starts with a dot is a replica on its way in or out; it does not exist yet, or no
 * longer, and is swept away when the pool is opened.
 */
public final class ReplicaPool implements AutoCloseable {

  private static final String HIDDEN = ".";
  private static final String CREATING_SUFFIX = ".new";
  private static final String DELETED_SUFFIX = ".deleted";
  private static final int THREADS = 4;
  private static final long CLOSE_SECONDS = 30;

  private final Path directory;
  private final ExecutorService executor;
  private final ExecutorService merging;
  private final Optional<String> withoutSnapshots;

  private ReplicaPool(Path directory, ExecutorService executor, ExecutorService merging) {
    this.directory = directory;
    this.executor = executor;
    this.merging = merging;
    this.withoutSnapshots = SnapshotSupport.missing(directory);
  }

  /** A replica that exists in the pool; it may still turn out to be unusable. */
  public record Entry(VolumeId volume, ReplicaId replica) {}

  public static ReplicaPool open(Path directory) throws IOException {
    if (!Files.isDirectory(directory) || !Files.isWritable(directory)) {
      throw new ReplicaFileException(
          POOL_UNUSABLE,
          "Pool %s cannot be used: it is not a writable directory. Mount its drive or correct the pool's path."
              .formatted(directory));
    }
    String threadName = "pool-" + directory.getFileName() + "-";
    ReplicaPool pool =
        new ReplicaPool(
            directory,
            Executors.newFixedThreadPool(
                THREADS, Thread.ofPlatform().daemon().name(threadName, 0).factory()),
            Executors.newSingleThreadExecutor(
                Thread.ofPlatform().daemon().name(threadName + "merging").factory()));
    pool.sweep();
    return pool;
  }

  public Path directory() {
    return directory;
  }

  /** A few threads for slow work on this drive. */
  public Executor executor() {
    return executor;
  }

  public List<Entry> list() throws IOException {
    List<Entry> entries = new ArrayList<>();
    for (Path volume : directoriesIn(directory)) {
      for (Path replica : directoriesIn(volume)) {
        if (!isHidden(replica) && !isHidden(volume)) {
          entries.add(new Entry(new VolumeId(name(volume)), new ReplicaId(name(replica))));
        }
      }
    }
    return entries;
  }

  public boolean contains(VolumeId volume, ReplicaId replica) {
    return Files.isDirectory(path(volume, replica));
  }

  /** When this returns, the blank replica exists durably; until then it does not exist at all. */
  public void create(VolumeId volume, ReplicaId replica, long sizeBytes) throws IOException {
    requireName(volume.value());
    requireName(replica.value());
    Path target = path(volume, replica);
    if (Files.exists(target)) {
      throw new ReplicaFileException(
          ALREADY_EXISTS,
          "Replica %s exists already. Open it, or remove its directory if it is a left-over."
              .formatted(target));
    }
    if (sizeBytes <= 0 || sizeBytes % Geometry.SECTOR_BYTES != 0) {
      throw new ReplicaFileException(
          SIZE_INVALID,
          "Replica %s cannot have %d bytes: a size is a positive multiple of %d. Correct the volume's size."
              .formatted(target, sizeBytes, Geometry.SECTOR_BYTES));
    }
    Files.createDirectories(target.getParent());
    BlockFile.syncDirectory(directory);
    Path temporary = target.resolveSibling(HIDDEN + name(target) + CREATING_SUFFIX);
    deleteTree(temporary);
    Files.createDirectory(temporary);
    ReplicaFiles.create(temporary, volume, replica, sizeBytes);
    Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
    BlockFile.syncDirectory(target.getParent());
  }

  public ReplicaFiles open(VolumeId volume, ReplicaId replica) throws IOException {
    return open(volume, replica, false);
  }

  /**
   * Opens a replica again after its disk has failed: what was written since the last flush may be
   * lost, so its {@link ReplicaFiles#restart()} is that of a crashed machine.
   */
  public ReplicaFiles openAfterFailure(VolumeId volume, ReplicaId replica) throws IOException {
    return open(volume, replica, true);
  }

  private ReplicaFiles open(VolumeId volume, ReplicaId replica, boolean afterFailure)
      throws IOException {
    Path path = path(volume, replica);
    if (!Files.isDirectory(path)) {
      throw new ReplicaFileException(
          FILE_MISSING,
          "Replica %s does not exist. Check that the drive of the pool is mounted; if the replica is really gone it is replaced."
              .formatted(path));
    }
    return ReplicaFiles.open(
        path,
        new ReplicaFiles.Identity(volume, replica),
        new ReplicaFiles.Environment(
            new ReplicaSnapshots.PoolThreads(executor, merging), withoutSnapshots),
        afterFailure);
  }

  /** When this returns, the replica is gone durably. The caller has closed it. */
  public void delete(VolumeId volume, ReplicaId replica) throws IOException {
    Path path = path(volume, replica);
    if (!Files.exists(path)) {
      return;
    }
    Path deleted = path.resolveSibling(HIDDEN + name(path) + DELETED_SUFFIX);
    deleteTree(deleted);
    Files.move(path, deleted, StandardCopyOption.ATOMIC_MOVE);
    BlockFile.syncDirectory(path.getParent());
    deleteTree(deleted);
    removeIfEmpty(path.getParent());
  }

  /** Waits for the flushes under way. The replicas have been closed before. */
  @Override
  public void close() {
    close(merging);
    close(executor);
  }

  private static void close(ExecutorService threads) {
    threads.shutdown();
    try {
      if (!threads.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
        threads.shutdownNow();
      }
    } catch (InterruptedException e) {
      threads.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }

  /** Why replicas of this pool cannot hold snapshots, if they cannot. */
  public Optional<String> withoutSnapshots() {
    return withoutSnapshots;
  }

  private void sweep() throws IOException {
    for (Path volume : directoriesIn(directory)) {
      if (isHidden(volume)) {
        continue;
      }
      for (Path entry : directoriesIn(volume)) {
        String name = name(entry);
        if (isHidden(entry) && (name.endsWith(CREATING_SUFFIX) || name.endsWith(DELETED_SUFFIX))) {
          deleteTree(entry);
        }
      }
    }
  }

  private Path path(VolumeId volume, ReplicaId replica) {
    return directory.resolve(volume.value()).resolve(replica.value());
  }

  /** Names become path elements, so nothing may leave the pool or hide in it. */
  private static void requireName(String name) throws ReplicaFileException {
    if (name.startsWith(HIDDEN) || name.indexOf('/') >= 0 || name.indexOf(0) >= 0) {
      throw new ReplicaFileException(
          NAME_INVALID,
          "Replica or volume '%s' cannot be stored: an id must not start with a dot nor contain a slash. Correct the id."
              .formatted(name));
    }
  }

  private static String name(Path path) {
    return path.getFileName().toString();
  }

  private static boolean isHidden(Path path) {
    return name(path).startsWith(HIDDEN);
  }

  private static List<Path> directoriesIn(Path parent) throws IOException {
    try (Stream<Path> children = Files.list(parent)) {
      return children.filter(Files::isDirectory).sorted().toList();
    }
  }

  private static void deleteTree(Path root) throws IOException {
    if (!Files.exists(root)) {
      return;
    }
    try (Stream<Path> tree = Files.walk(root)) {
      for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }

  private static void removeIfEmpty(Path volume) throws IOException {
    try (Stream<Path> children = Files.list(volume)) {
      if (children.findAny().isPresent()) {
        return;
      }
    }
    Files.deleteIfExists(volume);
  }
}
