package io.mooring.failoverdetector.brokers;

import io.mooring.failoverdetector.brokers.ClusterReading.Incarnation;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.Locale;
import java.util.UUID;
import jdk.net.ExtendedSocketOptions;
import org.jspecify.annotations.Nullable;

/**
 * An idle connection to one broker's listener, kept to notice when the process at its other end is
 * replaced. Nothing is sent on it but what the kernel sends to keep it alive:
 *
 * <ul>
 *   <li>A broker's kernel whose process lives confirms the connection, also when the process is
 *       paused, and after the network was broken for a while.
 *   <li>A process that ends closes it, and its kernel refuses the next one.
 *   <li>A node that dies says nothing. Once another process listens under the same address, its
 *       kernel does not know the connection and resets it.
 *   <li>A broker that closes it for being idle accepts the next one at once.
 * </ul>
 */
final class Tether implements AutoCloseable {

  /**
   * What is known of the process at the other end.
   *
   * @param ended it is known to have ended, and no other was reached since
   */
  record Run(Incarnation incarnation, boolean ended) {

    static Run first() {
      return new Run(new Incarnation(UUID.randomUUID(), 0), false);
    }

    /** The process ended. */
    Run end() {
      return new Run(incarnation, true);
    }

    /** A connection was accepted: by the same process unless that one has ended. */
    Run accept() {
      return ended ? new Run(incarnation.next(), false) : this;
    }
  }

  private static final Duration CONNECT_LIMIT = Duration.ofSeconds(1);
  private static final Duration RETRY = Duration.ofMillis(200);

  /** Seconds between two questions of the kernel, and how many may stay unanswered. */
  private static final int KEEPALIVE_SECONDS = 1;

  private static final int KEEPALIVE_COUNT = 120;

  private final InetSocketAddress address;
  private final Thread thread;
  private volatile Run run = Run.first();
  private volatile boolean closed;
  private volatile @Nullable Socket socket;

  private Tether(InetSocketAddress address) {
    this.address = address;
    this.thread = Thread.ofVirtual().name("tether-" + address).unstarted(this::holdOn);
  }

  static Tether to(ClusterReading.Endpoint endpoint) {
    Tether tether = new Tether(new InetSocketAddress(endpoint.address(), endpoint.port()));
    tether.thread.start();
    return tether;
  }

  Run run() {
    return run;
  }

  private void holdOn() {
    boolean connectedBefore = false;
    while (!closed) {
      try (Socket open = new Socket()) {
        socket = open;
        open.connect(address, (int) CONNECT_LIMIT.toMillis());
        run = run.accept();
        connectedBefore = true;
        awaitEnd(open);
      } catch (IOException e) {
        // A reset says that a connection had been accepted, however early it comes.
        if (!closed && (says(e, "reset") || connectedBefore && says(e, "refused"))) {
          run = run.end();
        }
      }
      pause();
    }
  }

  /** Returns when the other end closes the connection. */
  private static void awaitEnd(Socket open) throws IOException {
    open.setKeepAlive(true);
    open.setOption(ExtendedSocketOptions.TCP_KEEPIDLE, KEEPALIVE_SECONDS);
    open.setOption(ExtendedSocketOptions.TCP_KEEPINTERVAL, KEEPALIVE_SECONDS);
    open.setOption(ExtendedSocketOptions.TCP_KEEPCOUNT, KEEPALIVE_COUNT);
    byte[] unasked = new byte[64];
    while (open.getInputStream().read(unasked) >= 0) {
      // A broker does not speak first; what comes all the same says that it lives.
    }
  }

  /**
   * Refusal and reset come from a kernel that runs and does not know the connection; silence says
   * nothing. The JDK tells them apart in the text only.
   */
  private static boolean says(IOException e, String word) {
    return e instanceof SocketException
        && e.getMessage() != null
        && e.getMessage().toLowerCase(Locale.ROOT).contains(word);
  }

  private void pause() {
    try {
      Thread.sleep(RETRY);
    } catch (InterruptedException _) {
      closed = true;
    }
  }

  @Override
  public void close() {
    closed = true;
    thread.interrupt();
    Socket open = socket;
    if (open != null) {
      try {
        open.close();
      } catch (IOException _) {
        // It is of no use any more either way.
      }
    }
  }
}
