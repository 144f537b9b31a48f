package io.mooring.storage.engine;

import io.mooring.storage.linux.TcpPacing;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;

/**
 * Frames over a connected socket. One thread, the owner, reads and is the only one that ever waits
 * for the peer; every other thread appends and sends without waiting, so that a peer that stopped
 * reading holds up nobody.
 */
final class FrameConnection implements AutoCloseable {

  private static final int BUFFER_BYTES = 2 << 20;

  private final SocketChannel channel;
  private final SocketAddress peer;
  private final Selector selector;
  private final SelectionKey key;
  private final FrameOutput output;
  private final Runnable beforeWaiting;
  private ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES).limit(0);

  /** Cleared by a read that the kernel could not fill: the next one would find nothing. */
  private boolean mayHaveMore = true;

  /**
   * @param beforeWaiting what the owner does each time before it waits, such as appending answers
   *     that it held back; what is queued is sent afterwards
   */
  FrameConnection(SocketChannel channel, PayloadPool pool, Runnable beforeWaiting)
      throws IOException {
    this.channel = channel;
    this.peer = channel.getRemoteAddress();
    this.output = new FrameOutput(channel, pool);
    this.beforeWaiting = beforeWaiting;
    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    TcpPacing.avoid(channel);
    channel.configureBlocking(false);
    this.selector = Selector.open();
    this.key = channel.register(selector, SelectionKey.OP_READ);
  }

  /**
   * The next frame; its payload is valid until the following call.
   *
   * @throws EOFException when the peer has closed the connection, between frames or inside one
   * @throws WireException when what arrives is not the protocol
   */
  Frame next() throws IOException {
    require(Frame.HEADER_BYTES);
    require(Frame.HEADER_BYTES + Frame.payloadBytes(buffer));
    return Frame.take(buffer);
  }

  private void require(int bytes) throws IOException {
    if (buffer.remaining() >= bytes) {
      return;
    }
    makeRoom(bytes);
    while (buffer.remaining() < bytes) {
      if (!mayHaveMore) {
        await();
      }
      readMore();
    }
  }

  /** Moves what is there only if the rest would not fit behind it: bytes are not copied in vain. */
  private void makeRoom(int bytes) {
    if (buffer.capacity() < bytes) {
      buffer = ByteBuffer.allocateDirect(bytes).put(buffer).flip();
    } else if (!buffer.hasRemaining() || buffer.capacity() - buffer.position() < bytes) {
      buffer.compact().flip();
    }
  }

  private void readMore() throws IOException {
    ByteBuffer free = buffer.duplicate().clear().position(buffer.limit());
    int read = channel.read(free);
    if (read < 0) {
      throw new EOFException("the peer closed the connection");
    }
    buffer.limit(buffer.limit() + read);
    mayHaveMore = !free.hasRemaining();
  }

  private void await() throws IOException {
    beforeWaiting.run();
    boolean sent = output.send();
    try {
      key.interestOps(sent ? SelectionKey.OP_READ : SelectionKey.OP_READ | SelectionKey.OP_WRITE);
      selector.select(ready -> {});
    } catch (CancelledKeyException e) {
      throw new ClosedChannelException();
    }
  }

  void append(Frame frame) {
    output.append(frame, Frame.checksum(frame.payload()));
  }

  /** As {@link #append(Frame)}, with the payload's checksum computed before. */
  void append(Frame frame, int payloadChecksum) {
    output.append(frame, payloadChecksum);
  }

  long queuedBytes() {
    return output.queuedBytes();
  }

  /** Sends what is queued without waiting; a broken connection shows itself to the owner. */
  void send() {
    try {
      if (!output.send()) {
        selector.wakeup(); // the owner goes on when the peer reads again
      }
    } catch (IOException e) {
      close();
    }
  }

  /** Tells the peer that nothing follows. The owner goes on reading until the peer closes too. */
  void finish() {
    try {
      output.send();
      channel.shutdownOutput();
    } catch (IOException e) {
      close();
    }
  }

  SocketAddress peer() {
    return peer;
  }

  /** From any thread; the owner's wait ends with an exception. */
  @Override
  public void close() {
    output.close();
    try {
      channel.close();
      selector.wakeup();
    } catch (IOException e) {
      // The descriptor is gone in any case.
      selector.wakeup();
    }
  }

  /** Only the owner, at its very end. */
  void release() {
    close();
    try {
      selector.close();
    } catch (IOException e) {
      // Nothing depends on it any more.
      return;
    }
  }
}
