package io.mooring.storage.nbd;

import java.util.ArrayList;
import java.util.List;

/**
 * Completes many requests with one write per client. For a thread that learns of many results at
 * once, such as the reader of a replication link: it completes each, and sends before it waits.
 * Confined to that thread.
 */
public final class CompletionBatch {

  private final List<Replies> held = new ArrayList<>();

  /** Ends the request; its reply leaves with the next {@link #send} or earlier. */
  public void done(Completion completion, NbdStatus result) {
    if (!(completion instanceof PendingReply pending)) {
      completion.done(result);
      return;
    }
    Replies replies = pending.end(result);
    if (!held.contains(replies)) {
      held.add(replies);
    }
  }

  /** Sends what this batch holds; costs nothing when it holds nothing. */
  public void send() {
    for (Replies replies : held) {
      replies.send();
    }
    held.clear();
  }
}
