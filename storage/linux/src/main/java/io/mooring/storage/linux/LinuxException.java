package io.mooring.storage.linux;

import java.io.IOException;

/** A system call failed: which one, on what, and with which error number. */
public final class LinuxException extends IOException {
  private static final long serialVersionUID = 1L;

  private final String operation;
  private final String subject;
  private final int number;

  /**
   * @param operation the system call, for example {@code pwrite}
   * @param subject the path or device it was made on
   * @param number the positive error number
   */
  public LinuxException(String operation, String subject, int number) {
    super(
        "%s on %s failed: %s (errno %d)"
            .formatted(operation, subject, Errno.of(number).meaning(), number));
    this.operation = operation;
    this.subject = subject;
    this.number = number;
  }

  public LinuxException(String operation, String subject, Errno errno) {
    this(operation, subject, errno.number());
  }

  public String operation() {
    return operation;
  }

  public String subject() {
    return subject;
  }

  public Errno errno() {
    return Errno.of(number);
  }

  public int number() {
    return number;
  }

  /** The disk or its quota is full; the data already stored is sound. */
  public boolean isOutOfSpace() {
    return number == Errno.ENOSPC.number() || number == Errno.EDQUOT.number();
  }
}
