package io.mooring.storage.replication;

/** Walks over a set of blocks in runs without gaps. */
final class BlockRuns {
  private final BlockSet blocks;
  private final int runBlocksMax;
  private final long sizeBytes;
  private int next;
  private long walked;

  BlockRuns(BlockSet blocks, int runBytesMax, long sizeBytes) {
    this.blocks = blocks;
    this.runBlocksMax = runBytesMax / Geometry.BLOCK_BYTES;
    this.sizeBytes = sizeBytes;
    this.next = blocks.next(0);
    dropBeyondEnd();
  }

  boolean hasNext() {
    return next >= 0;
  }

  ByteRange next() {
    int first = next;
    int last = first;
    while (last - first + 1 < runBlocksMax && blocks.contains(last + 1)) {
      last++;
    }
    next = blocks.next(last + 1);
    walked += last - first + 1;
    dropBeyondEnd();
    long offset = (long) first * Geometry.BLOCK_BYTES;
    long end = Math.min(sizeBytes, (last + 1L) * Geometry.BLOCK_BYTES);
    return new ByteRange(offset, end - offset);
  }

  /** Bytes of the runs that were not walked over yet, to the block. */
  long bytesLeft() {
    return hasNext() ? (blocks.size() - walked) * Geometry.BLOCK_BYTES : 0;
  }

  /** Suspects are whole regions and may reach past the end of the volume. */
  private void dropBeyondEnd() {
    if ((long) next * Geometry.BLOCK_BYTES >= sizeBytes) {
      next = -1;
    }
  }
}
