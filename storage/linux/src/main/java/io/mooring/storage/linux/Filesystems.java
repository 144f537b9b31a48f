package io.mooring.storage.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import io.mooring.storage.linux.FilesystemException.Reason;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** Recognises, makes, grows and measures file systems. */
public final class Filesystems {
  /** Every format in use keeps its labels within this distance of the start or the end. */
  private static final long LABEL_AREA = 1 << 20;

  private static final int XFS_MAGIC = 0x42534658; // "XFSB" read as little-endian
  private static final long XFS_IN_PROGRESS = 126;
  private static final long EXT_SUPERBLOCK = 1024;
  private static final long EXT_MAGIC_OFFSET = EXT_SUPERBLOCK + 56;
  private static final short EXT_MAGIC = (short) 0xEF53;
  private static final long EXT_INCOMPATIBLE_FEATURES = EXT_SUPERBLOCK + 96;
  private static final int EXT4_EXTENTS = 0x40;

  // Offsets within the ext4 superblock, which is 1024 bytes long.
  private static final long EXT_BLOCKS_LOW = 4;
  private static final long EXT_LOG_BLOCK_SIZE = 24;
  private static final long EXT_BLOCKS_HIGH = 336;

  private static final long FITRIM = 0xC0185879L;
  private static final int CAP_SYS_RESOURCE = 24;

  private Filesystems() {}

  /** Reads the device itself; never changes it. */
  public static DeviceContent probe(Path device) throws IOException {
    try (BlockFile file = BlockFile.open(device, BlockFile.Access.READ_ONLY);
        Arena arena = Arena.ofConfined()) {
      long size = file.size();
      long labels = Math.min(LABEL_AREA, size);
      MemorySegment head = arena.allocate(LABEL_AREA, 8);
      file.readFully(0, head.asSlice(0, labels));
      if (head.get(JAVA_INT, 0) == XFS_MAGIC) {
        // mkfs.xfs sets this mark first and clears it last.
        boolean halfMade = head.get(JAVA_BYTE, XFS_IN_PROGRESS) != 0;
        return halfMade
            ? new DeviceContent.Unknown()
            : new DeviceContent.Formatted(FilesystemType.XFS);
      }
      if (head.get(JAVA_SHORT, EXT_MAGIC_OFFSET) == EXT_MAGIC) {
        boolean ext4 = (head.get(JAVA_INT, EXT_INCOMPATIBLE_FEATURES) & EXT4_EXTENTS) != 0;
        return ext4
            ? new DeviceContent.Formatted(FilesystemType.EXT4)
            : new DeviceContent.Unknown();
      }
      MemorySegment tail = arena.allocate(labels);
      file.readFully(size - labels, tail);
      MemorySegment zeros = arena.allocate(LABEL_AREA);
      boolean blank = head.mismatch(zeros) == -1 && tail.mismatch(zeros.asSlice(0, labels)) == -1;
      return blank ? new DeviceContent.Blank() : new DeviceContent.Unknown();
    }
  }

  /**
   * Makes a file system on a blank device.
   *
   * @throws FilesystemException NOT_BLANK when anything at all is on the device
   */
  public static void format(Path device, FilesystemType type, Duration limit) throws IOException {
    DeviceContent content = probe(device);
    if (!(content instanceof DeviceContent.Blank)) {
      throw new FilesystemException(
          Reason.NOT_BLANK,
          "%s is not blank (%s): it was not formatted. Wipe it first if its data is not needed."
              .formatted(device, content));
    }
    String name = device.toString();
    // No discards: the device is all zeros. No blocks for root only: the volume has one user.
    List<String> command =
        switch (type) {
          case EXT4 ->
              List.of(
                  "mkfs.ext4", "-q", "-F", "-m", "0", "-E", "lazy_itable_init=1,nodiscard", name);
          case XFS -> List.of("mkfs.xfs", "-q", "-K", name);
        };
    Tool.run(command, limit);
  }

  /** Grows a mounted file system to the size of its device. Does nothing when it has that size. */
  public static void grow(Path device, Path mountPoint, FilesystemType type, Duration limit)
      throws IOException {
    switch (type) {
      case XFS -> Tool.run(List.of("xfs_growfs", mountPoint.toString()), limit);
      case EXT4 -> {
        if (fillsItsDevice(device)) {
          return;
        }
        checkGrowsMounted(device, mountPoint, type);
        Tool.run(List.of("resize2fs", device.toString()), limit);
      }
    }
  }

  /**
   * Whether this process may grow a mounted file system of a type at all. The kernel asks for the
   * capability of the machine itself: that of a user namespace does not count.
   *
   * @throws FilesystemException CAPABILITY_MISSING
   */
  static void checkGrowsMounted(Path device, Path mountPoint, FilesystemType type)
      throws IOException {
    if (type == FilesystemType.EXT4 && !hasCapability(CAP_SYS_RESOURCE)) {
      throw new FilesystemException(
          Reason.CAPABILITY_MISSING,
          "ext4 on %s at %s cannot grow while mounted: the kernel demands CAP_SYS_RESOURCE. Run the agent with this capability, use xfs, or unmount it and run resize2fs %s."
              .formatted(device, mountPoint, device));
    }
  }

  /** ext4 keeps its superblock in the device's own cache, so this is right while it is mounted. */
  private static boolean fillsItsDevice(Path device) throws IOException {
    try (BlockFile file = BlockFile.open(device, BlockFile.Access.READ_ONLY);
        Arena arena = Arena.ofConfined()) {
      MemorySegment superblock = arena.allocate(EXT_SUPERBLOCK, Long.BYTES);
      file.readFully(EXT_SUPERBLOCK, superblock);
      long blocks =
          Integer.toUnsignedLong(superblock.get(JAVA_INT, EXT_BLOCKS_LOW))
              | Integer.toUnsignedLong(superblock.get(JAVA_INT, EXT_BLOCKS_HIGH)) << 32;
      long blockBytes = 1024L << superblock.get(JAVA_INT, EXT_LOG_BLOCK_SIZE);
      return file.size() - blocks * blockBytes < blockBytes;
    }
  }

  public static FilesystemUsage usage(Path mountPoint) throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      // struct statvfs: block size, fragment size, then counts in fragments, then inodes.
      MemorySegment status = arena.allocate(112, 8);
      int result = DeviceCalls.statvfs(CLibrary.cString(arena, mountPoint), status);
      CLibrary.check(result, "statvfs", mountPoint);
      long fragment = status.get(JAVA_LONG, 8);
      return new FilesystemUsage(
          status.get(JAVA_LONG, 16) * fragment,
          status.get(JAVA_LONG, 24) * fragment,
          status.get(JAVA_LONG, 32) * fragment,
          status.get(JAVA_LONG, 40),
          status.get(JAVA_LONG, 48));
    }
  }

  /** Unit in which the file system at a path gives space to files. */
  public static long blockBytes(Path path) throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment status = arena.allocate(112, 8);
      CLibrary.check(DeviceCalls.statvfs(CLibrary.cString(arena, path), status), "statvfs", path);
      return status.get(JAVA_LONG, 0);
    }
  }

  /** Discards the free space of a mounted file system; returns the bytes discarded. */
  public static long trim(Path mountPoint) throws LinuxException {
    try (Descriptor root = Descriptor.open(mountPoint, FileCalls.O_RDONLY);
        Arena arena = Arena.ofConfined()) {
      // struct fstrim_range: start, length, shortest extent worth discarding.
      MemorySegment range = arena.allocate(24, 8);
      range.set(JAVA_LONG, 8, Long.MAX_VALUE);
      int fd = root.enter();
      try {
        CLibrary.check(DeviceCalls.ioctl(fd, FITRIM, range), "FITRIM", mountPoint);
      } finally {
        root.exit();
      }
      return range.get(JAVA_LONG, 8);
    }
  }

  private static boolean hasCapability(int number) throws IOException {
    try (var lines = Files.lines(Path.of("/proc/self/status"))) {
      String effective = lines.filter(line -> line.startsWith("CapEff:")).findFirst().orElseThrow();
      long set = Long.parseUnsignedLong(effective.substring("CapEff:".length()).strip(), 16);
      return (set >>> number & 1) != 0;
    }
  }
}
