package io.mooring.storage.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;

/**
 * Binds functions of the C library. Bound functions take the calling thread's error state as their
 * first argument; {@link #result} folds it into the kernel's own convention, a negative error
 * number, so that the fast path needs neither an exception nor an object.
 */
@SuppressWarnings("restricted")
final class CLibrary {
  private static final Linker LINKER = Linker.nativeLinker();
  private static final SymbolLookup SYMBOLS = LINKER.defaultLookup();
  private static final Linker.Option CAPTURE_ERRNO = Linker.Option.captureCallState("errno");
  private static final StructLayout ERROR_STATE = Linker.Option.captureStateLayout();
  private static final long ERRNO_OFFSET =
      ERROR_STATE.byteOffset(PathElement.groupElement("errno"));
  private static final ThreadLocal<MemorySegment> ERROR_STATES =
      ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(ERROR_STATE));

  private CLibrary() {}

  static MethodHandle bind(String name, FunctionDescriptor signature) {
    return LINKER.downcallHandle(SYMBOLS.findOrThrow(name), signature, CAPTURE_ERRNO);
  }

  /**
   * Binds a function such as {@code open(2)} whose arguments from {@code fixed} on are variadic.
   */
  static MethodHandle bindVariadic(String name, int fixed, FunctionDescriptor signature) {
    return LINKER.downcallHandle(
        SYMBOLS.findOrThrow(name), signature, CAPTURE_ERRNO, Linker.Option.firstVariadicArg(fixed));
  }

  static MemorySegment errorState() {
    return ERROR_STATES.get();
  }

  /** The value itself, or the negative error number when the call returned -1. */
  static long result(long returned, MemorySegment errorState) {
    return returned >= 0 ? returned : -errorState.get(ValueLayout.JAVA_INT, ERRNO_OFFSET);
  }

  static int result(int returned, MemorySegment errorState) {
    return returned >= 0 ? returned : -errorState.get(ValueLayout.JAVA_INT, ERRNO_OFFSET);
  }

  /** Turns a negative error number into an exception and passes everything else through. */
  static long check(long result, String operation, Object subject) throws LinuxException {
    if (result < 0) {
      throw new LinuxException(operation, subject.toString(), Math.toIntExact(-result));
    }
    return result;
  }

  static int check(int result, String operation, Object subject) throws LinuxException {
    if (result < 0) {
      throw new LinuxException(operation, subject.toString(), -result);
    }
    return result;
  }

  static boolean interrupted(long result) {
    return result == -Errno.EINTR.number();
  }

  static MemorySegment cString(Arena arena, Path path) {
    return arena.allocateFrom(path.toString());
  }

  /** A bound handle throws nothing of its own: whatever arrives here is an error in the binding. */
  static AssertionError broken(Throwable cause) {
    return switch (cause) {
      case Error error -> throw error;
      case RuntimeException exception -> throw exception;
      default -> new AssertionError("a native call threw a checked exception", cause);
    };
  }
}
