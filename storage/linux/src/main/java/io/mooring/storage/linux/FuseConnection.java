package io.mooring.storage.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.CountDownLatch;

/**
 * The kernel's end of one FUSE file: requests in, answers out. Answers may come from any thread; a
 * message is one write(2), so they need no lock.
 *
 * <p>A request that the kernel sends again after a restart carries the highest bit in its id. The
 * kernel looks the request up by the id it sent last, so ids are echoed exactly as they came.
 */
final class FuseConnection {
  private static final ThreadLocal<MemorySegment> SMALL_ANSWERS =
      ThreadLocal.withInitial(() ->
          Arena.ofAuto()
              .allocate(FuseProtocol.ANSWER_HEADER + FuseProtocol.WRITE_BODY, Long.BYTES));

  private final Descriptor descriptor;
  private final CountDownLatch negotiated = new CountDownLatch(1);
  private volatile boolean resendSupported;

  FuseConnection(Descriptor descriptor) {
    this.descriptor = descriptor;
  }

  Descriptor descriptor() {
    return descriptor;
  }

  CountDownLatch negotiated() {
    return negotiated;
  }

  boolean resendSupported() {
    return resendSupported;
  }

  void negotiated(boolean kernelCanResend) {
    resendSupported = kernelCanResend;
    negotiated.countDown();
  }

  /** Waits for the next request; false when the file was unmounted or the connection aborted. */
  boolean receive(MemorySegment request) throws LinuxException {
    int fd = descriptor.enter();
    try {
      while (true) {
        long n = FileCalls.read(fd, request, request.byteSize());
        if (n >= FuseProtocol.REQUEST_HEADER) {
          return true;
        }
        if (n == -Errno.ENODEV.number() || n == -Errno.ECONNABORTED.number()) {
          return false;
        }
        // ENOENT: the request was withdrawn between waking us and being read.
        if (n != -Errno.ENOENT.number() && n != -Errno.EAGAIN.number() && n < 0) {
          if (!CLibrary.interrupted(n)) {
            CLibrary.check(n, "read", descriptor);
          }
        }
      }
    } finally {
      descriptor.exit();
    }
  }

  void answer(long requestId, int errorNumber) {
    MemorySegment answer = SMALL_ANSWERS.get();
    send(answer, requestId, -errorNumber, 0);
  }

  void answerWritten(long requestId, int bytes) {
    MemorySegment answer = SMALL_ANSWERS.get();
    answer.set(JAVA_INT, FuseProtocol.ANSWER_HEADER, bytes);
    answer.set(JAVA_INT, FuseProtocol.ANSWER_HEADER + 4, 0);
    send(answer, requestId, 0, FuseProtocol.WRITE_BODY);
  }

  /** Sends an answer whose body is in place already. */
  void answerBody(MemorySegment answer, long requestId, int bodyLength) {
    send(answer, requestId, 0, bodyLength);
  }

  /** Asks for every request that was read but not answered. Needs Linux 6.9. */
  void requestResend() throws LinuxException {
    int result = transmit(SMALL_ANSWERS.get(), 0, FuseProtocol.NOTIFY_RESEND, 0);
    CLibrary.check(result, "FUSE_NOTIFY_RESEND (Linux 6.9 or later)", descriptor);
  }

  private void send(MemorySegment answer, long requestId, int error, int bodyLength) {
    int result = transmit(answer, requestId, error, bodyLength);
    if (result < 0 && !isGone(result)) {
      throw new IllegalStateException(
          "the kernel refused the answer to request %x of %s: errno %d"
              .formatted(requestId, descriptor, -result));
    }
  }

  private int transmit(MemorySegment answer, long requestId, int error, int bodyLength) {
    int length = FuseProtocol.ANSWER_HEADER + bodyLength;
    answer.set(JAVA_INT, FuseProtocol.ANSWER_LENGTH, length);
    answer.set(JAVA_INT, FuseProtocol.ANSWER_ERROR, error);
    answer.set(JAVA_LONG, FuseProtocol.ANSWER_ID, requestId);
    int fd;
    try {
      fd = descriptor.enter();
    } catch (LinuxException closed) {
      return -closed.number();
    }
    try {
      long n;
      do {
        n = FileCalls.write(fd, answer, length);
      } while (CLibrary.interrupted(n));
      return (int) n;
    } finally {
      descriptor.exit();
    }
  }

  /** Nobody waits any more: the waiting program was killed, or the file is unmounted. */
  private static boolean isGone(int result) {
    return result == -Errno.ENOENT.number()
        || result == -Errno.ENODEV.number()
        || result == -Errno.ECONNABORTED.number()
        || result == -Errno.EBADF.number()
        || result == -Errno.EPERM.number();
  }

  @Override
  public String toString() {
    return descriptor.subject();
  }
}
