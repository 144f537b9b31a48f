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

/** Device and mount calls: the result, or a negative error number. */
final class DeviceCalls {
  private static final MethodHandle IOCTL =
      CLibrary.bindVariadic(
          "ioctl", 2, FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS));
  private static final MethodHandle MOUNT =
      CLibrary.bind(
          "mount", FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS));
  private static final MethodHandle UMOUNT2 =
      CLibrary.bind("umount2", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT));
  private static final MethodHandle STATVFS =
      CLibrary.bind("statvfs", FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS));

  private DeviceCalls() {}

  static int ioctl(int fd, long request, MemorySegment argument) {
    try {
      MemorySegment state = errorState();
      return result((int) IOCTL.invokeExact(state, fd, request, argument), state);
    } catch (Throwable t) {
      throw broken(t);
    }
  }

  /** For requests whose argument is a number, or nothing, instead of a structure. */
  static int ioctl(int fd, long request, long argument) {
    return ioctl(fd, request, MemorySegment.ofAddress(argument));
  }

  static int mount(
      MemorySegment source,
      MemorySegment target,
      MemorySegment type,
      long flags,
      MemorySegment options) {
    try {
      MemorySegment state = errorState();
      return result((int) MOUNT.invokeExact(state, source, target, type, flags, options), state);
    } catch (Throwable t) {
      throw broken(t);
    }
  }

  static int umount2(MemorySegment target, int flags) {
    try {
      MemorySegment state = errorState();
      return result((int) UMOUNT2.invokeExact(state, target, flags), state);
    } catch (Throwable t) {
      throw broken(t);
    }
  }

  static int statvfs(MemorySegment path, MemorySegment status) {
    try {
      MemorySegment state = errorState();
      return result((int) STATVFS.invokeExact(state, path, status), state);
    } catch (Throwable t) {
      throw broken(t);
    }
  }
}
