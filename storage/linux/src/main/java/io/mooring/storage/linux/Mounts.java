package io.mooring.storage.linux;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Mounts and unmounts in the mount namespace of this process. */
public final class Mounts {
  public enum Flag {
    READ_ONLY(1),
    NO_SET_UID(2),
    NO_DEVICES(4),
    NO_EXEC(8),
    NO_ACCESS_TIMES(1024);

    private final long bit;

    Flag(long bit) {
      this.bit = bit;
    }
  }

  private static final long MS_REMOUNT = 32;
  private static final long MS_BIND = 4096;
  private static final int MNT_FORCE = 1;
  private static final int MNT_DETACH = 2;
  private static final int UMOUNT_NOFOLLOW = 8;

  private Mounts() {}

  /**
   * Mounts a file system.
   *
   * @param options those of the file system itself, comma separated; empty for none
   */
  public static void mount(String source, Path target, String type, Set<Flag> flags, String options)
      throws LinuxException {
    long bits = flags.stream().mapToLong(flag -> flag.bit).reduce(0, (a, b) -> a | b);
    mount(source, target, type, bits, options);
  }

  /** Makes a directory or file visible at a second place, which must exist already. */
  public static void bind(Path source, Path target, boolean readOnly) throws LinuxException {
    mount(source.toString(), target, "none", MS_BIND, "");
    if (!readOnly) {
      return;
    }
    try {
      // The kernel ignores READ_ONLY while it creates a bind mount and takes it only afterwards.
      mount(source.toString(), target, "none", MS_BIND | MS_REMOUNT | Flag.READ_ONLY.bit, "");
    } catch (LinuxException e) {
      unmount(target);
      throw e;
    }
  }

  /** Fails with EBUSY while anything under the target is open. */
  public static void unmount(Path target) throws LinuxException {
    unmount(target, UMOUNT_NOFOLLOW);
  }

  /**
   * Takes the target out of the tree at once; the file system itself ends when its last user does.
   */
  public static void unmountLazily(Path target) throws LinuxException {
    unmount(target, MNT_DETACH | UMOUNT_NOFOLLOW);
  }

  /** Every pending and future request to a FUSE file system fails; then unmounts it lazily. */
  static void abortAndUnmount(Path target) throws LinuxException {
    try {
      unmount(target, MNT_FORCE | UMOUNT_NOFOLLOW);
    } catch (LinuxException e) {
      if (e.errno() != Errno.EBUSY) {
        throw e;
      }
      unmountLazily(target);
    }
  }

  public static List<Mount> list() throws IOException {
    try (var lines = Files.lines(Path.of("/proc/self/mountinfo"))) {
      return lines.map(Mount::parse).toList();
    }
  }

  /** The topmost mount at exactly this place. Does not touch the place, which may be hanging. */
  public static Optional<Mount> at(Path target) throws IOException {
    Path resolved = resolveParent(target);
    return list().stream()
        .filter(mount -> mount.target().equals(resolved))
        .reduce((lower, upper) -> upper);
  }

  /** The kernel lists mounts by their real path. Resolving the last name would touch the mount. */
  private static Path resolveParent(Path target) throws IOException {
    Path absolute = target.toAbsolutePath().normalize();
    Path parent = absolute.getParent();
    if (parent == null || !Files.exists(parent)) {
      return absolute;
    }
    return parent.toRealPath().resolve(absolute.getFileName());
  }

  private static void mount(String source, Path target, String type, long flags, String options)
      throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      int result =
          DeviceCalls.mount(
              arena.allocateFrom(source),
              CLibrary.cString(arena, target),
              arena.allocateFrom(type),
              flags,
              options.isEmpty() ? MemorySegment.NULL : arena.allocateFrom(options));
      CLibrary.check(result, "mount of " + source, target);
    }
  }

  private static void unmount(Path target, int flags) throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      CLibrary.check(DeviceCalls.umount2(CLibrary.cString(arena, target), flags), "umount", target);
    }
  }
}
