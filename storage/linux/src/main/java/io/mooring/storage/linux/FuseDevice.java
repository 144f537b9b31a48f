package io.mooring.storage.linux;

import java.io.IOException;
import java.lang.foreign.MemorySegment;

/**
 * What a {@link FuseFile} serves: a block device seen from the kernel.
 *
 * <p><b>Threads.</b> Several serving threads call at the same time. A call that blocks occupies one
 * of the few; therefore everything that waits for other machines is answered through its {@link
 * FuseReply}, now or later, from any thread.
 *
 * <p><b>Order.</b> The kernel sends overlapping writes only after the earlier one was answered,
 * unless a program asked for it. A flush covers the writes answered before it arrived.
 *
 * <p><b>Failure.</b> A thrown exception answers the request: {@link LinuxException} with its errno,
 * any other with EIO.
 *
 * <p><b>Repetition.</b> After {@link FuseFile#resume} requests arrive that an earlier process may
 * have executed already but did not answer. Every operation here can be repeated without harm.
 */
public interface FuseDevice {

  /** Bytes. May grow at any time; asked each time the kernel wants the attributes. */
  long size();

  /**
   * Fills the whole target, which lies inside the size.
   *
   * @param target off the heap; usable during the call and on the calling thread only
   */
  void read(long offset, MemorySegment target) throws IOException;

  /**
   * Stores the payload; durable only after a flush.
   *
   * @param payload off the heap; valid during the call and on the calling thread only, because its
   *     memory receives the next request afterwards. Who needs the bytes longer copies them.
   */
  void write(long offset, MemorySegment payload, FuseReply reply) throws IOException;

  /** Answered when every write answered so far is durable. */
  void flush(FuseReply reply) throws IOException;

  /** Gives the space back. The range must read as zeros: the kernel zeroes ranges this way too. */
  void discard(long offset, long length, FuseReply reply) throws IOException;

  /** Writes zeros; the space should stay reserved where the store can do that. */
  void zero(long offset, long length, FuseReply reply) throws IOException;
}
