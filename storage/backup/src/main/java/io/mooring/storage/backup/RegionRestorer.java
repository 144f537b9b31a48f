package io.mooring.storage.backup;

import io.mooring.storage.backup.fault.BackupException;
import io.mooring.storage.backup.fault.Fault;
import io.mooring.storage.backup.format.BlobRef;
import io.mooring.storage.backup.format.BlobType;
import io.mooring.storage.backup.format.Limits;
import io.mooring.storage.backup.format.RegionPage;
import io.mooring.storage.backup.format.Run;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Makes regions of a target what their pages say. Belongs to one thread. */
final class RegionRestorer {

  private final VolumeTarget target;
  private final TransferProgress progress;
  private final BlobReader reader;
  private final ChunkFetcher fetcher;
  private final byte[] present = new byte[Limits.BLOB_BYTES_MAX];

  RegionRestorer(Repository repository, VolumeTarget target, TransferProgress progress) {
    this.target = target;
    this.progress = progress;
    this.reader = new BlobReader(repository);
    this.fetcher = new ChunkFetcher(repository, progress);
  }

  /** Restores what begins in {@code [from, end)} of the volume. */
  void restore(BlobRef page, ByteRange region, long from, long end) throws BackupException {
    RegionPage content = reader.page(page);
    if (content.lengthBytes() != region.lengthBytes()) {
      throw new BackupException(
          Fault.CONTENT_MISMATCH,
          "The page of the region at %d describes another length.".formatted(region.offset()));
    }
    try {
      fill(content, region, from, end);
    } catch (BackupException e) {
      throw e;
    } catch (IOException e) {
      throw failed(region, e);
    }
  }

  private void fill(RegionPage content, ByteRange region, long from, long end) throws IOException {
    List<ByteRange> data = target.data(region);
    List<ChunkFetcher.Wanted> missing = new ArrayList<>();
    long at = region.offset();
    for (Run run : content.runs()) {
      ByteRange range = new ByteRange(at, run.lengthBytes());
      if (at >= from && at < end && !isThere(run, range, data)) {
        switch (run) {
          case Run.Hole _ -> clear(target, range);
          case Run.Chunk(BlobRef ref) -> missing.add(new ChunkFetcher.Wanted(ref, at));
        }
      }
      at += run.lengthBytes();
    }
    fetcher.fetch(
        missing, (wanted, bytes) -> target.write(wanted.offset(), bytes, 0, bytes.length));
  }

  /** Whether the target holds the run, by what it says of its data and what that is. */
  private boolean isThere(Run run, ByteRange range, List<ByteRange> data) throws IOException {
    boolean anyData = data.stream().anyMatch(range::overlaps);
    return switch (run) {
      case Run.Hole _ -> !anyData;
      case Run.Chunk(BlobRef ref) -> anyData && isPresent(ref, range);
    };
  }

  private boolean isPresent(BlobRef ref, ByteRange range) throws IOException {
    int length = (int) range.lengthBytes();
    target.read(range.offset(), present, 0, length);
    return reader.opener().isContent(BlobType.CHUNK, ref, present, 0, length);
  }

  /** Zeroes what is not zeros already, so that holes stay holes. */
  static void clear(VolumeTarget target, ByteRange range) throws IOException {
    for (ByteRange data : target.data(range)) {
      target.zero(data);
    }
  }

  static BackupException failed(ByteRange range, IOException cause) {
    return new BackupException(
        Fault.TARGET_FAILED,
        "Restoring %d bytes at %d: %s."
            .formatted(range.lengthBytes(), range.offset(), cause.getMessage()),
        cause);
  }
}
