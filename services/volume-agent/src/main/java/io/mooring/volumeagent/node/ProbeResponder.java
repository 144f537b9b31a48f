package io.mooring.volumeagent.node;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import org.jboss.logging.Logger;

/**
 * Answers probes of peers: a connection, the byte {@code P}, the byte {@code A} back. One thread
 * serves all connections without ever blocking on one of them, so a client that sends nothing hurts
 * nobody.
 *
 * <p>While the agent's ticker does not run, probes stay unanswered: the peer then sees a node whose
 * kernel accepts and whose agent does not answer, which is the truth.
 */
public final class ProbeResponder implements AutoCloseable {

  static final byte QUESTION = 'P';
  static final byte ANSWER = 'A';

  private static final Logger LOG = Logger.getLogger(ProbeResponder.class);

  /**
   * While the process is paused, every probe stays in the kernel's accept queue. When that is full,
   * the kernel drops connections silently and a paused node looks like a dead one. So it is as long
   * as the kernel allows: at 64 probes a second it lasts a minute.
   */
  private static final int ACCEPT_QUEUE = 4096;

  private static final Duration IDLE_LIMIT = Duration.ofSeconds(2);
  private static final int CONNECTIONS_MAX = 1024;

  private final StallGauge stalls;
  private final ServerSocketChannel server;
  private final Selector selector;
  private final Thread thread;
  private final ByteBuffer oneByte = ByteBuffer.allocate(1);

  private ProbeResponder(InetSocketAddress address, StallGauge stalls) throws IOException {
    this.stalls = stalls;
    this.selector = Selector.open();
    this.server = ServerSocketChannel.open();
    server.setOption(StandardSocketOptions.SO_REUSEADDR, true);
    server.bind(address, ACCEPT_QUEUE);
    server.configureBlocking(false);
    server.register(selector, SelectionKey.OP_ACCEPT);
    this.thread = Thread.ofPlatform().name("probe-responder").daemon().unstarted(this::serve);
  }

  /** Starts answering. */
  public static ProbeResponder start(InetSocketAddress address, StallGauge stalls)
      throws IOException {
    ProbeResponder responder = new ProbeResponder(address, stalls);
    responder.thread.start();
    return responder;
  }

  /** The port, also when the kernel chose it. */
  public int port() {
    try {
      return ((InetSocketAddress) server.getLocalAddress()).getPort();
    } catch (IOException e) {
      throw new UncheckedIOException("probe responder is closed", e);
    }
  }

  private void serve() {
    while (selector.isOpen()) {
      try {
        selector.select(this::onReady, IDLE_LIMIT.toMillis());
        dropIdle();
      } catch (ClosedSelectorException _) {
        return;
      } catch (IOException e) {
        LOG.errorf(e, "Probe responder could not wait for probes and goes on.");
      }
    }
  }

  private void onReady(SelectionKey key) {
    try {
      if (key.isAcceptable()) {
        acceptAll();
      } else if (key.isReadable()) {
        answer(key);
      }
    } catch (IOException _) {
      // A peer that went away mid-probe is nothing to report here: it is the one who judges.
      closeQuietly(key);
    }
  }

  private void acceptAll() throws IOException {
    for (SocketChannel peer = server.accept(); peer != null; peer = server.accept()) {
      if (selector.keys().size() > CONNECTIONS_MAX) {
        peer.close();
        continue;
      }
      peer.configureBlocking(false);
      peer.register(selector, SelectionKey.OP_READ, System.nanoTime());
    }
  }

  private void answer(SelectionKey key) throws IOException {
    SocketChannel peer = (SocketChannel) key.channel();
    oneByte.clear();
    int read = peer.read(oneByte);
    if (read == 0) {
      return;
    }
    if (read == 1 && oneByte.get(0) == QUESTION) {
      if (!stalls.isHealthy()) {
        // Left open and unanswered; the idle limit closes it.
        key.interestOps(0);
        return;
      }
      oneByte.put(0, ANSWER).flip();
      peer.write(oneByte);
    }
    closeQuietly(key);
  }

  private void dropIdle() {
    long now = System.nanoTime();
    for (SelectionKey key : selector.keys()) {
      if (key.attachment() instanceof Long since && now - since > IDLE_LIMIT.toNanos()) {
        closeQuietly(key);
      }
    }
  }

  private static void closeQuietly(SelectionKey key) {
    key.cancel();
    try {
      key.channel().close();
    } catch (IOException _) {
      // Nothing was to be sent any more.
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
    selector.close();
  }
}
