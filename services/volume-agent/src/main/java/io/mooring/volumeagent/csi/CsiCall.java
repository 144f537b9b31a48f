package io.mooring.volumeagent.csi;

import io.grpc.Context;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.mooring.volumeagent.staging.StagingException;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/** Runs one call and turns its failure into the status that the specification prescribes. */
final class CsiCall {

  private static final Logger LOG = Logger.getLogger(CsiCall.class);

  /** Orchestrators set a deadline; this is for callers that do not. */
  private static final Duration LIMIT_WITHOUT_DEADLINE = Duration.ofMinutes(2);

  /** Time left for the answer to travel. */
  private static final Duration TRAVEL = Duration.ofMillis(200);

  /** What a call does. */
  interface Body<T> {
    T run() throws StagingException, IOException, InterruptedException;
  }

  private CsiCall() {}

  /**
   * Answers a call from a platform thread: mounting and formatting sit in system calls for long,
   * and one that waits for I/O of its own volume must not occupy a carrier of the virtual threads.
   */
  static <T> void answer(String method, StreamObserver<T> answer, Body<T> body) {
    Context context = Context.current();
    Thread.ofPlatform()
        .name("csi-" + method)
        .daemon()
        .start(context.wrap(() -> run(method, answer, body)));
  }

  private static <T> void run(String method, StreamObserver<T> answer, Body<T> body) {
    long start = System.nanoTime();
    T response;
    try {
      response = body.run();
    } catch (StagingException e) {
      LOG.warnf("A CSI call was refused. method=%s reason=%s", method, e.getMessage());
      answer.onError(status(e.reason()).withDescription(e.getMessage()).asException());
      return;
    } catch (IOException e) {
      LOG.errorf(e, "A CSI call failed. method=%s", method);
      answer.onError(
          Status.INTERNAL
              .withDescription(
                  "CSI-039 "
                      + method
                      + " failed: "
                      + e.getMessage()
                      + ". The kernel or a disk refused. See the agent's log; the call may be repeated.")
              .asException());
      return;
    } catch (RuntimeException e) {
      // A bug; the caller must still get an answer.
      LOG.errorf(e, "A CSI call met a bug. method=%s", method);
      answer.onError(
          Status.INTERNAL
              .withDescription("CSI-039 " + method + " met a bug: " + e + ". See the agent's log.")
              .withCause(e)
              .asException());
      return;
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      answer.onError(Status.CANCELLED.withDescription("the agent stops").asException());
      return;
    }
    LOG.infof(
        "A CSI call is done. method=%s ms=%d", method, (System.nanoTime() - start) / 1_000_000);
    answer.onNext(response);
    answer.onCompleted();
  }

  /** How long the present call may wait. */
  static Duration timeLeft() {
    var deadline = Context.current().getDeadline();
    if (deadline == null) {
      return LIMIT_WITHOUT_DEADLINE;
    }
    Duration left = Duration.ofMillis(deadline.timeRemaining(TimeUnit.MILLISECONDS)).minus(TRAVEL);
    return left.isNegative() ? Duration.ZERO : left;
  }

  private static Status status(StagingException.Reason reason) {
    return switch (reason) {
      case INVALID -> Status.INVALID_ARGUMENT;
      case NOT_FOUND -> Status.NOT_FOUND;
      case CONFLICT -> Status.ALREADY_EXISTS;
      case PRECONDITION -> Status.FAILED_PRECONDITION;
      case PENDING -> Status.ABORTED;
      case UNAVAILABLE -> Status.UNAVAILABLE;
      case FAILED -> Status.INTERNAL;
    };
  }
}
