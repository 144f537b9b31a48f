package io.mooring.storage.linux;

import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.OptionalLong;

/**
 * A file or block device read and written by position.
 *
 * <p>Safe for use by many threads at once, and by threads that get interrupted: a FileChannel would
 * close itself under all of them. Memory segments and buffers must be off the heap. A method either
 * does all it says or throws {@link LinuxException}; after a failed write or sync the contents of
 * the range are unknown, and a later successful {@link #dataSync} proves nothing about it.
 */
public final class BlockFile implements AutoCloseable {

  /**
   * As much is written at once. A kernel keeps what one call wrote in one piece of its page cache,
   * and looks at all of that piece's blocks in every later small write to it: 4 KiB random writes
   * over what was written by the MiB had 33,000 IOPS, over slices of this size 83,000, and the
   * large write itself loses 4 %. (Linux 6.18, ext4.)
   */
  private static final long SLICE_BYTES = 128 << 10;

  public enum Access {
    READ_ONLY(FileCalls.O_RDONLY),
    READ_WRITE(FileCalls.O_RDWR),
    /** Read and write; created with mode 0600 when missing. */
    CREATE(FileCalls.O_RDWR | FileCalls.O_CREAT),
    /** Read and write; fails with EEXIST when the file is there already. */
    CREATE_NEW(FileCalls.O_RDWR | FileCalls.O_CREAT | FileCalls.O_EXCL);

    private final int flags;

    Access(int flags) {
      this.flags = flags;
    }
  }

  /** Receives one stored extent of a sparse file. */
  @FunctionalInterface
  public interface ExtentVisitor {
    void extent(long offset, long length) throws IOException;
  }

  private final Descriptor descriptor;

  private BlockFile(Descriptor descriptor) {
    this.descriptor = descriptor;
  }

  public static BlockFile open(Path path, Access access) throws LinuxException {
    return new BlockFile(Descriptor.open(path, access.flags));
  }

  /**
   * Makes names durable: a created, renamed or deleted file survives a power loss only after its
   * directory was synced.
   */
  public static void syncDirectory(Path directory) throws LinuxException {
    try (Descriptor opened = Descriptor.open(directory, FileCalls.O_RDONLY)) {
      untilDone(opened, "fsync", FileCalls::fsync);
    }
  }

  /** Reads until the target is full or the file ends; returns the bytes read. */
  public long read(long offset, MemorySegment target) throws LinuxException {
    long length = target.byteSize();
    int fd = descriptor.enter();
    try {
      long done = 0;
      while (done < length) {
        long n =
            FileCalls.pread(
                fd, done == 0 ? target : target.asSlice(done), length - done, offset + done);
        if (n == 0) {
          break;
        }
        if (!CLibrary.interrupted(n)) {
          done += CLibrary.check(n, "pread", descriptor);
        }
      }
      return done;
    } finally {
      descriptor.exit();
    }
  }

  /** Reads into a direct buffer's remaining space and advances its position. */
  public int read(long offset, ByteBuffer target) throws LinuxException {
    int n = (int) read(offset, MemorySegment.ofBuffer(target));
    target.position(target.position() + n);
    return n;
  }

  /** Fills the target or fails: the end of the file is an {@link EOFException}. */
  public void readFully(long offset, MemorySegment target) throws IOException {
    long n = read(offset, target);
    if (n < target.byteSize()) {
      throw new EOFException(
          "%s ends at %d, %d bytes short of the range [%d, +%d)"
              .formatted(descriptor, offset + n, target.byteSize() - n, offset, target.byteSize()));
    }
  }

  /** Writes all of the source to the page cache; {@link #dataSync} makes it durable. */
  public void write(long offset, MemorySegment source) throws LinuxException {
    long length = source.byteSize();
    int fd = descriptor.enter();
    try {
      long done = 0;
      while (done < length) {
        long slice = Math.min(length - done, SLICE_BYTES - (offset + done) % SLICE_BYTES);
        long n =
            FileCalls.pwrite(fd, done == 0 ? source : source.asSlice(done), slice, offset + done);
        if (!CLibrary.interrupted(n)) {
          done += CLibrary.check(n, "pwrite", descriptor);
        }
      }
    } finally {
      descriptor.exit();
    }
  }

  /** Writes a direct buffer's remaining bytes and advances its position. */
  public void write(long offset, ByteBuffer source) throws LinuxException {
    write(offset, MemorySegment.ofBuffer(source));
    source.position(source.limit());
  }

  /** Makes everything written so far durable, together with the size needed to read it back. */
  public void dataSync() throws LinuxException {
    untilDone(descriptor, "fdatasync", FileCalls::fdatasync);
  }

  /** Gives the range's space back; it reads as zeros from now on. The size does not change. */
  public void punchHole(long offset, long length) throws LinuxException {
    allocation(FileCalls.FALLOC_PUNCH_HOLE | FileCalls.FALLOC_KEEP_SIZE, offset, length);
  }

  /**
   * Makes the range read as zeros and keeps its space reserved where the file system can; a file
   * system that cannot gets a hole instead. The size does not change.
   */
  public void zeroRange(long offset, long length) throws LinuxException {
    try {
      allocation(FileCalls.FALLOC_ZERO_RANGE | FileCalls.FALLOC_KEEP_SIZE, offset, length);
    } catch (LinuxException e) {
      if (e.errno() != Errno.EOPNOTSUPP) {
        throw e;
      }
      punchHole(offset, length);
    }
  }

  /**
   * Reserves space for the range, also behind the end. The size does not change; cutting off the
   * end at the present size gives back what is reserved behind it.
   *
   * @throws LinuxException ENOSPC with a part of it reserved, EOPNOTSUPP where the file system
   *     cannot reserve
   */
  public void reserve(long offset, long length) throws LinuxException {
    allocation(FileCalls.FALLOC_KEEP_SIZE, offset, length);
  }

  /** Grows with a hole or cuts off the end. */
  public void truncate(long size) throws LinuxException {
    untilDone(descriptor, "ftruncate", fd -> FileCalls.ftruncate(fd, size));
  }

  /** Starts writing the range's dirty pages to disk without waiting and without any guarantee. */
  public void startWriteback(long offset, long length) throws LinuxException {
    untilDone(
        descriptor,
        "sync_file_range",
        fd -> FileCalls.syncFileRange(fd, offset, length, FileCalls.SYNC_FILE_RANGE_WRITE));
  }

  /** Drops the range's clean pages from the page cache; dirty ones stay. */
  public void dropCached(long offset, long length) throws LinuxException {
    untilDone(
        descriptor,
        "posix_fadvise",
        fd -> FileCalls.fadvise(fd, offset, length, FileCalls.POSIX_FADV_DONTNEED));
  }

  /** Bytes of the file or of the block device. */
  public long size() throws LinuxException {
    return seek(0, FileCalls.SEEK_END, "lseek(SEEK_END)");
  }

  /** Bytes that the file occupies on disk, metadata of the file system not counted. */
  public long allocatedBytes() throws LinuxException {
    return FileStatus.of(descriptor).allocatedBytes();
  }

  /** The first stored byte at or after the offset, or empty when only a hole follows. */
  public OptionalLong nextData(long offset) throws LinuxException {
    return seekExtent(offset, FileCalls.SEEK_DATA, "lseek(SEEK_DATA)");
  }

  /** The first hole at or after the offset (the end of the file counts), or empty past the end. */
  public OptionalLong nextHole(long offset) throws LinuxException {
    return seekExtent(offset, FileCalls.SEEK_HOLE, "lseek(SEEK_HOLE)");
  }

  /**
   * Visits the stored extents inside {@code [from, to)} in ascending order, cut to that range. What
   * is not visited reads as zeros; what is visited may be zeros too.
   */
  public void visitData(long from, long to, ExtentVisitor visitor) throws IOException {
    long position = from;
    while (position < to) {
      OptionalLong data = nextData(position);
      if (data.isEmpty() || data.getAsLong() >= to) {
        return;
      }
      long start = data.getAsLong();
      long end = Math.min(to, nextHole(start).orElse(to));
      visitor.extent(start, end - start);
      position = end;
    }
  }

  /**
   * Writes back what is dirty and visits the extents that were really written, in ascending order,
   * cut to {@code [from, to)}. Exact to the block of the file system, other than {@link
   * #visitData}: space that is only reserved is left out, also where zeros of it were read into the
   * page cache.
   *
   * @throws LinuxException with EOPNOTSUPP if the file system cannot tell
   */
  public void visitWritten(long from, long to, ExtentVisitor visitor) throws IOException {
    int fd = descriptor.enter();
    try {
      ExtentMap.visit(fd, descriptor, from, to, visitor);
    } finally {
      descriptor.exit();
    }
  }

  /**
   * Takes the exclusive advisory lock of the file, held until it is closed or the process ends;
   * false when another process or another open of this file holds it.
   */
  public boolean tryLock() throws LinuxException {
    int fd = descriptor.enter();
    try {
      int locked = FileCalls.flock(fd, FileCalls.LOCK_EXCLUSIVE_NOW);
      if (locked == -Errno.EAGAIN.number()) {
        return false;
      }
      CLibrary.check(locked, "flock", descriptor);
      return true;
    } finally {
      descriptor.exit();
    }
  }

  /** The open file itself, to be passed to another process; still owned by this object. */
  public Descriptor descriptor() {
    return descriptor;
  }

  /** Idempotent; calls of other threads that are under way finish first. Does not sync. */
  @Override
  public void close() {
    descriptor.close();
  }

  @Override
  public String toString() {
    return descriptor.subject();
  }

  private void allocation(int mode, long offset, long length) throws LinuxException {
    untilDone(descriptor, "fallocate", fd -> FileCalls.fallocate(fd, mode, offset, length));
  }

  private OptionalLong seekExtent(long offset, int whence, String operation) throws LinuxException {
    try {
      return OptionalLong.of(seek(offset, whence, operation));
    } catch (LinuxException e) {
      if (e.errno() == Errno.ENXIO) {
        return OptionalLong.empty();
      }
      throw e;
    }
  }

  /** Moves the descriptor's own position, which nothing here ever uses. */
  private long seek(long offset, int whence, String operation) throws LinuxException {
    int fd = descriptor.enter();
    try {
      return CLibrary.check(FileCalls.lseek(fd, offset, whence), operation, descriptor);
    } finally {
      descriptor.exit();
    }
  }

  @FunctionalInterface
  private interface Call {
    int on(int fd);
  }

  private static void untilDone(Descriptor descriptor, String operation, Call call)
      throws LinuxException {
    int fd = descriptor.enter();
    try {
      int result;
      do {
        result = call.on(fd);
      } while (CLibrary.interrupted(result));
      CLibrary.check(result, operation, descriptor);
    } finally {
      descriptor.exit();
    }
  }
}
