package io.mooring.storage.backup;

import io.mooring.storage.backup.fault.BackupException;
import io.mooring.storage.backup.fault.Fault;
import io.mooring.storage.backup.format.BlobRef;
import io.mooring.storage.backup.format.Limits;
import io.mooring.storage.backup.format.RootObject;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * Restores one volume. Every chunk is proved to be what the root says before it is written (I8).
 *
 * <p>The first bytes are cleared at the beginning and written at the end, after everything else is
 * durable: they hold the superblock, so that a volume restored in part cannot be mounted. Other
 * content that the target holds already is not fetched, so that a run after a crash goes on where
 * the other stopped, and an old copy is brought up to date at the price of its differences.
 */
public final class RestoreJob {

  /** Every file system has its superblock in here. */
  private static final int HEAD_BYTES = 64 << 10;

  private final Repository repository;
  private final String backup;
  private final String volume;
  private final VolumeTarget target;
  private final int workers;
  private final TransferProgress progress;

  public RestoreJob(
      Repository repository,
      String backup,
      String volume,
      VolumeTarget target,
      int workers,
      TransferProgress progress) {
    this.repository = repository;
    this.backup = backup;
    this.volume = volume;
    this.target = target;
    this.workers = workers;
    this.progress = progress;
  }

  /**
   * On return the target holds the volume, durably.
   *
   * @throws BackupException otherwise, whatever the target holds then
   */
  public RootObject.VolumeRoot run() throws BackupException {
    RootObject.VolumeRoot root = find(repository, backup, volume);
    if (target.sizeBytes() < root.sizeBytes()) {
      throw new BackupException(
          Fault.TARGET_TOO_SMALL,
          "Volume '%s' has %d bytes, the target has %d."
              .formatted(volume, root.sizeBytes(), target.sizeBytes()));
    }
    List<Optional<BlobRef>> pages = new BackupTree(new BlobReader(repository)).pages(root);
    if (pages.isEmpty()) {
      return root;
    }
    progress.toDo(root.sizeBytes());
    ByteRange head = new ByteRange(0, Math.min(HEAD_BYTES, root.sizeBytes()));
    clear(head);
    flush();
    restore(root, pages, head.end());
    flush();
    if (pages.getFirst().isPresent()) {
      new RegionRestorer(repository, target, progress)
          .restore(pages.getFirst().get(), range(root, 0), 0, head.end());
    }
    flush();
    return root;
  }

  static RootObject.VolumeRoot find(Repository repository, String backup, String volume)
      throws BackupException {
    return repository.backup(backup).volumes().stream()
        .filter(candidate -> candidate.name().equals(volume))
        .findFirst()
        .orElseThrow(() ->
            new BackupException(
                Fault.NO_VOLUME, "Backup '%s', volume '%s'.".formatted(backup, volume)));
  }

  /** Restores all that begins at {@code from} or behind. */
  private void restore(RootObject.VolumeRoot root, List<Optional<BlobRef>> pages, long from)
      throws BackupException {
    new Workers(workers)
        .run(
            "restore-" + backup + "-",
            pages.size(),
            () -> {
              RegionRestorer restorer = new RegionRestorer(repository, target, progress);
              return number -> {
                ByteRange range = range(root, number);
                Optional<BlobRef> page = pages.get(number);
                if (page.isPresent()) {
                  restorer.restore(page.get(), range, from, Long.MAX_VALUE);
                } else {
                  clear(range);
                }
                progress.done(range.lengthBytes());
              };
            });
  }

  static ByteRange range(RootObject.VolumeRoot root, int region) {
    long offset = (long) region * Limits.REGION_BYTES;
    return new ByteRange(offset, Math.min(Limits.REGION_BYTES, root.sizeBytes() - offset));
  }

  private void clear(ByteRange range) throws BackupException {
    try {
      RegionRestorer.clear(target, range);
    } catch (IOException e) {
      throw RegionRestorer.failed(range, e);
    }
  }

  private void flush() throws BackupException {
    try {
      target.flush();
    } catch (IOException e) {
      throw new BackupException(
          Fault.TARGET_FAILED, "Flushing the target: %s.".formatted(e.getMessage()), e);
    }
  }
}
