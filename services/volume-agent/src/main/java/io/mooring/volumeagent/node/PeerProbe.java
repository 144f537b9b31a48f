package io.mooring.volumeagent.node;

import io.mooring.schemas.ProbeOutcome;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;

/**
 * One question to a peer. How it fails tells a dead node from a slow one: only a kernel that does
 * not answer at all is evidence that the node is gone.
 */
final class PeerProbe {

  /** What came of it; the round trip is -1 unless the peer answered. */
  record Result(ProbeOutcome outcome, long roundTripMicros) {
    static Result of(ProbeOutcome outcome) {
      return new Result(outcome, -1);
    }
  }

  private static final int READ_TIMEOUT_MIN_MS = 1;

  private PeerProbe() {}

  /** Asks once; takes no longer than the timeout, except for what the scheduler adds. */
  static Result ask(InetSocketAddress peer, Duration timeout) {
    long start = System.nanoTime();
    if (peer.isUnresolved()) {
      return Result.of(ProbeOutcome.UNREACHABLE);
    }
    try (Socket socket = new Socket()) {
      try {
        socket.connect(peer, (int) timeout.toMillis());
      } catch (ConnectException e) {
        return Result.of(isRefusal(e) ? ProbeOutcome.REFUSED : ProbeOutcome.UNREACHABLE);
      } catch (IOException _) {
        // No answer in time, no route, host unreachable: nothing of the node answered.
        return Result.of(ProbeOutcome.UNREACHABLE);
      }
      return converse(socket, start, timeout);
    } catch (IOException _) {
      return Result.of(ProbeOutcome.UNREACHABLE);
    }
  }

  private static Result converse(Socket socket, long start, Duration timeout) {
    try {
      socket.setTcpNoDelay(true);
      socket.getOutputStream().write(ProbeResponder.QUESTION);
      long left = timeout.toMillis() - (System.nanoTime() - start) / 1_000_000;
      socket.setSoTimeout((int) Math.max(READ_TIMEOUT_MIN_MS, left));
      int answer = socket.getInputStream().read();
      return answer == ProbeResponder.ANSWER
          ? new Result(ProbeOutcome.REACHABLE, (System.nanoTime() - start) / 1_000)
          : Result.of(ProbeOutcome.STALLED);
    } catch (SocketTimeoutException _) {
      return Result.of(ProbeOutcome.STALLED);
    } catch (SocketException _) {
      // Reset after the connection stood: the agent died in between, its kernel said so.
      return Result.of(ProbeOutcome.REFUSED);
    } catch (IOException _) {
      return Result.of(ProbeOutcome.STALLED);
    }
  }

  /**
   * The JDK has one exception for refusal and for unreachability; the text of the system's error
   * tells them apart.
   */
  private static boolean isRefusal(ConnectException e) {
    return e.getMessage() != null && e.getMessage().contains("refused");
  }
}
