package io.mooring.storage.linux;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Answers one request, once, from any thread. A request that is never answered hangs the program
 * that waits for it.
 *
 * <p>One small object per request on purpose: a pooled one that somebody answers twice by mistake
 * would the second time acknowledge a write of somebody else.
 */
public final class FuseReply {
  private static final VarHandle ANSWERED;

  static {
    try {
      ANSWERED = MethodHandles.lookup().findVarHandle(FuseReply.class, "answered", boolean.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final FuseConnection connection;
  private final long requestId;
  private final int writtenBytes;
  private volatile boolean answered;

  /**
   * @param writtenBytes the length of a write; 0 for requests that are answered without a body
   */
  FuseReply(FuseConnection connection, long requestId, int writtenBytes) {
    this.connection = connection;
    this.requestId = requestId;
    this.writtenBytes = writtenBytes;
  }

  public void succeed() {
    claim();
    if (writtenBytes > 0) {
      connection.answerWritten(requestId, writtenBytes);
    } else {
      connection.answer(requestId, 0);
    }
  }

  public void fail(Errno errno) {
    claim();
    connection.answer(requestId, errno == Errno.OTHER ? Errno.EIO.number() : errno.number());
  }

  /** With the errno of a {@link LinuxException}, with EIO for anything else. */
  public void fail(IOException cause) {
    claim();
    connection.answer(requestId, errorNumber(cause));
  }

  boolean isAnswered() {
    return answered;
  }

  static int errorNumber(Throwable cause) {
    return cause instanceof LinuxException linux ? linux.number() : Errno.EIO.number();
  }

  private void claim() {
    if (!ANSWERED.compareAndSet(this, false, true)) {
      throw new IllegalStateException(
          "request %x of %s was answered before".formatted(requestId, connection));
    }
  }
}
