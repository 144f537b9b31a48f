package io.mooring.storage.linux;

import io.mooring.storage.linux.FilesystemException.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;

/**
 * A drive that can grow: a file behind a loop device, with a file system that is mounted. What a
 * growth consists of can be repeated, so one that was cut short anywhere is finished by the next.
 *
 * @param image the file
 * @param device the loop device
 * @param mountPoint where its file system is mounted
 */
public record LoopDrive(Path image, Path device, Path mountPoint, FilesystemType type) {

  private static final String DELETED = " (deleted)";

  /**
   * The drive that a directory is on.
   *
   * @throws FilesystemException NOT_A_LOOP_DRIVE if it is on something else, CAPABILITY_MISSING if
   *     this process may not grow its file system: then nothing of the drive must grow
   */
  public static LoopDrive below(Path directory) throws IOException {
    Path real = directory.toRealPath();
    Mount mount =
        Mounts.list().stream()
            .filter(each -> real.startsWith(each.target()))
            // Of several at one place the last is the topmost.
            .reduce((lower, upper) -> isDeeper(lower, upper) ? lower : upper)
            .orElseThrow(() -> notGrowable(directory, "it is on no mounted file system"));
    Path device = Path.of(mount.source());
    if (!mount.source().startsWith("/dev/loop")) {
      throw notGrowable(directory, "it is on " + mount.source() + ", which is no loop device");
    }
    FilesystemType type =
        switch (mount.type()) {
          case "xfs" -> FilesystemType.XFS;
          case "ext4" -> FilesystemType.EXT4;
          default -> throw notGrowable(directory, mount.type() + " is not known to grow");
        };
    Path image = imageOf(directory, device);
    Filesystems.checkGrowsMounted(device, mount.target(), type);
    return new LoopDrive(image, device, mount.target(), type);
  }

  private static boolean isDeeper(Mount one, Mount other) {
    return Comparator.<Mount>comparingInt(mount -> mount.target().getNameCount())
            .compare(one, other)
        > 0;
  }

  private static Path imageOf(Path directory, Path device) throws IOException {
    Path name = Path.of("/sys/block").resolve(device.getFileName()).resolve("loop/backing_file");
    String image = Files.readString(name).strip();
    if (image.endsWith(DELETED) || !Files.isRegularFile(Path.of(image))) {
      throw notGrowable(directory, "its file " + image + " cannot be reached");
    }
    return Path.of(image);
  }

  private static FilesystemException notGrowable(Path directory, String why) {
    return new FilesystemException(
        Reason.NOT_A_LOOP_DRIVE, "The drive below %s cannot grow: %s.".formatted(directory, why));
  }

  /** Bytes of the drive; the file system has a little less. */
  public long sizeBytes() throws IOException {
    return Files.size(image);
  }

  /**
   * Grows file, device and file system, in this order, to a size. What is already that large stays
   * as it is; a drive is never made smaller. Space is reserved before anything grows, so that
   * nobody is promised room that is not there.
   *
   * @param bytes multiple of 4096
   * @param limit time that the file system's program may take
   */
  public void grow(long bytes, Duration limit) throws IOException {
    long size = growFile(bytes);
    try (LoopDevice loop =
        LoopDevice.findByBackingFile(image)
            .orElseThrow(() -> notGrowable(mountPoint, image + " is behind no loop device"))) {
      loop.refreshCapacity(size);
    }
    Filesystems.grow(device, mountPoint, type, limit);
  }

  private long growFile(long bytes) throws IOException {
    try (BlockFile file = BlockFile.open(image, BlockFile.Access.READ_WRITE)) {
      long size = file.size();
      if (size >= bytes) {
        return size;
      }
      try {
        file.reserve(size, bytes - size);
      } catch (LinuxException e) {
        file.truncate(size);
        throw e;
      }
      file.truncate(bytes);
      file.dataSync();
      return bytes;
    }
  }
}
