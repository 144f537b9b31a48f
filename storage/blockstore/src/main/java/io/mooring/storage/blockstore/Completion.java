package io.mooring.storage.blockstore;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Called exactly once when an operation on a replica is over, on a thread of the pool or at once on
 * the caller's.
 */
@FunctionalInterface
public interface Completion {

  /**
   * @param failure null when the operation succeeded; it must not be retried otherwise
   */
  void done(@Nullable IOException failure);
}
