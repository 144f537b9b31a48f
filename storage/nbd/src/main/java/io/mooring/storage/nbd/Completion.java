package io.mooring.storage.nbd;

/**
 * Told once, by any thread, how a request ended. Telling never blocks on a client, but it may write
 * to a socket: a thread that completes many requests in a row uses a {@link CompletionBatch}.
 */
@FunctionalInterface
public interface Completion {

  /**
   * Ends the request.
   *
   * @throws IllegalStateException if the request has already ended
   */
  void done(NbdStatus result);
}
