package io.mooring.storage.nbd;

import io.mooring.storage.linux.TcpPacing;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;

/**
 * A non-blocking socket and the selector of the one thread that waits for it. Any thread may write
 * or wake; only the owner reads and waits. Non-blocking, so that a thread that completes a request
 * is never held up by a client that does not read.
 */
final class ConnectionSocket implements AutoCloseable {

  /** Unix sockets do not tune themselves as TCP does; this holds a few large replies. */
  private static final int UNIX_BUFFER_BYTES = 4 << 20;

  private final SocketChannel channel;
  private final Selector selector;
  private final SelectionKey key;
  private final String peer;

  ConnectionSocket(SocketChannel channel) throws IOException {
    this.channel = channel;
    this.peer = describePeer(channel);
    tune(channel);
    channel.configureBlocking(false);
    this.selector = Selector.open();
    this.key = channel.register(selector, SelectionKey.OP_READ);
  }

  /** Who is on the other side, for people. */
  String peer() {
    return peer;
  }

  /**
   * @return bytes read, 0 if there are none now, -1 at the end
   */
  int read(ByteBuffer into) throws IOException {
    return channel.read(into);
  }

  /** Writes as much as the kernel takes now. */
  long write(ByteBuffer[] buffers, int count) throws IOException {
    return count == 1 ? channel.write(buffers[0]) : channel.write(buffers, 0, count);
  }

  /**
   * Waits until one of {@code operations} is possible, {@link #wake} is called or the time is over.
   *
   * @param timeoutMs 0 for no limit
   * @return whether an operation is possible
   */
  boolean await(int operations, long timeoutMs) throws IOException {
    if (key.interestOps() != operations) {
      key.interestOps(operations);
    }
    return selector.select(ready -> {}, timeoutMs) > 0;
  }

  void wake() {
    selector.wakeup();
  }

  @Override
  public void close() throws IOException {
    try (channel) {
      selector.close();
    }
  }

  private static void tune(SocketChannel channel) throws IOException {
    if (channel.getRemoteAddress() instanceof InetSocketAddress) {
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      channel.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
      TcpPacing.avoid(channel);
    } else {
      channel.setOption(StandardSocketOptions.SO_SNDBUF, UNIX_BUFFER_BYTES);
      channel.setOption(StandardSocketOptions.SO_RCVBUF, UNIX_BUFFER_BYTES);
    }
  }

  private static String describePeer(SocketChannel channel) throws IOException {
    String remote = String.valueOf(channel.getRemoteAddress());
    return remote.isEmpty() ? "unix:" + channel.getLocalAddress() : remote;
  }
}
