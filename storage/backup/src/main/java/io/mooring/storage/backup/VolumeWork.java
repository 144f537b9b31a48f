package io.mooring.storage.backup;

import io.mooring.storage.backup.fault.BackupException;
import io.mooring.storage.backup.format.BlobRef;
import io.mooring.storage.backup.format.Limits;
import io.mooring.storage.backup.format.PackEntry.RegionLabel;
import io.mooring.storage.backup.format.RootObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** One volume of a backup being written: what is known of it before and what was found. */
final class VolumeWork {

  private final BackupRequest.Volume volume;
  private final List<Optional<BlobRef>> before;
  private final long sizeBefore;

  /** A region that is all zeros has no page. */
  private final AtomicReferenceArray<@Nullable BlobRef> pages;

  private final LongAdder contentBytes = new LongAdder();

  private VolumeWork(BackupRequest.Volume volume, List<Optional<BlobRef>> before, long sizeBefore) {
    this.volume = volume;
    this.before = before;
    this.sizeBefore = sizeBefore;
    this.pages =
        new AtomicReferenceArray<>(RootObject.VolumeRoot.regionsOf(volume.source().sizeBytes()));
  }

  /** Looks the baseline up; one that is gone or damaged is none. */
  static VolumeWork plan(Repository repository, BackupRequest.Volume volume)
      throws BackupException {
    List<VolumeWork> found = new ArrayList<>();
    if (volume.baseline().isPresent()) {
      String name = volume.baseline().get().backup();
      KnownBlobs.ifUndamaged(() -> {
        for (RootObject.VolumeRoot earlier : repository.backup(name).volumes()) {
          if (earlier.name().equals(volume.name())) {
            List<Optional<BlobRef>> pages =
                new BackupTree(new BlobReader(repository)).pages(earlier);
            found.add(new VolumeWork(volume, pages, earlier.sizeBytes()));
          }
        }
      });
    }
    return found.isEmpty() ? new VolumeWork(volume, List.of(), 0) : found.getFirst();
  }

  BackupRequest.Volume volume() {
    return volume;
  }

  int regions() {
    return pages.length();
  }

  /** Content of the regions that are dealt with. */
  long contentBytes() {
    return contentBytes.sum();
  }

  ByteRange range(int region) {
    long offset = (long) region * Limits.REGION_BYTES;
    return new ByteRange(
        offset, Math.min(Limits.REGION_BYTES, volume.source().sizeBytes() - offset));
  }

  /** Finds the region's page: finished before, unchanged, or by reading the region. */
  void page(RegionLabel label, KnownBlobs known, RegionWriter writer) throws BackupException {
    int region = label.region();
    ByteRange range = range(region);
    int length = (int) range.lengthBytes();
    Optional<StoredPage> page = known.finished(label, length);
    if (page.isEmpty() && isUnchanged(region, range)) {
      Optional<BlobRef> earlier = before.get(region);
      if (earlier.isEmpty()) {
        return;
      }
      page = known.usable(earlier.get(), length);
    }
    if (page.isEmpty()) {
      page = writer.write(label, volume.source(), range);
    }
    if (page.isPresent()) {
      pages.set(region, page.get().ref());
      contentBytes.add(page.get().contentBytes());
    }
  }

  private boolean isUnchanged(int region, ByteRange range) {
    return region < before.size()
        && range.end() <= sizeBefore
        && volume.baseline().orElseThrow().changed().stream().noneMatch(range::overlaps);
  }

  /** Pages in the portions that maps take. */
  List<List<Optional<BlobRef>>> pagesByMap() {
    List<List<Optional<BlobRef>>> maps = new ArrayList<>();
    for (int first = 0; first < pages.length(); first += Limits.MAP_REGIONS_MAX) {
      List<Optional<BlobRef>> map = new ArrayList<>();
      for (int i = first; i < Math.min(pages.length(), first + Limits.MAP_REGIONS_MAX); i++) {
        map.add(Optional.ofNullable(pages.get(i)));
      }
      maps.add(map);
    }
    return maps;
  }
}
