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
 * @param freeBytes what the file system has left, never more than the capacity
 */
public record PoolSpace(long capacityBytes, long freeBytes) {

  static final PoolSpace UNKNOWN = new PoolSpace(0, 0);

  static PoolSpace measure(PoolSettings pool) {
    try {
      FileStore store = Files.getFileStore(pool.path());
      long total = store.getTotalSpace();
      long capacity = pool.capacityBytes().map(bytes -> Math.min(bytes, total)).orElse(total);
      return new PoolSpace(capacity, Math.min(capacity, store.getUsableSpace()));
    } catch (IOException e) {
      // A pool that cannot even be measured has no room for anything.
      return UNKNOWN;
    }
  }
}
