package io.mooring.storage.blockstore;

import static io.mooring.storage.blockstore.ReplicaProblem.ACTIVITY_TOO_SHORT;
import static io.mooring.storage.blockstore.ReplicaProblem.FILE_MISSING;
import static io.mooring.storage.blockstore.ReplicaProblem.SIZE_INVALID;
import static io.mooring.storage.blockstore.ReplicaProblem.WRONG_IDENTITY;

import io.mooring.storage.linux.BlockFile;
import io.mooring.storage.replication.BlockSet;
import io.mooring.storage.replication.Geometry;
import io.mooring.storage.replication.ReplicaId;
import io.mooring.storage.replication.ReplicaRecord;
import io.mooring.storage.replication.VolumeId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The open files of one replica: the data, and the record that the protocol wants kept beside it.
 *
 * <p>Threads: {@link #data()} may be used by any number of threads. All other methods change the
 * record and are serialized here; what one writes is durable when it returns, unless it says
 * otherwise.
 */
public final class ReplicaFiles implements AutoCloseable {

  /** At 16 MiB each, a stream of 1 GB/s still pays for eight flushes a second. */
  private static final int REGIONS_AHEAD = 7;

  private static final String SUPERBLOCK = "super";
  private static final String ACTIVITY = "activity";
  private static final String DIRTY_PREFIX = "dirty-";

  private final Path directory;
  private final SuperblockFile superblock;
  private final BitmapFile activityFile;
  private final BlockSet activity;
  private final Map<ReplicaId, BitmapFile> maps = new TreeMap<>();
  private final ReplicaData data;
  private final ReplicaSnapshots snapshots;
  private final ReplicaRecord found;
  private final ReplicaRecord.Restart restart;
  private final UUID boot;

  private ReplicaFiles(
      Path directory,
      SuperblockFile superblock,
      BitmapFile activityFile,
      Stored stored,
      Environment environment,
      boolean afterFailure)
      throws IOException {
    this.directory = directory;
    this.superblock = superblock;
    this.activityFile = activityFile;
    this.activity = activityFile.read();
    this.data = new ReplicaData(stored.layers(), environment.threads().slow());
    this.snapshots =
        new ReplicaSnapshots(
            directory,
            data,
            stored.failure(),
            environment.threads(),
            environment.withoutSnapshots(),
            this::becomeLayered);
    this.found = new ReplicaRecord(superblock.current().content(), activity.copy(), openMaps());
    this.boot = Boot.current();
    Superblock before = superblock.current();
    if (!afterFailure && (before.clean() || before.boot().equals(boot))) {
      this.restart = ReplicaRecord.Restart.INTACT;
      superblock.write(before.openedIn(boot));
    } else {
      // The old boot id stays until the loss itself is on record: a second restart must see it too.
      this.restart = ReplicaRecord.Restart.MACHINE_CRASH;
    }
  }

  static void create(Path directory, VolumeId volume, ReplicaId replica, long sizeBytes)
      throws IOException {
    ReplicaRecord blank = ReplicaRecord.blank(sizeBytes);
    SuperblockFile.create(
        directory.resolve(SUPERBLOCK),
        new Superblock(volume, replica, blank.superblock(), Boot.current(), true));
    BitmapFile.create(
        directory.resolve(ACTIVITY), ACTIVITY, false, activityPages(sizeBytes), List.of());
    try (BlockFile file =
        BlockFile.open(directory.resolve(LayerFiles.FIRST), BlockFile.Access.CREATE_NEW)) {
      file.truncate(sizeBytes);
      file.dataSync();
    }
    BlockFile.syncDirectory(directory);
  }

  /** Whose files a directory must hold. */
  record Identity(VolumeId volume, ReplicaId replica) {}

  /**
   * What a replica needs of its pool.
   *
   * @param withoutSnapshots why the pool cannot hold snapshots, if it cannot
   */
  record Environment(ReplicaSnapshots.PoolThreads threads, Optional<String> withoutSnapshots) {}

  /** The data as they were opened. */
  private record Stored(Layers layers, SyncFailure failure) {}

  static ReplicaFiles open(
      Path directory, Identity identity, Environment environment, boolean afterFailure)
      throws IOException {
    requireFile(directory.resolve(SUPERBLOCK));
    requireFile(directory.resolve(ACTIVITY));
    Optional<List<LayerRecord>> listed = LayerTable.read(directory);
    List<LayerRecord> records =
        listed.orElseGet(() -> List.of(LayerRecord.newest(LayerFiles.FIRST, 0)));
    for (LayerRecord record : records) {
      requireFile(directory.resolve(record.file()));
    }
    SuperblockFile superblock = SuperblockFile.open(directory.resolve(SUPERBLOCK));
    BitmapFile activity = null;
    Layers layers = null;
    try {
      requireIdentity(superblock, identity);
      long size = superblock.current().content().sizeBytes();
      boolean uncached = afterFailure || superblock.current().content().lossy();
      SyncFailure failure = new SyncFailure();
      LayerFiles files = new LayerFiles(directory, environment.threads().slow(), failure);
      activity = openActivity(directory.resolve(ACTIVITY), size);
      layers = files.open(records, size, uncached);
      if (listed.isPresent()) {
        superblock.layered();
      }
      files.sweep(records);
      Stored stored = new Stored(layers, failure);
      return new ReplicaFiles(directory, superblock, activity, stored, environment, afterFailure);
    } catch (IOException | RuntimeException e) {
      if (layers != null) {
        layers.close();
      }
      if (activity != null) {
        activity.close();
      }
      superblock.close();
      throw e;
    }
  }

  private static int activityPages(long sizeBytes) {
    return Math.toIntExact((sizeBytes - 1) / Geometry.REGION_BYTES) / BlockSet.PAGE_BITS + 1;
  }

  private static BitmapFile openActivity(Path path, long sizeBytes) throws IOException {
    BitmapFile file = BitmapFile.open(path, ACTIVITY);
    int needed = activityPages(sizeBytes);
    if (file.pages() < needed) {
      file.close();
      throw new ReplicaFileException(
          ACTIVITY_TOO_SHORT,
          "Activity map %s is too short: it has %d pages, the size of the replica needs %d. Remove the directory of this replica; it is then filled again from the others."
              .formatted(path, file.pages(), needed));
    }
    return file;
  }

  private static void requireFile(Path path) throws ReplicaFileException {
    if (!Files.isRegularFile(path)) {
      throw new ReplicaFileException(
          FILE_MISSING,
          "Replica file %s is missing: part of the replica was removed. Remove the rest of its directory; it is then filled again from the others."
              .formatted(path));
    }
  }

  private static void requireIdentity(SuperblockFile superblock, Identity identity)
      throws ReplicaFileException {
    Superblock found = superblock.current();
    if (!identity.equals(new Identity(found.volume(), found.replica()))) {
      throw new ReplicaFileException(
          WRONG_IDENTITY,
          "Replica header %s belongs to replica %s of %s, not to %s of %s: files were moved or copied between directories. Put them back, or remove the directory."
              .formatted(
                  superblock,
                  found.replica().value(),
                  found.volume().value(),
                  identity.replica().value(),
                  identity.volume().value()));
    }
  }

  private Map<ReplicaId, ReplicaRecord.DirtyMap> openMaps() throws IOException {
    Map<ReplicaId, ReplicaRecord.DirtyMap> opened = new TreeMap<>();
    try (Stream<Path> files = Files.list(directory)) {
      for (Path path : files.filter(ReplicaFiles::isDirtyMap).toList()) {
        ReplicaId absent =
            new ReplicaId(path.getFileName().toString().substring(DIRTY_PREFIX.length()));
        opened.put(absent, openMap(path, absent));
      }
    }
    return opened;
  }

  private static boolean isDirtyMap(Path path) {
    return path.getFileName().toString().startsWith(DIRTY_PREFIX) && BitmapFile.isComplete(path);
  }

  /**
   * A map that cannot be read is a full one, never a missing one: a map opened anew would not know
   * of earlier writes.
   */
  private ReplicaRecord.DirtyMap openMap(Path path, ReplicaId absent) throws IOException {
    BitmapFile file;
    try {
      file = BitmapFile.open(path, absent.value());
    } catch (ReplicaFileException e) {
      if (e.problem() != ReplicaProblem.BITMAP_CORRUPT) {
        throw e;
      }
      BitmapFile.create(path, absent.value(), true, 0, List.of());
      file = BitmapFile.open(path, absent.value());
    }
    maps.put(absent, file);
    return new ReplicaRecord.DirtyMap(file.isFull(), file.read());
  }

  public ReplicaData data() {
    return data;
  }

  public ReplicaSnapshots snapshots() {
    return snapshots;
  }

  /** Under the snapshots' lock, before the first layer list is written. */
  private synchronized void becomeLayered() throws IOException {
    superblock.layered();
    superblock.write(superblock.current());
  }

  public Path directory() {
    return directory;
  }

  /** The record as it was found when the replica was opened. */
  public ReplicaRecord found() {
    return found;
  }

  /**
   * Whether memory was lost since the replica was written to. If so, the next opening says so again
   * until {@link #writeSuperblock} has recorded it.
   */
  public ReplicaRecord.Restart restart() {
    return restart;
  }

  /** Puts on record that content could not be read; the next opening finds it. */
  public synchronized void markUnreadable() throws IOException {
    superblock.write(
        superblock.current().withContent(superblock.current().content().foundUnreadable()));
  }

  public synchronized void writeSuperblock(ReplicaRecord.Superblock content) throws IOException {
    superblock.write(superblock.current().withContent(content).openedIn(boot));
  }

  /**
   * Adds the regions from first to last to the activity map. Behind a region that is active already
   * some more are added at once, because every addition costs a flush of the disk and a log goes on
   * where it is; a region that is active without need is only compared in vain after a crash.
   */
  public synchronized void activate(int first, int last) throws IOException {
    if (isActive(first, last)) {
      return;
    }
    boolean goesOn = first > 0 && activity.contains(first - 1);
    int end = goesOn ? Math.min(last + REGIONS_AHEAD, lastRegion()) : last;
    activity.addAll(first, end);
    activityFile.store(false, pagesWith(first, end));
  }

  private boolean isActive(int first, int last) {
    for (int region = first; region <= last; region++) {
      if (!activity.contains(region)) {
        return false;
      }
    }
    return true;
  }

  private int lastRegion() {
    long sizeBytes = superblock.current().content().sizeBytes();
    return Math.toIntExact((sizeBytes - 1) / Geometry.REGION_BYTES);
  }

  /**
   * Takes regions out of the activity map. Not durable when it returns: after a crash of the
   * machine they may be active again, which costs time only.
   */
  public synchronized void deactivate(BlockSet regions) throws IOException {
    activity.removeAll(regions);
    activityFile.storeLazily(
        regions.pages().stream().map(page -> activity.pageCopy(page.index())).toList());
  }

  private List<BlockSet.Page> pagesWith(int first, int last) {
    return IntStream.rangeClosed(first / BlockSet.PAGE_BITS, last / BlockSet.PAGE_BITS)
        .mapToObj(activity::pageCopy)
        .toList();
  }

  /** Replaces pages of a dirty map; creates the map if there is none. */
  public synchronized void writeMap(ReplicaId absent, boolean full, List<BlockSet.Page> pages)
      throws IOException {
    BitmapFile map = maps.get(absent);
    if (map != null) {
      map.store(full, pages);
      return;
    }
    Path path = mapPath(absent);
    BitmapFile.create(path, absent.value(), full, 0, pages);
    maps.put(absent, BitmapFile.open(path, absent.value()));
  }

  public synchronized void dropMap(ReplicaId absent) throws IOException {
    BitmapFile map = maps.remove(absent);
    if (map != null) {
      map.close();
      Files.delete(mapPath(absent));
      BlockFile.syncDirectory(directory);
    }
  }

  private Path mapPath(ReplicaId absent) {
    return directory.resolve(DIRTY_PREFIX + absent.value());
  }

  /**
   * Grows data and activity map first and writes the superblock with the new size last, so that a
   * crash in between leaves the old size.
   */
  public synchronized void grow(ReplicaRecord.Superblock content) throws IOException {
    long before = superblock.current().content().sizeBytes();
    if (content.sizeBytes() < before || content.sizeBytes() % Geometry.SECTOR_BYTES != 0) {
      throw new ReplicaFileException(
          SIZE_INVALID,
          "Replica %s cannot get %d bytes: it has %d, and a size only grows, by multiples of %d. Correct the volume's size."
              .formatted(directory, content.sizeBytes(), before, Geometry.SECTOR_BYTES));
    }
    activityFile.growTo(activityPages(content.sizeBytes()));
    data.growTo(content.sizeBytes());
    writeSuperblock(content);
  }

  /**
   * Closes after everything was flushed: nothing is suspect after a restart of the machine.
   *
   * @throws IOException if the last flush fails; the files are closed and not marked clean
   */
  public void closeClean() throws IOException {
    snapshots.stop();
    try {
      closeFlushed();
    } finally {
      close();
    }
  }

  private synchronized void closeFlushed() throws IOException {
    data.flushNow();
    superblock.write(superblock.current().closedClean());
  }

  /** Closes as a crash of the process would: nothing is flushed, nothing marked. */
  @Override
  public void close() {
    snapshots.stop();
    closeFiles();
  }

  private synchronized void closeFiles() {
    data.close();
    activityFile.close();
    maps.values().forEach(BitmapFile::close);
    superblock.close();
  }
}
