package io.mooring.storage.nbd;

/** The numbers of the NBD protocol, as its specification names them. */
final class Protocol {

  static final long GREETING_MAGIC = 0x4e42444d41474943L; // "NBDMAGIC"
  static final long OPTION_MAGIC = 0x49484156454f5054L; // "IHAVEOPT"
  static final long OPTION_REPLY_MAGIC = 0x0003e889045565a9L;
  static final int REQUEST_MAGIC = 0x25609513;
  static final int SIMPLE_REPLY_MAGIC = 0x67446698;
  static final int STRUCTURED_REPLY_MAGIC = 0x668e33ef;

  static final int OPTION_HEADER_BYTES = 16;
  static final int OPTION_REPLY_HEADER_BYTES = 20;
  static final int REQUEST_BYTES = 28;
  static final int SIMPLE_REPLY_BYTES = 16;
  static final int STRUCTURED_REPLY_BYTES = 20;

  /** Zeros that follow the answer to EXPORT_NAME unless the client asked to leave them out. */
  static final int EXPORT_NAME_PADDING_BYTES = 124;

  /** Longest string the protocol allows; export names and messages obey it. */
  static final int STRING_BYTES_MAX = 4096;

  static final String BASE_ALLOCATION = "base:allocation";

  /** Flags of the greeting; the client echoes those it accepts. */
  static final class HandshakeFlag {
    static final int FIXED_NEWSTYLE = 1;
    static final int NO_ZEROES = 1 << 1;

    private HandshakeFlag() {}
  }

  /** What an export can do, told to the client at the end of the handshake. */
  static final class TransmissionFlag {
    static final int HAS_FLAGS = 1;
    static final int READ_ONLY = 1 << 1;
    static final int SEND_FLUSH = 1 << 2;
    static final int SEND_FUA = 1 << 3;
    static final int SEND_TRIM = 1 << 5;
    static final int SEND_WRITE_ZEROES = 1 << 6;
    static final int SEND_DF = 1 << 7;
    static final int CAN_MULTI_CONN = 1 << 8;

    private TransmissionFlag() {}
  }

  /** Option types of the handshake. */
  static final class Option {
    static final int EXPORT_NAME = 1;
    static final int ABORT = 2;
    static final int LIST = 3;
    static final int INFO = 6;
    static final int GO = 7;
    static final int STRUCTURED_REPLY = 8;
    static final int LIST_META_CONTEXT = 9;
    static final int SET_META_CONTEXT = 10;

    private Option() {}
  }

  /** Types of the server's answers to an option; errors have the top bit set. */
  static final class OptionReply {
    static final int ACK = 1;
    static final int SERVER = 2;
    static final int INFO = 3;
    static final int META_CONTEXT = 4;
    static final int ERROR_BIT = 1 << 31;
    static final int ERR_UNSUP = ERROR_BIT + 1;
    static final int ERR_INVALID = ERROR_BIT + 3;
    static final int ERR_UNKNOWN = ERROR_BIT + 6;

    private OptionReply() {}
  }

  /** Kinds of information in the answer to INFO and GO. */
  static final class Info {
    static final int EXPORT = 0;
    static final int NAME = 1;
    static final int DESCRIPTION = 2;
    static final int BLOCK_SIZE = 3;

    private Info() {}
  }

  /** Request types of the transmission phase. */
  static final class Command {
    static final int READ = 0;
    static final int WRITE = 1;
    static final int DISCONNECT = 2;
    static final int FLUSH = 3;
    static final int TRIM = 4;
    static final int WRITE_ZEROES = 6;
    static final int BLOCK_STATUS = 7;

    private Command() {}
  }

  /** Flags of a request. */
  static final class CommandFlag {
    static final int FUA = 1;
    static final int NO_HOLE = 1 << 1;
    static final int DF = 1 << 2;
    static final int REQ_ONE = 1 << 3;

    private CommandFlag() {}
  }

  /** Chunk types of a structured reply. */
  static final class Chunk {
    static final int NONE = 0;
    static final int OFFSET_DATA = 1;
    static final int OFFSET_HOLE = 2;
    static final int BLOCK_STATUS = 5;
    static final int ERROR_BIT = 1 << 15;
    static final int ERROR = ERROR_BIT + 1;

    /** Flag: the last chunk of its reply. */
    static final int DONE = 1;

    private Chunk() {}
  }

  /** Flags of an extent in the {@code base:allocation} context. */
  static final class AllocationFlag {
    static final int HOLE = 1;
    static final int ZERO = 1 << 1;

    private AllocationFlag() {}
  }

  private Protocol() {}
}
