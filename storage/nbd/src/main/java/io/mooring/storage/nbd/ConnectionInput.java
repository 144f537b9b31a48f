package io.mooring.storage.nbd;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The bytes a client sends, read by the connection's thread. This is the only place where that
 * thread waits, so it is here that replies are flushed, the device is told that input is idle, and
 * silence is measured.
 *
 * <p>Silence is added up wait by wait, and a wait counts for one tick at most: however long this
 * process itself was paused, a resumed server does not blame its clients for it.
 */
final class ConnectionInput {

  /** The most that {@link #require} can give: a large write of the usual clients is one piece. */
  static final int PIECE_BYTES_MAX = 1 << 20;

  private static final int BUFFER_BYTES = 2 * PIECE_BYTES_MAX;
  private static final int TICKS_PER_TIMEOUT = 8;
  private static final int LOOKS_BEFORE_SLEEPING = 4;

  private final ConnectionSocket socket;
  private final ReplyOutput output;
  private final BufferPool pool;
  private final ByteBuffer buffer;
  private final long stallNanos;

  private Runnable beforeWaiting = () -> {};
  private @Nullable Deadline deadline;
  private long messageQuietNanos;
  private long outputQuietNanos;

  /** Cleared by a read that the kernel could not fill: the next one would find nothing. */
  private boolean mayHaveMore = true;

  private volatile boolean waitingForCompletions;
  private volatile @Nullable DisconnectReason stop;

  private record Deadline(long nanoTime, DisconnectReason reason) {}

  ConnectionInput(ConnectionSocket socket, ReplyOutput output, BufferPool pool, long stallNanos) {
    this.socket = socket;
    this.output = output;
    this.pool = pool;
    this.stallNanos = stallNanos;
    this.buffer = pool.acquire(BUFFER_BYTES).limit(0);
  }

  /** From now on the owner leaves with {@code reason} once {@code nanos} have passed. */
  void setDeadline(long nanos, DisconnectReason reason) {
    deadline = new Deadline(System.nanoTime() + nanos, reason);
  }

  void clearDeadline() {
    deadline = null;
  }

  void beforeWaiting(Runnable action) {
    beforeWaiting = action;
  }

  /** Makes the owner leave with {@code reason}. From any thread. */
  void stop(DisconnectReason reason) {
    stop = reason;
    socket.wake();
  }

  /** Makes the owner look at the output again. From any thread. */
  void wake() {
    socket.wake();
  }

  /** A request has ended: an owner that waits for that looks again. From any thread. */
  void completed() {
    if (waitingForCompletions) {
      socket.wake();
    }
  }

  /** The start of a message. The client may take its time before it, and may leave. */
  ByteBuffer requireStart(int bytes) throws DisconnectException, IOException {
    checkStop();
    while (!buffer.hasRemaining()) {
      fill(false);
    }
    return require(bytes);
  }

  /** More of a message: the returned buffer has at least {@code bytes} remaining. */
  ByteBuffer require(int bytes) throws DisconnectException, IOException {
    messageQuietNanos = 0;
    while (buffer.remaining() < bytes) {
      fill(true);
    }
    return buffer;
  }

  /** Reads and forgets. */
  void skip(long bytes) throws DisconnectException, IOException {
    for (long left = bytes; left > 0; ) {
      int piece = (int) Math.min(left, PIECE_BYTES_MAX);
      require(piece).position(buffer.position() + piece);
      left -= piece;
    }
  }

  /** Bytes that {@link #require} gives without waiting. */
  int available() {
    return buffer.remaining();
  }

  /** Waits until completions, or the client reading its replies, make {@code condition} true. */
  void awaitCompletions(BooleanSupplier condition) throws DisconnectException, IOException {
    waitingForCompletions = true;
    try {
      while (!condition.getAsBoolean()) {
        boolean sent = prepareToWait();
        if (!condition.getAsBoolean()) {
          await(sent ? 0 : SelectionKey.OP_WRITE, false);
        }
      }
    } finally {
      waitingForCompletions = false;
    }
  }

  /** Only the owner, at its very end. */
  void release() {
    pool.release(buffer);
  }

  private void fill(boolean inMessage) throws DisconnectException, IOException {
    buffer.compact();
    int read = mayHaveMore ? socket.read(buffer) : 0;
    if (read == 0) {
      read = readPatiently(inMessage);
    }
    mayHaveMore = !buffer.hasRemaining();
    buffer.flip();
    if (read < 0) {
      throw new DisconnectException(
          inMessage ? DisconnectReason.MESSAGE_TRUNCATED : DisconnectReason.CLIENT_LEFT);
    }
  }

  /**
   * A busy client answers its replies within microseconds, so looking a few times before sleeping
   * saves both sides a wake-up; yielding between the looks costs nobody else the processor.
   */
  private int readPatiently(boolean inMessage) throws DisconnectException, IOException {
    boolean sent = prepareToWait();
    for (int look = 0; look < LOOKS_BEFORE_SLEEPING; look++) {
      Thread.yield();
      int read = socket.read(buffer);
      if (read != 0) {
        return read;
      }
    }
    await(SelectionKey.OP_READ | (sent ? 0 : SelectionKey.OP_WRITE), inMessage);
    return socket.read(buffer);
  }

  private boolean prepareToWait() throws IOException {
    beforeWaiting.run();
    long queued = output.queuedBytes();
    boolean sent = output.flush();
    if (sent || output.queuedBytes() < queued) {
      outputQuietNanos = 0;
    }
    return sent;
  }

  private void await(int operations, boolean inMessage) throws DisconnectException, IOException {
    boolean replyStuck = (operations & SelectionKey.OP_WRITE) != 0;
    if (!inMessage && !replyStuck && deadline == null) {
      socket.await(operations, 0);
      checkStop();
      return;
    }
    long tickNanos = stallNanos / TICKS_PER_TIMEOUT;
    long start = System.nanoTime();
    socket.await(operations, timeoutMs(start, tickNanos));
    checkStop();
    long quietNanos = Math.min(System.nanoTime() - start, tickNanos);
    if (inMessage && (messageQuietNanos += quietNanos) >= stallNanos) {
      throw new DisconnectException(DisconnectReason.MESSAGE_STALLED);
    }
    if (replyStuck && (outputQuietNanos += quietNanos) >= stallNanos) {
      throw new DisconnectException(DisconnectReason.REPLIES_NOT_READ);
    }
  }

  private long timeoutMs(long nowNanos, long tickNanos) {
    long nanos = deadline == null ? tickNanos : Math.min(tickNanos, deadline.nanoTime() - nowNanos);
    return Math.max(1, TimeUnit.NANOSECONDS.toMillis(nanos) + 1);
  }

  private void checkStop() throws DisconnectException {
    DisconnectReason reason = stop;
    if (reason != null) {
      throw new DisconnectException(reason);
    }
    if (deadline != null && System.nanoTime() - deadline.nanoTime() >= 0) {
      throw new DisconnectException(deadline.reason());
    }
  }
}
