package io.mooring.storage.engine;

import io.mooring.storage.nbd.Completion;
import io.mooring.storage.nbd.CompletionBatch;
import io.mooring.storage.nbd.NbdStatus;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * What a thread has to do once it holds no lock any more: touch disks, sockets and clients.
 * Confined to that thread.
 */
final class AfterUnlock {

  private final ArrayDeque<Runnable> actions = new ArrayDeque<>(4);
  private final @Nullable CompletionBatch completions;

  private AfterUnlock(@Nullable CompletionBatch completions) {
    this.completions = completions;
  }

  /** For a thread that brings requests: it ends its own requests one by one. */
  static AfterUnlock ofClient() {
    return new AfterUnlock(null);
  }

  /** For any other thread: the requests that it ends are answered together. */
  static AfterUnlock batching() {
    return new AfterUnlock(new CompletionBatch());
  }

  /** Whether the thread brings requests, and knows itself when to send what was held back. */
  boolean isClients() {
    return completions == null;
  }

  void add(Runnable action) {
    actions.add(action);
  }

  void run() {
    for (Runnable action = actions.poll(); action != null; action = actions.poll()) {
      action.run();
    }
  }

  void complete(Completion completion, NbdStatus status) {
    if (completions == null) {
      completion.done(status);
    } else {
      completions.done(completion, status);
    }
  }

  /** Answers what was completed together. */
  void sendCompletions() {
    if (completions != null) {
      completions.send();
    }
  }

  void runAndSend() {
    run();
    sendCompletions();
  }
}
