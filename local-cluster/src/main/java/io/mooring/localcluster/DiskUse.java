package io.mooring.localcluster;

import java.io.File;
import java.nio.file.Path;

/**
 * How full a file system is, as statvfs(2) on it tells.
 *
 * @param totalBytes size of the file system
 * @param usedBytes what is not free
 */
public record DiskUse(long totalBytes, long usedBytes) {

  /** A file system refuses writes a little before nothing is left: it keeps room for itself. */
  private static final double FULL_SHARE = 0.995;

  // A FileStore would look its mount up in this process's own list of mounts, where a node's are
  // not.
  static DiskUse of(Path path) {
    File file = path.toFile();
    long total = file.getTotalSpace();
    return new DiskUse(total, total - file.getFreeSpace());
  }

  public long freeBytes() {
    return totalBytes - usedBytes;
  }

  public boolean isFull() {
    return usedBytes > totalBytes * FULL_SHARE;
  }
}
