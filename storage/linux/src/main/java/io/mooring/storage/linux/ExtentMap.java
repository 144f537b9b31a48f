package io.mooring.storage.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Asks the file system which parts of a file were written (FS_IOC_FIEMAP).
 *
 * <p>SEEK_DATA is not enough where the answer must be exact: a crash leaves extents that are
 * reserved and not written, and once read-ahead has put their zeros into the page cache, SEEK_DATA
 * takes them for data.
 */
final class ExtentMap {
  private static final long FS_IOC_FIEMAP = 0xC020660BL;

  private static final int EXTENTS_MAX = 512;
  private static final long HEADER_BYTES = 32;
  private static final long EXTENT_BYTES = 56;

  // struct fiemap
  private static final long START = 0;
  private static final long LENGTH = 8;
  private static final long FLAGS = 16;
  private static final long MAPPED = 20;
  private static final long COUNT = 24;
  private static final int FLAG_SYNC = 1;

  // struct fiemap_extent
  private static final long EXTENT_LOGICAL = 0;
  private static final long EXTENT_LENGTH = 16;
  private static final long EXTENT_FLAGS = 40;
  private static final int EXTENT_LAST = 1;
  private static final int EXTENT_NOT_ON_DISK = 2 | 4;
  private static final int EXTENT_UNWRITTEN = 0x800;

  private ExtentMap() {}

  static void visit(int fd, Descriptor file, long from, long to, BlockFile.ExtentVisitor visitor)
      throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment map = arena.allocate(HEADER_BYTES + EXTENTS_MAX * EXTENT_BYTES, 8);
      long position = from;
      while (position < to) {
        int mapped = ask(fd, file, map, position, to);
        if (mapped == 0) {
          return;
        }
        for (int i = 0; i < mapped; i++) {
          MemorySegment extent = map.asSlice(HEADER_BYTES + i * EXTENT_BYTES, EXTENT_BYTES);
          position = visit(file, extent, position, to, visitor);
        }
        MemorySegment last = map.asSlice(HEADER_BYTES + (mapped - 1) * EXTENT_BYTES, EXTENT_BYTES);
        if ((last.get(JAVA_INT, EXTENT_FLAGS) & EXTENT_LAST) != 0) {
          return;
        }
      }
    }
  }

  private static int ask(int fd, Descriptor file, MemorySegment map, long from, long to)
      throws LinuxException {
    int result;
    do {
      map.set(JAVA_LONG, START, from);
      map.set(JAVA_LONG, LENGTH, to - from);
      map.set(JAVA_INT, FLAGS, FLAG_SYNC);
      map.set(JAVA_INT, MAPPED, 0);
      map.set(JAVA_INT, COUNT, EXTENTS_MAX);
      result = DeviceCalls.ioctl(fd, FS_IOC_FIEMAP, map);
    } while (CLibrary.interrupted(result));
    CLibrary.check(result, "FS_IOC_FIEMAP", file);
    return map.get(JAVA_INT, MAPPED);
  }

  /** Returns where the next extent may begin. */
  private static long visit(
      Descriptor file, MemorySegment extent, long from, long to, BlockFile.ExtentVisitor visitor)
      throws IOException {
    int flags = extent.get(JAVA_INT, EXTENT_FLAGS);
    long logical = extent.get(JAVA_LONG, EXTENT_LOGICAL);
    long start = Math.max(from, logical);
    long end = Math.min(to, logical + extent.get(JAVA_LONG, EXTENT_LENGTH));
    if ((flags & EXTENT_NOT_ON_DISK) != 0) {
      throw new IOException(
          "%s has an extent at %d that is not on the disk after a sync".formatted(file, logical));
    }
    if ((flags & EXTENT_UNWRITTEN) == 0 && end > start) {
      visitor.extent(start, end - start);
    }
    return Math.max(from, end);
  }
}
