package io.mooring.storage.linux;

import static io.mooring.storage.linux.CLibrary.broken;
import static io.mooring.storage.linux.CLibrary.errorState;
import static io.mooring.storage.linux.CLibrary.result;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** File calls as the C library has them: the result, or a negative error number. */
final class FileCalls {
  static final int O_RDONLY = 0;
  static final int O_RDWR = 2;
  static final int O_CREAT = 0100;
  static final int O_EXCL = 0200;
  static final int O_CLOEXEC = 02000000;

  static final int SEEK_END = 2;
  static final int SEEK_DATA = 3;
  static final int SEEK_HOLE = 4;

  static final int FALLOC_KEEP_SIZE = 0x01;
  static final int FALLOC_PUNCH_HOLE = 0x02;
  static final int FALLOC_ZERO_RANGE = 0x10;

  static final int SYNC_FILE_RANGE_WRITE = 2;
  static final int POSIX_FADV_DONTNEED = 4;

  static final int LOCK_EXCLUSIVE_NOW = 2 | 4;

  static final int AT_FDCWD = -100;
  static final int AT_EMPTY_PATH = 0x1000;
  static final int AT_STATX_FORCE_SYNC = 0x2000;
  static final int STATX_BASIC_STATS = 0x7ff;

  private static final MethodHandle OPEN =
      CLibrary.bindVariadic(
          "open", 2, FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT));
  private static final MethodHandle CLOSE =
      CLibrary.bind("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
  private static final FunctionDescriptor TRANSFER =
      FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG);
  private static final MethodHandle READ = CLibrary.bind("read", TRANSFER);
  private static final MethodHandle WRITE = CLibrary.bind("write", TRANSFER);
  private static final FunctionDescriptor POSITIONAL_TRANSFER =
      FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_LONG);
  private static final MethodHandle PREAD = CLibrary.bind("pread", POSITIONAL_TRANSFER);
  private static final MethodHandle PWRITE = CLibrary.bind("pwrite", POSITIONAL_TRANSFER);
  private static final MethodHandle FDATASYNC =
      CLibrary.bind("fdatasync", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
  private static final MethodHandle FSYNC =
      CLibrary.bind("fsync", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
  private static final MethodHandle FTRUNCATE =
      CLibrary.bind("ftruncate", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG));
  private static final MethodHandle LSEEK =
      CLibrary.bind("lseek", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_INT));
  private static final MethodHandle FALLOCATE =
      CLibrary.bind(
          "fallocate", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG));
  private static final MethodHandle SYNC_FILE_RANGE =
      CLibrary.bind(
          "sync_file_range",
          FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT));
  private static final MethodHandle POSIX_FADVISE =
      CLibrary.bind(
          "posix_fadvise",
          FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT));
  private static final MethodHandle FLOCK =
      CLibrary.bind("flock", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
  private static final MethodHandle STATX =
      CLibrary.bind(
          "statx", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT, ADDRESS));

  private FileCalls() {}

  static int open(MemorySegment path, int flags, int mode) {
    try {
      MemorySegment state = errorState();
      return result((int) OPEN.invokeExact(state, path, flags, mode), state);
    } catch (Throwable t) {
      throw broken(t);
    }
  }

  static int close(int fd) {
    try {
      MemorySegment state = errorState();
      return result((int) CLOSE.invokeExact(state, fd), state);
    } catch (Throwable t) {
      throw broken(t);
    }
  }

  static long read(int fd, MemorySegment buffer, long length) {
    try {
      MemorySegment state = errorState();
      return result((long) READ.invokeExact(state, fd, buffer, length), state);
    } catch (Throwable t) {
      throw broken(t);
    }
  }

  static long write(int fd, MemorySegment buffer, long length) {
    try {
      MemorySegment state = errorState();
      return result((long) WRITE.invokeExact(state, fd, buffer, length), state);
    } catch (Throwable t) {
      throw broken(t);
    }
  }

  static long pread(int fd, MemorySegment buffer, long length, long offset) {
    try {
      MemorySegment state = errorState();
      return result((long) PREAD.invokeExact(state, fd, buffer, length, offset), state);
    } catch (Throwable t) {
      throw broken(t);
    }
  }

  static long pwrite(int fd, MemorySegment buffer, long length, long offset) {
    try {
      MemorySegment state = errorState();
      return result((long) PWRITE.invokeExact(state, fd, buffer, length, offset), state);
    } catch (Throwable t) {
      throw broken(t);
    }
  }

  static int fdatasync(int fd) {
    try {
      MemorySegment state = errorState();
      return result((int) FDATASYNC.invokeExact(state, fd), state);
    } catch (Throwable t) {
      throw broken(t);
    }
  }

  static int fsync(int fd) {
    try {
      MemorySegment state = errorState();
      return result((int) FSYNC.invokeExact(state, fd), state);
    } catch (Throwable t) {
      throw broken(t);
    }
  }

  static int ftruncate(int fd, long size) {
    try {
      MemorySegment state = errorState();
      return result((int) FTRUNCATE.invokeExact(state, fd, size), state);
    } catch (Throwable t) {
      throw broken(t);
    }
  }

  static long lseek(int fd, long offset, int whence) {
    try {
      MemorySegment state = errorState();
      return result((long) LSEEK.invokeExact(state, fd, offset, whence), state);
    } catch (Throwable t) {
      throw broken(t);
    }
  }

  static int fallocate(int fd, int mode, long offset, long length) {
    try {
      MemorySegment state = errorState();
      return result((int) FALLOCATE.invokeExact(state, fd, mode, offset, length), state);
    } catch (Throwable t) {
      throw broken(t);
    }
  }

  static int syncFileRange(int fd, long offset, long length, int flags) {
    try {
      MemorySegment state = errorState();
      return result((int) SYNC_FILE_RANGE.invokeExact(state, fd, offset, length, flags), state);
    } catch (Throwable t) {
      throw broken(t);
    }
  }

  /** Unlike its siblings, posix_fadvise returns the error number instead of setting errno. */
  static int fadvise(int fd, long offset, long length, int advice) {
    try {
      return -(int) POSIX_FADVISE.invokeExact(errorState(), fd, offset, length, advice);
    } catch (Throwable t) {
      throw broken(t);
    }
  }

  static int flock(int fd, int operation) {
    try {
      MemorySegment state = errorState();
      return result((int) FLOCK.invokeExact(state, fd, operation), state);
    } catch (Throwable t) {
      throw broken(t);
    }
  }

  static int statx(int directory, MemorySegment path, int flags, int mask, MemorySegment status) {
    try {
      MemorySegment state = errorState();
      return result((int) STATX.invokeExact(state, directory, path, flags, mask, status), state);
    } catch (Throwable t) {
      throw broken(t);
    }
  }
}
