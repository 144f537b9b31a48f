package io.mooring.storage.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/**
 * The parts of statx(2) in use. statx rather than fstat because its structure is the same on every
 * architecture.
 */
record FileStatus(long size, long allocatedBytes, int mode, long inode, long device) {
  private static final long STRUCT_SIZE = 256;
  private static final long MODE = 28;
  private static final long INODE = 32;
  private static final long SIZE = 40;
  private static final long BLOCKS = 48;
  private static final long DEVICE_MAJOR = 136;
  private static final long DEVICE_MINOR = 140;

  private static final int TYPE_MASK = 0170000;
  private static final int TYPE_BLOCK_DEVICE = 0060000;

  /** st_blocks counts units of 512 bytes whatever the file system's block size is. */
  private static final long BLOCK_UNIT = 512;

  static FileStatus of(Descriptor descriptor) throws LinuxException {
    int fd = descriptor.enter();
    try (Arena arena = Arena.ofConfined()) {
      return query(fd, arena.allocateFrom(""), FileCalls.AT_EMPTY_PATH, arena, descriptor);
    } finally {
      descriptor.exit();
    }
  }

  /** Asks the file system itself, past any attribute cache. */
  static FileStatus of(Path path) throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment name = CLibrary.cString(arena, path);
      return query(FileCalls.AT_FDCWD, name, FileCalls.AT_STATX_FORCE_SYNC, arena, path);
    }
  }

  boolean isBlockDevice() {
    return (mode & TYPE_MASK) == TYPE_BLOCK_DEVICE;
  }

  private static FileStatus query(
      int directory, MemorySegment name, int flags, Arena arena, Object subject)
      throws LinuxException {
    MemorySegment status = arena.allocate(STRUCT_SIZE, 8);
    CLibrary.check(
        FileCalls.statx(directory, name, flags, FileCalls.STATX_BASIC_STATS, status),
        "statx",
        subject);
    return new FileStatus(
        status.get(JAVA_LONG, SIZE),
        status.get(JAVA_LONG, BLOCKS) * BLOCK_UNIT,
        Short.toUnsignedInt(status.get(JAVA_SHORT, MODE)),
        status.get(JAVA_LONG, INODE),
        encodeDevice(status.get(JAVA_INT, DEVICE_MAJOR), status.get(JAVA_INT, DEVICE_MINOR)));
  }

  /** The kernel's own 64-bit encoding, as loop devices report it. */
  private static long encodeDevice(int major, int minor) {
    return (minor & 0xffL) | ((long) major << 8) | ((minor & ~0xffL) << 12);
  }
}
