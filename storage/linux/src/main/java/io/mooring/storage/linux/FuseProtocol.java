package io.mooring.storage.linux;

/**
 * The part of the FUSE kernel protocol (linux/fuse.h) that a file system of one regular file needs.
 * Offsets of request fields count from the start of the message, offsets of answer fields from the
 * end of the answer's header.
 */
final class FuseProtocol {
  static final int MAJOR = 7;

  /** Newer kernels step down to it; nothing later is used. */
  static final int MINOR = 36;

  static final int OP_LOOKUP = 1;
  static final int OP_FORGET = 2;
  static final int OP_GETATTR = 3;
  static final int OP_SETATTR = 4;
  static final int OP_OPEN = 14;
  static final int OP_READ = 15;
  static final int OP_WRITE = 16;
  static final int OP_STATFS = 17;
  static final int OP_RELEASE = 18;
  static final int OP_FSYNC = 20;
  static final int OP_FLUSH = 25;
  static final int OP_INIT = 26;
  static final int OP_ACCESS = 34;
  static final int OP_INTERRUPT = 36;
  static final int OP_DESTROY = 38;
  static final int OP_BATCH_FORGET = 42;
  static final int OP_FALLOCATE = 43;
  static final int OP_LSEEK = 46;

  // Request header, then bodies.
  static final int REQUEST_HEADER = 40;
  static final int REQUEST_OPCODE = 4;
  static final int REQUEST_ID = 8;
  static final int INIT_MINOR = REQUEST_HEADER + 4;
  static final int INIT_FLAGS = REQUEST_HEADER + 12;
  static final int INIT_FLAGS2 = REQUEST_HEADER + 16;
  static final int RANGE_OFFSET = REQUEST_HEADER + 8;
  static final int TRANSFER_SIZE = REQUEST_HEADER + 16;
  static final int WRITE_PAYLOAD = REQUEST_HEADER + 40;
  static final int FALLOCATE_LENGTH = REQUEST_HEADER + 16;
  static final int FALLOCATE_MODE = REQUEST_HEADER + 24;
  static final int LSEEK_WHENCE = REQUEST_HEADER + 16;

  // Answer header, then bodies.
  static final int ANSWER_HEADER = 16;
  static final int ANSWER_LENGTH = 0;
  static final int ANSWER_ERROR = 4;
  static final int ANSWER_ID = 8;

  static final int INIT_BODY = 64;
  static final int ATTRIBUTES_BODY = 104;
  static final int OPEN_BODY = 16;
  static final int STATFS_BODY = 80;
  static final int WRITE_BODY = 8;
  static final int LSEEK_BODY = 8;

  /** Reads of one file may be in flight together. */
  static final int CAN_ASYNC_READ = 1;

  static final int CAN_BIG_WRITES = 1 << 5;

  /** Without it a queue of direct requests, as a loop device sends them, is served one by one. */
  static final int CAN_ASYNC_DIRECT_IO = 1 << 15;

  /** Lets requests grow from 128 KiB to {@link #MAX_TRANSFER}. */
  static final int CAN_MAX_PAGES = 1 << 22;

  /** The second word of flags is present. */
  static final int CAN_INIT_EXT = 1 << 30;

  /** In the second word of flags: the kernel understands {@link #NOTIFY_RESEND}. */
  static final int CAN_RESEND = 1 << (39 - 32);

  static final int MAX_TRANSFER = 1 << 20;
  static final int PAGE = 4096;

  /** Asynchronous requests the kernel keeps in flight; further ones wait in the kernel. */
  static final int MAX_BACKGROUND = 64;

  static final int CONGESTION_THRESHOLD = 48;

  /** No page cache between the loop device and this server: the file system above has one. */
  static final int OPEN_DIRECT_IO = 1;

  static final int OPEN_PARALLEL_DIRECT_WRITES = 1 << 6;

  /** Instead of an error number, in an answer with request id 0: send unanswered requests again. */
  static final int NOTIFY_RESEND = 7;

  private FuseProtocol() {}
}
