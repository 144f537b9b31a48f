package io.mooring.volumeagent.tasks;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/** Hears all snapshot sets that are in their topic now, so that silence has a meaning. */
record SetsReader(Supplier<CompletableFuture<Void>> reachEnd) {

  private static final Duration LIMIT = Duration.ofSeconds(30);

  void readToEnd() throws IOException, InterruptedException {
    try {
      reachEnd.get().get(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new IOException("the snapshot sets cannot be read to their end", e);
    }
  }
}
