package io.mooring.storage.backup;

import io.mooring.storage.backup.fault.BackupException;
import io.mooring.storage.backup.format.BlobRef;
import io.mooring.storage.backup.format.BlobType;
import io.mooring.storage.backup.format.Limits;
import io.mooring.storage.backup.format.RegionPage;
import io.mooring.storage.backup.format.RootObject;
import io.mooring.storage.backup.format.Run;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Reads a backup as a restore would and tells all that is lost. Root, maps and pages are always
 * read; of the regions, all or a sample.
 */
public final class VerifyJob {

  /** Remembers which chunks were read; beyond that some are read again. */
  private static final long SEEN_BYTES = 64L << 20;

  private final Repository repository;
  private final String backup;
  private final double fraction;
  private final long seed;
  private final int workers;
  private final TransferProgress progress;
  private final ChunkIndex seen = new ChunkIndex(SEEN_BYTES);
  private final LongAdder chunks = new LongAdder();
  private final LongAdder chunksRead = new LongAdder();
  private final LongAdder bytesRead = new LongAdder();
  private final List<VerifyReport.Damage> damages = new ArrayList<>();
  private final ReentrantLock lock = new ReentrantLock();

  private record Region(String volume, ByteRange range, BlobRef page, boolean sampled) {}

  /**
   * @param fraction of the regions whose chunks are read, 1 for all
   * @param seed which regions these are
   */
  public VerifyJob(
      Repository repository,
      String backup,
      double fraction,
      long seed,
      int workers,
      TransferProgress progress) {
    this.repository = repository;
    this.backup = backup;
    this.fraction = fraction;
    this.seed = seed;
    this.workers = workers;
    this.progress = progress;
  }

  /**
   * Checks the backup.
   *
   * @throws BackupException if the store does not let itself be read, or there is no such backup
   */
  public VerifyReport run() throws BackupException {
    RootObject.Complete root = repository.backup(backup);
    BlobReader reader = new BlobReader(repository);
    for (RootObject.ApplicationObject object : root.objects()) {
      checkObject(reader, object);
    }
    List<Region> regions = new ArrayList<>();
    for (RootObject.VolumeRoot volume : root.volumes()) {
      regions.addAll(regionsOf(reader, volume));
    }
    new Workers(workers)
        .run(
            "verify-" + backup + "-",
            regions.size(),
            () -> {
              BlobReader own = new BlobReader(repository);
              ChunkFetcher fetcher = new ChunkFetcher(repository, progress);
              return number -> check(own, fetcher, regions.get(number));
            });
    return new VerifyReport(chunks.sum(), chunksRead.sum(), bytesRead.sum(), damages);
  }

  private void checkObject(BlobReader reader, RootObject.ApplicationObject object)
      throws BackupException {
    for (BlobRef part : object.parts()) {
      try {
        reader.read(BlobType.OBJECT, part);
      } catch (BackupException e) {
        damage(object.name(), 0, part.plainBytes(), e);
      }
    }
  }

  private List<Region> regionsOf(BlobReader reader, RootObject.VolumeRoot volume)
      throws BackupException {
    List<Region> regions = new ArrayList<>();
    progress.toDo(volume.sizeBytes());
    List<Optional<BlobRef>> pages;
    try {
      pages = new BackupTree(reader).pages(volume);
    } catch (BackupException e) {
      damage(volume.name(), 0, volume.sizeBytes(), e);
      return regions;
    }
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < pages.size(); i++) {
      long offset = (long) i * Limits.REGION_BYTES;
      long length = Math.min(Limits.REGION_BYTES, volume.sizeBytes() - offset);
      boolean sampled = random.nextDouble() < fraction;
      if (pages.get(i).isPresent()) {
        ByteRange range = new ByteRange(offset, length);
        regions.add(new Region(volume.name(), range, pages.get(i).get(), sampled));
      } else {
        progress.done(length);
      }
    }
    return regions;
  }

  private void check(BlobReader reader, ChunkFetcher fetcher, Region region)
      throws BackupException {
    RegionPage page;
    try {
      page = reader.page(region.page());
    } catch (BackupException e) {
      damage(region.volume(), region.range().offset(), region.range().lengthBytes(), e);
      return;
    }
    List<ChunkFetcher.Wanted> wanted = new ArrayList<>();
    long at = region.range().offset();
    for (Run run : page.runs()) {
      if (run instanceof Run.Chunk(BlobRef ref)) {
        chunks.increment();
        if (region.sampled() && seen.find(ref.id()).filter(ref::equals).isEmpty()) {
          wanted.add(new ChunkFetcher.Wanted(ref, at));
        }
      }
      at += run.lengthBytes();
    }
    for (List<ChunkFetcher.Wanted> group : ChunkFetcher.groups(wanted)) {
      check(fetcher, region.volume(), group);
    }
    progress.done(region.range().lengthBytes());
  }

  /** A group that does not come whole is fetched one by one, to tell what is lost and what not. */
  private void check(ChunkFetcher fetcher, String volume, List<ChunkFetcher.Wanted> group)
      throws BackupException {
    try {
      fetcher.fetch(group, this::good);
    } catch (BackupException e) {
      if (group.size() > 1 && e.fault().isDamage()) {
        for (ChunkFetcher.Wanted one : group) {
          check(fetcher, volume, List.of(one));
        }
      } else {
        damage(volume, group.getFirst().offset(), group.getFirst().ref().plainBytes(), e);
      }
    } catch (IOException e) {
      throw new IllegalStateException("a check writes nothing", e);
    }
  }

  private void good(ChunkFetcher.Wanted wanted, byte[] content) {
    if (seen.find(wanted.ref().id()).isEmpty()) {
      seen.add(wanted.ref());
      chunksRead.increment();
      bytesRead.add(content.length);
    }
  }

  /** Notes damage; whatever else went wrong ends the check. */
  private void damage(String place, long offset, long length, BackupException e)
      throws BackupException {
    if (!e.fault().isDamage()) {
      throw e;
    }
    lock.lock();
    try {
      if (damages.size() < VerifyReport.DAMAGES_MAX) {
        damages.add(new VerifyReport.Damage(place, offset, length, e.fault(), e.getMessage()));
      }
    } finally {
      lock.unlock();
    }
  }
}
