package io.mooring.storage.replication;

import org.jspecify.annotations.Nullable;

/**
 * A clean detach: everything is flushed and every member knows it, so the next run has nothing to
 * compare.
 */
final class Closing {
  private static final Outcome CLOSED = new Outcome.Failed(Outcome.Cause.CLOSED);

  private final Run run;
  private final Liveness liveness;
  private @Nullable RequestId request;

  Closing(Run run, Liveness liveness) {
    this.run = run;
    this.liveness = liveness;
  }

  boolean hasBegun() {
    return request != null;
  }

  /**
   * True if this request is the one that closes; a second one is refused like every other request.
   */
  boolean begin(RequestId closeRequest) {
    if (request != null) {
      run.outbox().complete(closeRequest, CLOSED);
      return false;
    }
    request = closeRequest;
    run.writes().failWaiting(CLOSED);
    return true;
  }

  /** True if the request must not be served any more; it has been answered then. */
  boolean refuses(RequestId other) {
    if (request != null) {
      run.outbox().complete(other, CLOSED);
    }
    return request != null;
  }

  /** Flushes, then tells the stable point to every member. True when all have confirmed it. */
  boolean advance() {
    long last = run.writes().issued();
    if (request == null || run.writes().acknowledgedUpTo() < last) {
      return false;
    }
    run.writes().flushes().sendToAll(last);
    if (run.writes().flushes().stable() < last) {
      return false;
    }
    boolean confirmed = true;
    for (Link link : run.links().required()) {
      confirmed &= link.open().isStableConfirmed(last);
      if (link.open().startConfirming(last)) {
        liveness.ping(link);
      }
    }
    return confirmed;
  }

  void ended(Outcome outcome) {
    RequestId waiting = request;
    if (waiting != null) {
      run.outbox().complete(waiting, outcome);
    }
  }
}
