package io.mooring.storage.backup;

import io.mooring.storage.backup.fault.BackupException;
import io.mooring.storage.backup.fault.Fault;
import io.mooring.storage.backup.format.BlobRef;
import io.mooring.storage.backup.format.BlobType;
import io.mooring.storage.backup.format.Limits;
import io.mooring.storage.backup.format.RegionPage;
import io.mooring.storage.backup.format.RootObject;
import io.mooring.storage.backup.format.Run;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * Reads a restored volume and compares it with what the backup's root says (I8). Of the store it
 * needs the pages only, since these name the content of each chunk by its hash.
 */
public final class TargetCheck {

  private final Repository repository;
  private final String backup;
  private final String volume;
  private final VolumeSource target;
  private final int workers;

  public TargetCheck(
      Repository repository, String backup, String volume, VolumeSource target, int workers) {
    this.repository = repository;
    this.backup = backup;
    this.volume = volume;
    this.target = target;
    this.workers = workers;
  }

  /**
   * On return every byte of the volume has been read and is what was backed up.
   *
   * @throws BackupException TARGET_DIFFERS with the first place that is not; or what kept it from
   *     being read
   */
  public void run() throws BackupException {
    RootObject.VolumeRoot root = RestoreJob.find(repository, backup, volume);
    List<Optional<BlobRef>> pages = new BackupTree(new BlobReader(repository)).pages(root);
    new Workers(workers)
        .run(
            "check-" + backup + "-",
            pages.size(),
            () -> {
              BlobReader reader = new BlobReader(repository);
              byte[] buffer = new byte[Limits.BLOB_BYTES_MAX];
              return number ->
                  check(reader, pages.get(number), RestoreJob.range(root, number), buffer);
            });
  }

  private void check(BlobReader reader, Optional<BlobRef> page, ByteRange region, byte[] buffer)
      throws BackupException {
    try {
      if (page.isEmpty()) {
        zeros(region, buffer);
        return;
      }
      RegionPage content = reader.page(page.get());
      long at = region.offset();
      for (Run run : content.runs()) {
        ByteRange range = new ByteRange(at, run.lengthBytes());
        switch (run) {
          case Run.Hole _ -> zeros(range, buffer);
          case Run.Chunk(BlobRef ref) -> chunk(reader, ref, range, buffer);
        }
        at += run.lengthBytes();
      }
    } catch (BackupException e) {
      throw e;
    } catch (IOException e) {
      throw new BackupException(
          Fault.TARGET_FAILED,
          "Reading %d bytes at %d: %s."
              .formatted(region.lengthBytes(), region.offset(), e.getMessage()),
          e);
    }
  }

  private void chunk(BlobReader reader, BlobRef ref, ByteRange range, byte[] buffer)
      throws IOException {
    int length = (int) range.lengthBytes();
    target.read(range.offset(), buffer, 0, length);
    if (!reader.opener().isContent(BlobType.CHUNK, ref, buffer, 0, length)) {
      throw differs(range);
    }
  }

  private void zeros(ByteRange range, byte[] buffer) throws IOException {
    for (ByteRange data : target.data(range)) {
      long from = Math.max(range.offset(), data.offset());
      long end = Math.min(range.end(), data.end());
      while (from < end) {
        int length = (int) Math.min(buffer.length, end - from);
        target.read(from, buffer, 0, length);
        for (int i = 0; i < length; i++) {
          if (buffer[i] != 0) {
            throw differs(range);
          }
        }
        from += length;
      }
    }
  }

  private BackupException differs(ByteRange range) {
    return new BackupException(
        Fault.TARGET_DIFFERS,
        "Volume '%s' of backup '%s' differs in the %d bytes at %d."
            .formatted(volume, backup, range.lengthBytes(), range.offset()));
  }
}
