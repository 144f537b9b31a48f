package io.mooring.storage.linux;

/** The error numbers Mooring tells apart; all others are {@link #OTHER}. */
public enum Errno {
  EPERM(1, "operation not permitted"),
  ENOENT(2, "no such file or directory"),
  EINTR(4, "interrupted by a signal"),
  EIO(5, "input/output error"),
  ENXIO(6, "no such device or address"),
  EBADF(9, "descriptor is closed"),
  EAGAIN(11, "resource temporarily unavailable"),
  ENOMEM(12, "out of memory"),
  EACCES(13, "permission denied"),
  EBUSY(16, "device or resource busy"),
  EEXIST(17, "file exists"),
  ENODEV(19, "no such device"),
  ENOTDIR(20, "not a directory"),
  EISDIR(21, "is a directory"),
  EINVAL(22, "invalid argument"),
  EMFILE(24, "too many open files"),
  EFBIG(27, "file too large"),
  ENOSPC(28, "no space left on device"),
  EROFS(30, "read-only file system"),
  EPIPE(32, "broken pipe"),
  ENOSYS(38, "function not implemented"),
  EOPNOTSUPP(95, "operation not supported"),
  EADDRINUSE(98, "address already in use"),
  ECONNABORTED(103, "connection aborted"),
  ECONNRESET(104, "connection reset by peer"),
  ENOTCONN(107, "transport endpoint is not connected"),
  ESHUTDOWN(108, "endpoint has been shut down"),
  ECONNREFUSED(111, "connection refused"),
  EDQUOT(122, "disk quota exceeded"),
  /** A number without a name here; {@link LinuxException#number()} keeps it. */
  OTHER(-1, "unexpected error");

  private static final Errno[] VALUES = values();

  private final int number;
  private final String meaning;

  Errno(int number, String meaning) {
    this.number = number;
    this.meaning = meaning;
  }

  public int number() {
    return number;
  }

  public String meaning() {
    return meaning;
  }

  public static Errno of(int number) {
    for (Errno errno : VALUES) {
      if (errno.number == number) {
        return errno;
      }
    }
    return OTHER;
  }
}
