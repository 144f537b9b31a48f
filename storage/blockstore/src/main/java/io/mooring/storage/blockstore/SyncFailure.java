package io.mooring.storage.blockstore;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** The first failed flush of a replica: after it nothing is durable any more. */
final class SyncFailure {

  private final AtomicReference<@Nullable IOException> first = new AtomicReference<>();

  void failed(IOException failure) {
    first.compareAndSet(null, failure);
  }

  @Nullable IOException first() {
    return first.get();
  }

  void check() throws IOException {
    IOException failure = first.get();
    if (failure != null) {
      throw failure;
    }
  }
}
