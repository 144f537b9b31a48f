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

/** Socket calls: the result, or a negative error number. */
final class SocketCalls {
  private static final MethodHandle SOCKET =
      CLibrary.bind("socket", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));
  private static final FunctionDescriptor WITH_ADDRESS =
      FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);
  private static final MethodHandle BIND = CLibrary.bind("bind", WITH_ADDRESS);
  private static final MethodHandle CONNECT = CLibrary.bind("connect", WITH_ADDRESS);
  private static final MethodHandle LISTEN =
      CLibrary.bind("listen", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
  private static final MethodHandle ACCEPT4 =
      CLibrary.bind(
          "accept4", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS, JAVA_INT));
  private static final MethodHandle SETSOCKOPT =
      CLibrary.bind(
          "setsockopt",
          FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
  private static final MethodHandle GETSOCKOPT =
      CLibrary.bind(
          "getsockopt",
          FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, ADDRESS));
  private static final FunctionDescriptor NAMING =
      FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS);
  private static final MethodHandle GETSOCKNAME = CLibrary.bind("getsockname", NAMING);
  private static final MethodHandle GETPEERNAME = CLibrary.bind("getpeername", NAMING);
  private static final FunctionDescriptor MESSAGE =
      FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT);
  private static final MethodHandle SENDMSG = CLibrary.bind("sendmsg", MESSAGE);
  private static final MethodHandle RECVMSG = CLibrary.bind("recvmsg", MESSAGE);

  private SocketCalls() {}

  static int socket(int domain, int type, int protocol) {
    try {
      MemorySegment state = errorState();
      return result((int) SOCKET.invokeExact(state, domain, type, protocol), state);
    } catch (Throwable t) {
      throw broken(t);
    }
  }

  static int bind(int fd, MemorySegment address) {
    try {
      MemorySegment state = errorState();
      return result((int) BIND.invokeExact(state, fd, address, (int) address.byteSize()), state);
    } catch (Throwable t) {
      throw broken(t);
    }
  }

  static int connect(int fd, MemorySegment address) {
    try {
      MemorySegment state = errorState();
      return result((int) CONNECT.invokeExact(state, fd, address, (int) address.byteSize()), state);
    } catch (Throwable t) {
      throw broken(t);
    }
  }

  static int listen(int fd, int backlog) {
    try {
      MemorySegment state = errorState();
      return result((int) LISTEN.invokeExact(state, fd, backlog), state);
    } catch (Throwable t) {
      throw broken(t);
    }
  }

  static int accept(int fd, int flags) {
    try {
      MemorySegment state = errorState();
      MemorySegment nobody = MemorySegment.NULL;
      return result((int) ACCEPT4.invokeExact(state, fd, nobody, nobody, flags), state);
    } catch (Throwable t) {
      throw broken(t);
    }
  }

  static int setOption(int fd, int level, int option, MemorySegment value) {
    try {
      MemorySegment state = errorState();
      int length = (int) value.byteSize();
      return result((int) SETSOCKOPT.invokeExact(state, fd, level, option, value, length), state);
    } catch (Throwable t) {
      throw broken(t);
    }
  }

  /** Fills {@code value}; {@code length} holds its size before and that of the option after. */
  static int getOption(int fd, int level, int option, MemorySegment value, MemorySegment length) {
    try {
      MemorySegment state = errorState();
      return result((int) GETSOCKOPT.invokeExact(state, fd, level, option, value, length), state);
    } catch (Throwable t) {
      throw broken(t);
    }
  }

  /** Fills {@code address} with the socket's own; {@code length} holds its size. */
  static int ownName(int fd, MemorySegment address, MemorySegment length) {
    return name(GETSOCKNAME, fd, address, length);
  }

  /** Fills {@code address} with that of the other end; {@code length} holds its size. */
  static int peerName(int fd, MemorySegment address, MemorySegment length) {
    return name(GETPEERNAME, fd, address, length);
  }

  private static int name(MethodHandle call, int fd, MemorySegment address, MemorySegment length) {
    try {
      MemorySegment state = errorState();
      return result((int) call.invokeExact(state, fd, address, length), state);
    } catch (Throwable t) {
      throw broken(t);
    }
  }

  static long sendMessage(int fd, MemorySegment message, int flags) {
    try {
      MemorySegment state = errorState();
      return result((long) SENDMSG.invokeExact(state, fd, message, flags), state);
    } catch (Throwable t) {
      throw broken(t);
    }
  }

  static long receiveMessage(int fd, MemorySegment message, int flags) {
    try {
      MemorySegment state = errorState();
      return result((long) RECVMSG.invokeExact(state, fd, message, flags), state);
    } catch (Throwable t) {
      throw broken(t);
    }
  }
}
