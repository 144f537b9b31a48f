package io.mooring.volumeagent.node;

import io.mooring.volumeagent.config.PoolSettings;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;

/**
 * Space of a pool.
 *
 * @param capacityBytes bytes that replicas may take: the configured capacity, or all of the file
 *     system
 * @param freeBytes what is left of the capacity, never more than the file system has left
 */
public record PoolSpace(long capacityBytes, long freeBytes) {

  static final PoolSpace UNKNOWN = new PoolSpace(0, 0);

  /**
   * Measures a pool.
   *
   * @param usedBytes what its replicas take
   */
  static PoolSpace measure(PoolSettings pool, long usedBytes) {
    try {
      FileStore store = Files.getFileStore(pool.path());
      long total = store.getTotalSpace();
      long capacity = pool.capacityBytes().map(bytes -> Math.min(bytes, total)).orElse(total);
      long left = Math.max(0, capacity - usedBytes);
      return new PoolSpace(capacity, Math.min(left, store.getUsableSpace()));
    } catch (IOException e) {
      // A pool that cannot even be measured has no room for anything.
      return UNKNOWN;
    }
  }
}
