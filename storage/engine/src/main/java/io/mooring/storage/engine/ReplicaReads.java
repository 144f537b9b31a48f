package io.mooring.storage.engine;

import io.mooring.storage.blockstore.ReplicaData;
import io.mooring.storage.linux.BlockFile;
import io.mooring.storage.replication.BlockSet;
import io.mooring.storage.replication.ByteRange;
import io.mooring.storage.replication.Geometry;
import io.mooring.storage.replication.HeadMessage;
import io.mooring.storage.replication.HeadMessage.Subject;
import io.mooring.storage.replication.ReplicaMessage;
import io.mooring.storage.replication.RequestId;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;

/** Answers questions about the data of a replica. */
final class ReplicaReads {

  private static final MemorySegment ZEROS =
      MemorySegment.ofBuffer(ByteBuffer.allocateDirect(1 << 20));

  private static final long ZERO_DIGEST = digest(ByteBuffer.allocateDirect(Geometry.BLOCK_BYTES));

  private final ReplicaData data;
  private final PayloadPool payloads;

  ReplicaReads(ReplicaData data, PayloadPool payloads) {
    this.data = data;
    this.payloads = payloads;
  }

  /** Fills what remains of the direct buffer; its position does not change. */
  void read(long offset, ByteBuffer into) throws IOException {
    data.read(offset, MemorySegment.ofBuffer(into));
  }

  void read(long offset, MemorySegment into) throws IOException {
    data.read(offset, into);
  }

  /** Writes what remains in the direct buffer; its position does not change. */
  void write(long offset, ByteBuffer bytes) throws IOException {
    data.write(offset, MemorySegment.ofBuffer(bytes));
  }

  /** Answers a read, a digest or a query for allocated blocks. */
  void serve(HeadMessage.Question question, ReplicaPort port) throws IOException {
    switch (question) {
      case HeadMessage.Read(RequestId request, ByteRange range) -> {
        ByteBuffer bytes = payloads.acquire(Math.toIntExact(range.length()));
        try {
          read(range.offset(), bytes);
          port.sendData(request, bytes);
        } finally {
          payloads.release(bytes);
        }
      }
      case HeadMessage.Digest(RequestId request, ByteRange range) ->
          port.answer(new ReplicaMessage.Digests(request, digests(range)));
      case HeadMessage.Query(RequestId request, Subject.Allocated _, ByteRange window) ->
          port.answer(new ReplicaMessage.Blocks(request, allocated(window), true));
      case HeadMessage.Query _ ->
          throw new IllegalArgumentException("not a question about data: " + question);
    }
  }

  static boolean isZero(ByteBuffer bytes) {
    MemorySegment segment = MemorySegment.ofBuffer(bytes);
    for (long from = 0; from < segment.byteSize(); from += ZEROS.byteSize()) {
      long length = Math.min(ZEROS.byteSize(), segment.byteSize() - from);
      if (segment.get(ValueLayout.JAVA_BYTE, from) != 0
          || MemorySegment.mismatch(segment, from, from + length, ZEROS, 0, length) >= 0) {
        return false;
      }
    }
    return true;
  }

  /** Visits what may hold anything but zeros, in ascending order. */
  void visitAllocated(long offset, long length, BlockFile.ExtentVisitor visitor)
      throws IOException {
    data.visitAllocated(offset, offset + length, visitor);
  }

  private BlockSet allocated(ByteRange window) throws IOException {
    BlockSet blocks = new BlockSet();
    data.visitAllocated(
        window.offset(),
        window.end(),
        (offset, length) ->
            blocks.addAll(
                Math.toIntExact(offset / Geometry.BLOCK_BYTES),
                Math.toIntExact((offset + length - 1) / Geometry.BLOCK_BYTES)));
    return blocks;
  }

  /**
   * A hole is not read: regions that are compared after a crash are mostly holes, and reading one
   * would fill the page cache with zeros.
   */
  private long[] digests(ByteRange range) throws IOException {
    long[] digests =
        new long
            [Math.toIntExact((range.length() + Geometry.BLOCK_BYTES - 1) / Geometry.BLOCK_BYTES)];
    BlockSet stored = allocated(range);
    int first = Math.toIntExact(range.offset() / Geometry.BLOCK_BYTES);
    ByteBuffer block = payloads.acquire(Geometry.BLOCK_BYTES);
    try {
      for (int i = 0; i < digests.length; i++) {
        long offset = range.offset() + (long) i * Geometry.BLOCK_BYTES;
        if (!stored.contains(first + i) && offset + Geometry.BLOCK_BYTES <= range.end()) {
          digests[i] = ZERO_DIGEST;
          continue;
        }
        block.clear().limit((int) Math.min(Geometry.BLOCK_BYTES, range.end() - offset));
        read(offset, block);
        digests[i] = digest(block);
      }
    } finally {
      payloads.release(block);
    }
    return digests;
  }

  /**
   * Two checksums with different polynomials: 64 bits at the speed of memory. Equal blocks have
   * equal digests on every node; two versions of a block that differ are taken for equal once in
   * 2^64.
   */
  private static long digest(ByteBuffer block) {
    CRC32C castagnoli = new CRC32C();
    castagnoli.update(block.duplicate());
    CRC32 ieee = new CRC32();
    ieee.update(block.duplicate());
    return castagnoli.getValue() << Integer.SIZE | ieee.getValue();
  }
}
