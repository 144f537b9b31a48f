package io.mooring.storage.linux;

/**
 * Space and inodes of a mounted file system.
 *
 * @param availableBytes free to ordinary users; {@code freeBytes} includes what is reserved for
 *     root
 */
public record FilesystemUsage(
    long totalBytes, long freeBytes, long availableBytes, long totalInodes, long freeInodes) {

  public long usedBytes() {
    return totalBytes - freeBytes;
  }

  public long usedInodes() {
    return totalInodes - freeInodes;
  }
}
