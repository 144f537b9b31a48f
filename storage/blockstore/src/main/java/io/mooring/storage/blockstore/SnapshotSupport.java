package io.mooring.storage.blockstore;

import static io.mooring.storage.blockstore.PresentBlocks.BLOCK_BYTES;

import io.mooring.storage.linux.BlockFile;
import io.mooring.storage.linux.Filesystems;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Finds out whether a file system can hold layers: it must give space in blocks of exactly 4 KiB
 * and be able to say which of them were written. Larger blocks would hide older data around a
 * write, smaller ones could be torn by a power cut.
 */
final class SnapshotSupport {

  private static final String PROBE = ".snapshot-probe";
  private static final long FILE_BYTES = 1 << 20;
  private static final long FIRST = 2 * BLOCK_BYTES;
  private static final long SECOND = 100 * BLOCK_BYTES;

  private SnapshotSupport() {}

  /** Why not, or empty if it can. */
  static Optional<String> missing(Path directory) {
    try {
      long blockBytes = Filesystems.blockBytes(directory);
      if (blockBytes != BLOCK_BYTES) {
        return Optional.of("its file system has blocks of %d bytes".formatted(blockBytes));
      }
      return probe(directory.resolve(PROBE))
          ? Optional.empty()
          : Optional.of("its file system gives space in other units than its blocks");
    } catch (IOException e) {
      return Optional.of("its file system cannot say what was written: " + e.getMessage());
    }
  }

  private static boolean probe(Path path) throws IOException {
    Files.deleteIfExists(path);
    try (BlockFile file = BlockFile.open(path, BlockFile.Access.CREATE_NEW);
        Arena arena = Arena.ofConfined()) {
      MemorySegment block = arena.allocate(BLOCK_BYTES, BLOCK_BYTES);
      file.truncate(FILE_BYTES);
      file.write(FIRST, block);
      file.write(SECOND, block);
      if (!written(file).equals(List.of(FIRST, (long) BLOCK_BYTES, SECOND, (long) BLOCK_BYTES))) {
        return false;
      }
      file.punchHole(FIRST, BLOCK_BYTES);
      return written(file).equals(List.of(SECOND, (long) BLOCK_BYTES));
    } finally {
      Files.deleteIfExists(path);
    }
  }

  private static List<Long> written(BlockFile file) throws IOException {
    List<Long> extents = new ArrayList<>();
    file.visitWritten(
        0,
        FILE_BYTES,
        (offset, length) -> {
          extents.add(offset);
          extents.add(length);
        });
    return extents;
  }
}
