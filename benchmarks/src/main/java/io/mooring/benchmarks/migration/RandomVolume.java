package io.mooring.benchmarks.migration;

import io.mooring.storage.backup.ByteRange;
import io.mooring.storage.backup.VolumeTarget;
import java.util.Arrays;
import java.util.List;

/**
 * A volume of any size that lies nowhere: a source is full of content that is nowhere the same and
 * cannot be compressed, a target compares what arrives with it.
 */
final class RandomVolume implements VolumeTarget {

  private final long sizeBytes;
  private final long seed;
  private final boolean empty;

  private RandomVolume(long sizeBytes, long seed, boolean empty) {
    this.sizeBytes = sizeBytes;
    this.seed = seed;
    this.empty = empty;
  }

  static RandomVolume source(long sizeBytes, long seed) {
    return new RandomVolume(sizeBytes, seed, false);
  }

  static RandomVolume target(long sizeBytes, long seed) {
    return new RandomVolume(sizeBytes, seed, true);
  }

  @Override
  public long sizeBytes() {
    return sizeBytes;
  }

  @Override
  public List<ByteRange> data(ByteRange within) {
    return empty ? List.of() : List.of(within);
  }

  @Override
  public void read(long offset, byte[] into, int at, int length) {
    for (int i = 0; i < length; ) {
      long word = word((offset + i) / Long.BYTES);
      int skipped = (int) ((offset + i) % Long.BYTES);
      for (int part = skipped; part < Long.BYTES && i < length; part++) {
        into[at + i++] = (byte) (word >>> part * Byte.SIZE);
      }
    }
  }

  @Override
  public void write(long offset, byte[] from, int at, int length) {
    byte[] expected = new byte[length];
    read(offset, expected, 0, length);
    int difference = Arrays.mismatch(expected, 0, length, from, at, at + length);
    if (difference >= 0) {
      throw new IllegalStateException("the copy differs at " + (offset + difference));
    }
  }

  @Override
  public void zero(ByteRange range) {
    throw new IllegalStateException("a source without zeros has none to restore");
  }

  @Override
  public void flush() {}

  /** The finalizer of SplitMix64. */
  private long word(long number) {
    long mixed = (number + seed) * 0x9E3779B97F4A7C15L;
    mixed = (mixed ^ mixed >>> 30) * 0xBF58476D1CE4E5B9L;
    mixed = (mixed ^ mixed >>> 27) * 0x94D049BB133111EBL;
    return mixed ^ mixed >>> 31;
  }
}
