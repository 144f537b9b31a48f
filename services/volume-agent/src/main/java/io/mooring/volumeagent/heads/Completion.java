package io.mooring.volumeagent.heads;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Waits for what a head was asked to do. */
final class Completion {

  private Completion() {}

  static void await(CompletableFuture<Void> done, Duration limit, String what)
      throws IOException, InterruptedException {
    try {
      done.get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new IOException(what + " takes longer than " + limit.toMillis() + " ms", e);
    } catch (ExecutionException e) {
      throw new IOException(what + " failed: " + e.getCause().getMessage(), e);
    }
  }
}
