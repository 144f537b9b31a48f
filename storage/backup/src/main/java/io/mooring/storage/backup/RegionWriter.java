package io.mooring.storage.backup;

import io.mooring.storage.backup.fault.BackupException;
import io.mooring.storage.backup.fault.Fault;
import io.mooring.storage.backup.format.BlobRef;
import io.mooring.storage.backup.format.BlobType;
import io.mooring.storage.backup.format.Chunker;
import io.mooring.storage.backup.format.Limits;
import io.mooring.storage.backup.format.PackEntry.RegionLabel;
import io.mooring.storage.backup.format.RegionPage;
import io.mooring.storage.backup.format.Run;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Reads regions, cuts them into holes and chunks and stores these. Belongs to one thread. */
final class RegionWriter {

  private final PackOutlet outlet;
  private final Chunker chunker;
  private final TransferProgress progress;
  private final byte[] bytes = new byte[Limits.REGION_BYTES];

  RegionWriter(PackOutlet outlet, Chunker chunker, TransferProgress progress) {
    this.outlet = outlet;
    this.chunker = chunker;
    this.progress = progress;
  }

  /** Stores a region; empty if it is all zeros. */
  Optional<StoredPage> write(RegionLabel label, VolumeSource source, ByteRange region)
      throws BackupException {
    if (!read(source, region)) {
      return Optional.empty();
    }
    int length = (int) region.lengthBytes();
    List<Run> runs = new ArrayList<>();
    int at = 0;
    while (at < length) {
      int hole = zeros(at, length);
      if (hole >= Limits.HOLE_BYTES_MIN || at + hole == length) {
        if (hole > 0) {
          runs.add(new Run.Hole(hole));
        }
        at += hole;
      } else {
        int end = endOfContent(at + hole, length);
        storeChunks(at, end, runs);
        at = end;
      }
    }
    if (runs.stream().allMatch(Run.Hole.class::isInstance)) {
      return Optional.empty();
    }
    RegionPage page = new RegionPage(length, runs);
    byte[] encoded = page.encode();
    BlobRef ref = outlet.store(BlobType.PAGE, Optional.of(label), encoded, 0, encoded.length);
    return Optional.of(StoredPage.of(ref, page));
  }

  private void storeChunks(int from, int end, List<Run> runs) throws BackupException {
    progress.content(end - from);
    for (int at = from; at < end; ) {
      int cut = chunker.cut(bytes, at, end);
      runs.add(new Run.Chunk(outlet.store(BlobType.CHUNK, Optional.empty(), bytes, at, cut - at)));
      at = cut;
    }
  }

  /** Fills {@link #bytes}; false if the source says that there is nothing but zeros. */
  private boolean read(VolumeSource source, ByteRange region) throws BackupException {
    try {
      List<ByteRange> data = source.data(region);
      if (data.isEmpty()) {
        return false;
      }
      Arrays.fill(bytes, (byte) 0);
      for (ByteRange range : data) {
        int at = (int) (range.offset() - region.offset());
        source.read(range.offset(), bytes, at, (int) range.lengthBytes());
      }
      return true;
    } catch (BackupException e) {
      // A source that is itself in the store knows better what is wrong.
      throw e;
    } catch (IOException e) {
      throw new BackupException(
          Fault.SOURCE_FAILED,
          "Reading %d bytes at %d: %s."
              .formatted(region.lengthBytes(), region.offset(), e.getMessage()),
          e);
    }
  }

  /** End of the content that begins at {@code from}: where a hole begins, or the region ends. */
  private int endOfContent(int from, int length) {
    int at = from;
    while (at < length) {
      at = Math.min(length, blockEnd(at));
      int zeros = zeros(at, length);
      if (zeros >= Limits.HOLE_BYTES_MIN || (zeros > 0 && at + zeros == length)) {
        return at;
      }
      at += zeros;
    }
    return length;
  }

  /** Bytes of whole zero blocks from {@code from} on. */
  private int zeros(int from, int length) {
    int at = from;
    while (at < length) {
      int end = Math.min(length, blockEnd(at));
      if (!isZero(at, end)) {
        break;
      }
      at = end;
    }
    return at - from;
  }

  private static int blockEnd(int at) {
    return (at / Limits.BLOCK_BYTES + 1) * Limits.BLOCK_BYTES;
  }

  private boolean isZero(int from, int end) {
    return bytes[from] == 0 && Arrays.equals(bytes, from, end - 1, bytes, from + 1, end);
  }
}
