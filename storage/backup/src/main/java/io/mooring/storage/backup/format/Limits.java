package io.mooring.storage.backup.format;

/**
 * Sizes of the format. Chunk sizes were chosen by measurement: see docs/backup-format.md.
 *
 * <p>Readers depend on {@link #BLOB_BYTES_MAX} alone; everything else may change between versions
 * of a writer at the price of finding fewer duplicates.
 */
public final class Limits {

  /** No blob has more content. */
  public static final int BLOB_BYTES_MAX = 1 << 20;

  static final int CHUNK_BYTES_MIN = 32 << 10;

  /** Size beyond which the cutter becomes less choosy; the mean comes to about 150 KiB. */
  static final int CHUNK_BYTES_TARGET = 128 << 10;

  public static final int CHUNK_BYTES_MAX = 512 << 10;

  /** The smallest pack that takes any blob. */
  public static final int PACK_BYTES_MIN = BLOB_BYTES_MAX + (64 << 10);

  /** No pack is larger. */
  public static final int PACK_BYTES_MAX = 16 << 20;

  /** Volumes are cut into regions of this size, which share nothing but chunks. */
  public static final int REGION_BYTES = 16 << 20;

  /** Regions of one map. */
  public static final int MAP_REGIONS_MAX = 4096;

  /** Unit in which zeros are looked for; blocks of file systems are at least as large. */
  public static final int BLOCK_BYTES = 4096;

  /** Fewer zeros than this in a row are content. */
  public static final int HOLE_BYTES_MIN = 16 << 10;

  private Limits() {}
}
