package io.mooring.storage.backup;

import io.mooring.storage.backup.fault.BackupException;
import io.mooring.storage.backup.fault.Fault;
import io.mooring.storage.backup.format.BlobRef;
import io.mooring.storage.backup.format.RegionPage;
import io.mooring.storage.backup.format.RootObject;
import io.mooring.storage.backup.format.Run;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Walks a backup from its root to the references to its chunks, without reading these. */
final class BackupTree {

  /** Gets every reference of a backup. */
  interface Visitor {

    /** A map, or a part of an application's object. */
    void blob(BlobRef ref) throws BackupException;

    /**
     * A page.
     *
     * @return whether to read it and go on to its chunks
     */
    boolean page(BlobRef ref) throws BackupException;

    void chunk(BlobRef ref) throws BackupException;
  }

  private final BlobReader reader;

  BackupTree(BlobReader reader) {
    this.reader = reader;
  }

  void walk(RootObject.Complete root, Visitor visitor) throws BackupException {
    for (RootObject.ApplicationObject object : root.objects()) {
      for (BlobRef part : object.parts()) {
        visitor.blob(part);
      }
    }
    for (RootObject.VolumeRoot volume : root.volumes()) {
      for (BlobRef map : volume.maps()) {
        visitor.blob(map);
        for (Optional<BlobRef> page : reader.map(map).pages()) {
          if (page.isPresent() && visitor.page(page.get())) {
            walk(reader.page(page.get()), visitor);
          }
        }
      }
    }
  }

  private static void walk(RegionPage page, Visitor visitor) throws BackupException {
    for (Run run : page.runs()) {
      if (run instanceof Run.Chunk(BlobRef ref)) {
        visitor.chunk(ref);
      }
    }
  }

  /**
   * Pages of all regions of a volume, in order; absent where a region is all zeros.
   *
   * @throws BackupException also if there are more or fewer pages than the volume has regions
   */
  List<Optional<BlobRef>> pages(RootObject.VolumeRoot volume) throws BackupException {
    List<Optional<BlobRef>> pages = new ArrayList<>();
    for (BlobRef ref : volume.maps()) {
      pages.addAll(reader.map(ref).pages());
    }
    int regions = RootObject.VolumeRoot.regionsOf(volume.sizeBytes());
    if (pages.size() != regions) {
      throw new BackupException(
          Fault.CONTENT_MISMATCH,
          "Volume '%s' has %d regions and %d pages."
              .formatted(volume.name(), regions, pages.size()));
    }
    return pages;
  }
}
