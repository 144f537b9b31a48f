package io.mooring.storage.linux;

import java.lang.foreign.Arena;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.file.Path;

/**
 * Owns one file descriptor.
 *
 * <p>The kernel reuses a closed number at once, so a call that races with {@link #close} could
 * otherwise write into whatever file was opened next. Every call therefore brackets its use with
 * {@link #enter} and {@link #exit}; the number is given back only when the last call has left.
 */
public final class Descriptor implements AutoCloseable {
  private static final VarHandle USE;

  static {
    try {
      USE = MethodHandles.lookup().findVarHandle(Descriptor.class, "use", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private static final int CLOSED = 1 << 30;

  private final int number;
  private final String subject;

  /** Calls inside, plus {@link #CLOSED} once closed. */
  private volatile int use;

  Descriptor(int number, String subject) {
    this.number = number;
    this.subject = subject;
  }

  static Descriptor open(Path path, int flags) throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      int number;
      do {
        number = FileCalls.open(CLibrary.cString(arena, path), flags | FileCalls.O_CLOEXEC, 0600);
      } while (CLibrary.interrupted(number));
      return new Descriptor(CLibrary.check(number, "open", path), path.toString());
    }
  }

  /** What the descriptor stands for, in messages: mostly a path. */
  public String subject() {
    return subject;
  }

  /** The number for one call, which must be followed by {@link #exit}. */
  int enter() throws LinuxException {
    while (true) {
      int seen = use;
      if ((seen & CLOSED) != 0) {
        throw new LinuxException("use of a closed descriptor", subject, Errno.EBADF);
      }
      if (USE.compareAndSet(this, seen, seen + 1)) {
        return number;
      }
    }
  }

  void exit() {
    int left = (int) USE.getAndAdd(this, -1) - 1;
    if (left == CLOSED) {
      release();
    }
  }

  /** Idempotent. Calls under way finish first; calls that start later fail with EBADF. */
  @Override
  public void close() {
    int before = (int) USE.getAndBitwiseOr(this, CLOSED);
    if (before == 0) {
      release();
    }
  }

  /**
   * Errors of close(2) are of no use here: the number is gone, durability is fdatasync's matter.
   */
  private void release() {
    FileCalls.close(number);
  }

  @Override
  public String toString() {
    return subject;
  }
}
