package io.mooring.storage.nbd;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * The port behind an export: what a volume does for the protocol.
 *
 * <p><b>Ranges</b> are checked by the server against {@link #sizeBytes()} and are never empty; any
 * alignment occurs. <b>Threads</b>: every connection calls from its own thread, so all methods are
 * called concurrently; they must not block for longer than a local disk does, because the
 * connection reads no further request meanwhile. <b>Completion</b> may come inside the call or
 * later from any thread, in any order. <b>Durability</b>: a completed write is visible to every
 * later read on every connection; it is durable once a flush that began after its completion has
 * completed, no matter which connection sent the flush, or if it had {@code fua}. <b>Failure</b> is
 * told through the completion; an exception out of a method is a bug and ends the connection.
 */
public interface BlockDevice {

  /** Current size; may grow between calls, never shrinks. */
  long sizeBytes();

  /**
   * Fills {@code into} from its position to its limit. The buffer belongs to the device until it
   * completes the request.
   */
  void read(long offset, ByteBuffer into, Completion completion);

  /**
   * Writes what remains in {@code data}, which is valid only during the call: a device that needs
   * it longer copies it.
   */
  void write(long offset, ByteBuffer data, boolean fua, Completion completion);

  /** Makes every write completed so far, through any connection, durable. */
  void flush(Completion completion);

  /** Declares the range unused. Its content is undefined until it is written again. */
  void trim(long offset, long length, boolean fua, Completion completion);

  /** Makes the range read as zeros; with {@code mayPunch} its space may be given back. */
  void zero(long offset, long length, boolean mayPunch, boolean fua, Completion completion);

  /**
   * Allocation from {@code offset} on. The extents follow each other without gap; they may end
   * before the range does (the client asks again) or after it (the server cuts).
   *
   * @param extentsMax how many extents the caller can use; the device may stop there
   */
  List<Extent> blockStatus(long offset, long length, int extentsMax) throws IOException;

  /**
   * A connection has handled all the requests it received and is about to wait for more: whatever
   * the device holds back to send in larger portions should leave now.
   */
  default void inputIdle() {}
}
