package io.mooring.storage.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A block device over a file: 4 KiB sectors, and direct I/O so that nothing is cached twice.
 *
 * <p>An open {@code LoopDevice} keeps the device attached. With autoclear the kernel detaches it
 * when its last user is gone, so the holder closes it after mounting and the device ends with the
 * mount, whatever happens to the process in between.
 */
public final class LoopDevice implements AutoCloseable {
  public enum Lifetime {
    /** Until {@link #detach()}. */
    PERSISTENT(0),
    /** Until the last user closes or unmounts it. */
    AUTOCLEAR(4);

    private final int flag;

    Lifetime(int flag) {
      this.flag = flag;
    }
  }

  /**
   * With the usual 512 a file system writes at such offsets too, and every such write costs its
   * server a read-modify-write.
   */
  private static final int SECTOR_SIZE = 4096;

  private static final Path CONTROL = Path.of("/dev/loop-control");
  private static final Path SYSTEM_BLOCK_DEVICES = Path.of("/sys/block");
  private static final int ATTACH_ATTEMPTS_MAX = 64;

  private static final long LOOP_CLR_FD = 0x4C01;
  private static final long LOOP_GET_STATUS64 = 0x4C05;
  private static final long LOOP_SET_CAPACITY = 0x4C07;
  private static final long LOOP_CONFIGURE = 0x4C0A;
  private static final long LOOP_CTL_GET_FREE = 0x4C82;
  private static final int FLAG_DIRECT_IO = 16;

  // struct loop_info64
  private static final long INFO_SIZE = 232;
  private static final long INFO_DEVICE = 0;
  private static final long INFO_INODE = 8;
  private static final long INFO_FLAGS = 52;
  private static final long INFO_FILE_NAME = 56;
  private static final int INFO_FILE_NAME_MAX = 63;

  // struct loop_config
  private static final long CONFIG_SIZE = 304;
  private static final long CONFIG_FD = 0;
  private static final long CONFIG_BLOCK_SIZE = 4;
  private static final long CONFIG_INFO = 8;

  private static final long CAPACITY_SECONDS_MAX = 10;
  private static final long CAPACITY_PAUSE_NANOS = TimeUnit.MICROSECONDS.toNanos(300);

  private final Path path;
  private final Path backing;
  private final Descriptor descriptor;

  private LoopDevice(Path path, Path backing, Descriptor descriptor) {
    this.path = path;
    this.backing = backing;
    this.descriptor = descriptor;
  }

  /** Makes a block device of the file. */
  public static LoopDevice attach(Path backing, Lifetime lifetime) throws LinuxException {
    try (Descriptor control = Descriptor.open(CONTROL, FileCalls.O_RDWR);
        Descriptor file = Descriptor.open(backing, FileCalls.O_RDWR)) {
      for (int attempt = 1; ; attempt++) {
        // Asking for a free device does not reserve it: another process may configure it first.
        Path path = Path.of("/dev/loop" + control(control, LOOP_CTL_GET_FREE));
        Descriptor device = Descriptor.open(path, FileCalls.O_RDWR);
        try {
          configure(device, file, backing, lifetime);
          return new LoopDevice(path, backing, device);
        } catch (LinuxException e) {
          device.close();
          if (e.errno() != Errno.EBUSY || attempt == ATTACH_ATTEMPTS_MAX) {
            throw e;
          }
        }
      }
    }
  }

  /**
   * The device that is attached to this very file, by inode. To ask a device is to ask the server
   * of its file, who may be this process and not yet serve it; so one whose name in {@code /sys} is
   * that of another file is not asked.
   */
  public static Optional<LoopDevice> findByBackingFile(Path backing) throws IOException {
    FileStatus wanted = FileStatus.of(backing);
    try (DirectoryStream<Path> candidates =
        Files.newDirectoryStream(SYSTEM_BLOCK_DEVICES, "loop*")) {
      for (Path candidate : candidates) {
        if (mayBeBackedBy(candidate, backing)) {
          Path path = Path.of("/dev").resolve(candidate.getFileName());
          Optional<LoopDevice> found = openIfBackedBy(path, backing, wanted);
          if (found.isPresent()) {
            return found;
          }
        }
      }
    }
    return Optional.empty();
  }

  /** A mount that this process does not see has no name but the root's, and says nothing. */
  private static boolean mayBeBackedBy(Path candidate, Path backing) throws IOException {
    try {
      String name = Files.readString(candidate.resolve("loop/backing_file")).strip();
      Path file = Path.of(name).getFileName();
      return file == null || file.equals(backing.getFileName());
    } catch (NoSuchFileException e) {
      return false; // not attached
    }
  }

  public Path path() {
    return path;
  }

  /** The kernel quietly falls back to buffered I/O when the backing file cannot do direct I/O. */
  public boolean isDirect() throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      return (status(descriptor, arena).get(JAVA_INT, INFO_FLAGS) & FLAG_DIRECT_IO) != 0;
    }
  }

  /**
   * Takes over the backing file's size while the device is in use, and sees to it that the kernel
   * has it.
   *
   * <p>A FUSE file's inode is updated when it is asked for its size, but the kernel drops an answer
   * that a write has overtaken, and says nothing. It then fails every read behind the size that the
   * inode still has, also of a device that is larger. So the inode is looked at, and the question
   * repeated.
   *
   * @param bytes size that the backing file has by now
   * @throws IOException if the kernel does not have it after {@value #CAPACITY_SECONDS_MAX} s
   */
  public void refreshCapacity(long bytes) throws IOException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(CAPACITY_SECONDS_MAX);
    try (BlockFile file = BlockFile.open(backing, BlockFile.Access.READ_ONLY)) {
      for (long known = file.size(); known != bytes; known = file.size()) {
        if (System.nanoTime() > deadline) {
          throw new IOException(
              "The kernel takes %s for %d bytes long and should know that it has %d: its users write so much that every answer about its size comes too late. Repeat the growth."
                  .formatted(backing, known, bytes));
        }
        LockSupport.parkNanos(CAPACITY_PAUSE_NANOS);
      }
    }
    control(descriptor, LOOP_SET_CAPACITY);
  }

  /** Detaches the device: at once when unused, otherwise when its last user is gone. */
  public void detach() throws LinuxException {
    try {
      control(descriptor, LOOP_CLR_FD);
    } catch (LinuxException e) {
      if (e.errno() != Errno.ENXIO) {
        throw e;
      }
    } finally {
      close();
    }
  }

  /** Lets go of the device without detaching it, unless it is AUTOCLEAR and nobody else uses it. */
  @Override
  public void close() {
    descriptor.close();
  }

  @Override
  public String toString() {
    return path + " on " + backing;
  }

  private static Optional<LoopDevice> openIfBackedBy(Path path, Path backing, FileStatus wanted)
      throws LinuxException {
    Descriptor device;
    try {
      device = Descriptor.open(path, FileCalls.O_RDWR);
    } catch (LinuxException e) {
      if (e.errno() == Errno.ENOENT || e.errno() == Errno.ENXIO) {
        return Optional.empty(); // detached and removed meanwhile
      }
      throw e;
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment status = status(device, arena);
      if (status.get(JAVA_LONG, INFO_INODE) == wanted.inode()
          && status.get(JAVA_LONG, INFO_DEVICE) == wanted.device()) {
        return Optional.of(new LoopDevice(path, backing, device));
      }
    } catch (LinuxException e) {
      // ENXIO: detached meanwhile; ENOTCONN: the server of its backing file is dead, so it is not
      // ours, whose status was read just now
      if (e.errno() != Errno.ENXIO && e.errno() != Errno.ENOTCONN) {
        device.close();
        throw e;
      }
    }
    device.close();
    return Optional.empty();
  }

  private static void configure(Descriptor device, Descriptor file, Path backing, Lifetime lifetime)
      throws LinuxException {
    int deviceFd = device.enter();
    int fileFd = file.enter();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment config = arena.allocate(CONFIG_SIZE, 8);
      config.set(JAVA_INT, CONFIG_FD, fileFd);
      config.set(JAVA_INT, CONFIG_BLOCK_SIZE, SECTOR_SIZE);
      MemorySegment info = config.asSlice(CONFIG_INFO, INFO_SIZE);
      info.set(JAVA_INT, INFO_FLAGS, FLAG_DIRECT_IO | lifetime.flag);
      byte[] name = backing.toString().getBytes(StandardCharsets.UTF_8);
      byte[] shown = Arrays.copyOf(name, Math.min(name.length, INFO_FILE_NAME_MAX));
      MemorySegment.copy(MemorySegment.ofArray(shown), 0, info, INFO_FILE_NAME, shown.length);
      CLibrary.check(DeviceCalls.ioctl(deviceFd, LOOP_CONFIGURE, config), "LOOP_CONFIGURE", device);
    } finally {
      file.exit();
      device.exit();
    }
  }

  private static MemorySegment status(Descriptor device, Arena arena) throws LinuxException {
    int fd = device.enter();
    try {
      MemorySegment info = arena.allocate(INFO_SIZE, 8);
      CLibrary.check(DeviceCalls.ioctl(fd, LOOP_GET_STATUS64, info), "LOOP_GET_STATUS64", device);
      return info;
    } finally {
      device.exit();
    }
  }

  private static int control(Descriptor descriptor, long request) throws LinuxException {
    int fd = descriptor.enter();
    try {
      return CLibrary.check(
          DeviceCalls.ioctl(fd, request, 0), "ioctl 0x%X".formatted(request), descriptor);
    } finally {
      descriptor.exit();
    }
  }
}
