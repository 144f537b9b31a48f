package io.mooring.storage.replication;

/** Units of the maps. Part of the disk format: changing one needs a new format version. */
public final class Geometry {
  /** Unit of dirty maps, suspects and digests. */
  public static final int BLOCK_BYTES = 64 << 10;

  /** Unit of the activity map. */
  public static final int REGION_BYTES = 16 << 20;

  public static final int BLOCKS_PER_REGION = REGION_BYTES / BLOCK_BYTES;

  /** Unit in which a disk may tear a write; everything the client sends is a multiple. */
  public static final int SECTOR_BYTES = 4 << 10;

  private Geometry() {}

  static int firstBlock(ByteRange range) {
    return Math.toIntExact(range.offset() / BLOCK_BYTES);
  }

  static int lastBlock(ByteRange range) {
    return Math.toIntExact((range.end() - 1) / BLOCK_BYTES);
  }

  static int regionOfBlock(int block) {
    return block / BLOCKS_PER_REGION;
  }

  static int blocksIn(long sizeBytes) {
    return Math.toIntExact((sizeBytes + BLOCK_BYTES - 1) / BLOCK_BYTES);
  }
}
