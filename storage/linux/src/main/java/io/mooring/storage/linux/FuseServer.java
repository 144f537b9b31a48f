package io.mooring.storage.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * One serving thread: reads a request, has the device execute it, reads the next. The buffers and
 * the views of them live as long as the thread, so that serving a read allocates nothing.
 */
final class FuseServer {
  private static final Logger LOG = System.getLogger(FuseServer.class.getName());
  private static final int ROOT_INODE = 1;
  private static final int REGULAR_FILE_0600 = 0100600;
  private static final int BODY = FuseProtocol.ANSWER_HEADER;

  private final FuseConnection connection;
  private final FuseDevice device;

  /** Placed so that the payload of a write starts on a page. */
  private final MemorySegment request;

  /** Placed so that the data of a read starts on a page. */
  private final MemorySegment answer;

  /** Views of the whole pages of payload and data, by their number of pages. */
  private final @Nullable MemorySegment[] payloads =
      new @Nullable MemorySegment[FuseProtocol.MAX_TRANSFER / FuseProtocol.PAGE + 1];

  private final @Nullable MemorySegment[] targets =
      new @Nullable MemorySegment[FuseProtocol.MAX_TRANSFER / FuseProtocol.PAGE + 1];

  private FuseServer(FuseConnection connection, FuseDevice device, Arena arena) {
    this.connection = connection;
    this.device = device;
    this.request = bufferWithAlignedBody(arena, FuseProtocol.WRITE_PAYLOAD);
    this.answer = bufferWithAlignedBody(arena, FuseProtocol.ANSWER_HEADER);
  }

  private static MemorySegment bufferWithAlignedBody(Arena arena, int header) {
    return arena
        .allocate(FuseProtocol.PAGE + FuseProtocol.MAX_TRANSFER, FuseProtocol.PAGE)
        .asSlice(FuseProtocol.PAGE - header);
  }

  /**
   * Serves until the file is unmounted. The buffers are confined to the calling thread: a device
   * that hands a payload to another thread fails at once instead of now and then.
   */
  static void serve(FuseConnection connection, FuseDevice device) {
    try (Arena arena = Arena.ofConfined()) {
      FuseServer server = new FuseServer(connection, device, arena);
      while (connection.receive(server.request)) {
        server.serve();
      }
    } catch (LinuxException e) {
      LOG.log(Level.ERROR, "Serving a FUSE file ended: its connection cannot be read", e);
    }
  }

  private void serve() {
    long id = request.get(JAVA_LONG, FuseProtocol.REQUEST_ID);
    switch (request.get(JAVA_INT, FuseProtocol.REQUEST_OPCODE)) {
      case FuseProtocol.OP_READ -> read(id);
      case FuseProtocol.OP_WRITE -> write(id);
      case FuseProtocol.OP_FSYNC -> execute(new FuseReply(connection, id, 0), device::flush);
      case FuseProtocol.OP_FALLOCATE -> allocate(id);
      case FuseProtocol.OP_GETATTR, FuseProtocol.OP_SETATTR -> attributes(id);
      case FuseProtocol.OP_INIT -> negotiate(id);
      case FuseProtocol.OP_OPEN -> open(id);
      case FuseProtocol.OP_STATFS -> fileSystemStatus(id);
      case FuseProtocol.OP_LSEEK -> seek(id);
      // Closing a file promises no durability, and access is the mount's business.
      case FuseProtocol.OP_FLUSH,
          FuseProtocol.OP_RELEASE,
          FuseProtocol.OP_ACCESS,
          FuseProtocol.OP_DESTROY ->
          connection.answer(id, 0);
      // The root is a file and has no entries.
      case FuseProtocol.OP_LOOKUP -> connection.answer(id, Errno.ENOENT.number());
      // An interrupted request is answered when it is done: a write cannot be taken back.
      case FuseProtocol.OP_INTERRUPT, FuseProtocol.OP_FORGET, FuseProtocol.OP_BATCH_FORGET -> {}
      default -> connection.answer(id, Errno.ENOSYS.number());
    }
  }

  private void read(long id) {
    long offset = request.get(JAVA_LONG, FuseProtocol.RANGE_OFFSET);
    int size = request.get(JAVA_INT, FuseProtocol.TRANSFER_SIZE);
    int length = Math.clamp(device.size() - offset, 0, size);
    try {
      if (length > 0) {
        device.read(offset, view(answer, BODY, targets, length));
      }
    } catch (IOException | RuntimeException e) {
      connection.answer(id, failure("read", e));
      return;
    }
    connection.answerBody(answer, id, length);
  }

  private void write(long id) {
    long offset = request.get(JAVA_LONG, FuseProtocol.RANGE_OFFSET);
    int size = request.get(JAVA_INT, FuseProtocol.TRANSFER_SIZE);
    if (size > device.size() - offset) {
      connection.answer(id, Errno.ENOSPC.number());
      return;
    }
    FuseReply reply = new FuseReply(connection, id, size);
    try {
      device.write(offset, view(request, FuseProtocol.WRITE_PAYLOAD, payloads, size), reply);
    } catch (IOException | RuntimeException e) {
      answerFailure(reply, "write", e);
    }
  }

  private void allocate(long id) {
    long offset = request.get(JAVA_LONG, FuseProtocol.RANGE_OFFSET);
    long length = request.get(JAVA_LONG, FuseProtocol.FALLOCATE_LENGTH);
    int mode = request.get(JAVA_INT, FuseProtocol.FALLOCATE_MODE) & ~FileCalls.FALLOC_KEEP_SIZE;
    FuseReply reply = new FuseReply(connection, id, 0);
    if (length > device.size() - offset) {
      reply.fail(Errno.ENOSPC);
    } else if (mode == FileCalls.FALLOC_PUNCH_HOLE) {
      execute(reply, r -> device.discard(offset, length, r));
    } else if (mode == FileCalls.FALLOC_ZERO_RANGE) {
      execute(reply, r -> device.zero(offset, length, r));
    } else {
      reply.fail(Errno.EOPNOTSUPP);
    }
  }

  @FunctionalInterface
  private interface Operation {
    void start(FuseReply reply) throws IOException;
  }

  private void execute(FuseReply reply, Operation operation) {
    try {
      operation.start(reply);
    } catch (IOException | RuntimeException e) {
      answerFailure(reply, "flush, discard or zero", e);
    }
  }

  private void answerFailure(FuseReply reply, String operation, Exception cause) {
    int number = failure(operation, cause);
    if (!reply.isAnswered()) {
      reply.fail(new LinuxException(operation, connection.toString(), number));
    }
  }

  /** An exception that is not an operating failure is a bug of the device: say so, answer EIO. */
  private int failure(String operation, Exception cause) {
    if (cause instanceof RuntimeException) {
      LOG.log(Level.ERROR, "A block device failed unexpectedly during " + operation, cause);
    }
    return FuseReply.errorNumber(cause);
  }

  private void negotiate(long id) {
    int kernelFlags = request.get(JAVA_INT, FuseProtocol.INIT_FLAGS);
    int wanted =
        FuseProtocol.CAN_ASYNC_READ
            | FuseProtocol.CAN_BIG_WRITES
            | FuseProtocol.CAN_ASYNC_DIRECT_IO
            | FuseProtocol.CAN_MAX_PAGES;
    boolean resend =
        (kernelFlags & FuseProtocol.CAN_INIT_EXT) != 0
            && (request.get(JAVA_INT, FuseProtocol.INIT_FLAGS2) & FuseProtocol.CAN_RESEND) != 0;
    int minor = Math.min(request.get(JAVA_INT, FuseProtocol.INIT_MINOR), FuseProtocol.MINOR);
    clearBody(FuseProtocol.INIT_BODY);
    answer.set(JAVA_INT, BODY, FuseProtocol.MAJOR);
    answer.set(JAVA_INT, BODY + 4, minor);
    answer.set(JAVA_INT, BODY + 8, FuseProtocol.MAX_TRANSFER); // read-ahead
    answer.set(JAVA_INT, BODY + 12, wanted & kernelFlags);
    answer.set(JAVA_SHORT, BODY + 16, (short) FuseProtocol.MAX_BACKGROUND);
    answer.set(JAVA_SHORT, BODY + 18, (short) FuseProtocol.CONGESTION_THRESHOLD);
    answer.set(JAVA_INT, BODY + 20, FuseProtocol.MAX_TRANSFER);
    answer.set(JAVA_INT, BODY + 24, 1); // time granularity in nanoseconds
    answer.set(JAVA_SHORT, BODY + 28, (short) (FuseProtocol.MAX_TRANSFER / FuseProtocol.PAGE));
    connection.answerBody(answer, id, FuseProtocol.INIT_BODY);
    connection.negotiated(resend);
  }

  /** Valid for no time at all, so that growth shows at once. Setting attributes changes nothing. */
  private void attributes(long id) {
    long size = device.size();
    int attributes = BODY + 16;
    clearBody(FuseProtocol.ATTRIBUTES_BODY);
    answer.set(JAVA_LONG, attributes, ROOT_INODE);
    answer.set(JAVA_LONG, attributes + 8, size);
    answer.set(JAVA_LONG, attributes + 16, size / 512);
    answer.set(JAVA_INT, attributes + 60, REGULAR_FILE_0600);
    answer.set(JAVA_INT, attributes + 64, 1); // links
    answer.set(JAVA_INT, attributes + 80, FuseProtocol.PAGE); // preferred block size
    connection.answerBody(answer, id, FuseProtocol.ATTRIBUTES_BODY);
  }

  private void open(long id) {
    clearBody(FuseProtocol.OPEN_BODY);
    answer.set(
        JAVA_INT, BODY + 8, FuseProtocol.OPEN_DIRECT_IO | FuseProtocol.OPEN_PARALLEL_DIRECT_WRITES);
    connection.answerBody(answer, id, FuseProtocol.OPEN_BODY);
  }

  /** A loop device takes its discard granularity from the block size. */
  private void fileSystemStatus(long id) {
    clearBody(FuseProtocol.STATFS_BODY);
    answer.set(JAVA_LONG, BODY, device.size() / FuseProtocol.PAGE); // blocks
    answer.set(JAVA_INT, BODY + 40, FuseProtocol.PAGE); // block size
    answer.set(JAVA_INT, BODY + 44, 255); // name length
    answer.set(JAVA_INT, BODY + 48, FuseProtocol.PAGE); // fragment size
    connection.answerBody(answer, id, FuseProtocol.STATFS_BODY);
  }

  /** Everything counts as data, which is always a correct answer. */
  private void seek(long id) {
    long offset = request.get(JAVA_LONG, FuseProtocol.RANGE_OFFSET);
    long size = device.size();
    int whence = request.get(JAVA_INT, FuseProtocol.LSEEK_WHENCE);
    if (whence != FileCalls.SEEK_DATA && whence != FileCalls.SEEK_HOLE) {
      connection.answer(id, Errno.EINVAL.number());
    } else if (offset < 0 || offset >= size) {
      connection.answer(id, Errno.ENXIO.number());
    } else {
      answer.set(JAVA_LONG, BODY, whence == FileCalls.SEEK_DATA ? offset : size);
      connection.answerBody(answer, id, FuseProtocol.LSEEK_BODY);
    }
  }

  private static MemorySegment view(
      MemorySegment buffer, int start, @Nullable MemorySegment[] views, int length) {
    if (length % FuseProtocol.PAGE != 0) {
      return buffer.asSlice(start, length);
    }
    int pages = length / FuseProtocol.PAGE;
    MemorySegment view = views[pages];
    if (view == null) {
      view = buffer.asSlice(start, length);
      views[pages] = view;
    }
    return view;
  }

  private void clearBody(int length) {
    answer.asSlice(BODY, length).fill((byte) 0);
  }
}
