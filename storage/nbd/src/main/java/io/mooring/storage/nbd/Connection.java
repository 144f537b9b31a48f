package io.mooring.storage.nbd;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One client, from accept to close, on a platform thread of its own. */
final class Connection {

  private final NbdServer server;
  private final NbdServerLimits limits;
  private final BufferPool pool;
  private final ConnectionSocket socket;
  private final ReplyOutput output;
  private final ConnectionInput input;
  private final Thread thread;

  private volatile @Nullable PublishedExport published;

  Connection(NbdServer server, SocketChannel channel, BufferPool pool, NbdServerLimits limits)
      throws IOException {
    this.server = server;
    this.limits = limits;
    this.pool = pool;
    this.socket = new ConnectionSocket(channel);
    this.output = new ReplyOutput(socket, pool);
    this.input = new ConnectionInput(socket, output, pool, limits.stallTimeout().toNanos());
    this.thread = Thread.ofPlatform().daemon().name("nbd " + socket.peer()).unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  /** Ends the connection soon. From any thread. */
  void stop(DisconnectReason reason) {
    input.stop(reason);
  }

  /** Waits until the device sees no further call from here, unless this is called from there. */
  void awaitEnd(long nanos) throws InterruptedException {
    if (Thread.currentThread() != thread) {
      TimeUnit.NANOSECONDS.timedJoin(thread, Math.max(1, nanos));
    }
  }

  String peer() {
    return socket.peer();
  }

  @Nullable PublishedExport published() {
    return published;
  }

  private void run() {
    try {
      serve();
    } catch (DisconnectException e) {
      end(e.reason(), null);
    } catch (IOException e) {
      end(DisconnectReason.SOCKET_FAILED, e);
    } catch (RuntimeException | Error e) {
      end(DisconnectReason.DEVICE_BUG, e);
    }
  }

  private void serve() throws DisconnectException, IOException {
    input.setDeadline(limits.handshakeTimeout().toNanos(), DisconnectReason.HANDSHAKE_TIMEOUT);
    NegotiatedExport negotiated =
        new ServerHandshake(input, output, server.exports(), limits).run();
    input.clearDeadline();
    published = negotiated.published();
    server.enter(this, negotiated.published());
    new RequestLoop(input, output, pool, limits, negotiated).run();
  }

  /** The last act of the connection's thread, or of the acceptor if that never started. */
  void end(DisconnectReason reason, @Nullable Throwable cause) {
    output.close();
    input.release();
    server.leave(this, reason, cause);
    try {
      socket.close();
    } catch (IOException e) {
      // Nothing was left to send, and the descriptor is gone whatever close() says.
    }
  }
}
