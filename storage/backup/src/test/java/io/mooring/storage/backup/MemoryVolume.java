package io.mooring.storage.backup;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** A volume in memory. Blocks that were never written, or zeroed, are holes. */
final class MemoryVolume implements VolumeTarget {

  private static final int BLOCK = 4096;

  private final byte[] bytes;
  private final boolean[] data;
  private boolean flushed = true;

  MemoryVolume(int sizeBytes) {
    this.bytes = new byte[sizeBytes];
    this.data = new boolean[(sizeBytes + BLOCK - 1) / BLOCK];
  }

  /** Content that depends on volume and snapshot, much of it shared with others. */
  static MemoryVolume sample(int sizeBytes, int volume, int snapshot) {
    MemoryVolume result = new MemoryVolume(sizeBytes);
    int slot = 512 << 10;
    for (int at = 0; at < sizeBytes; at += slot) {
      int number = at / slot;
      SplittableRandom choice = new SplittableRandom(31L * volume + number);
      boolean used = number < 4 || choice.nextInt(4) == 0;
      boolean changes = new SplittableRandom(7L * number + snapshot).nextInt(3) == 0;
      if (used) {
        long content = changes ? 1000L * snapshot + number : choice.nextInt(6);
        byte[] piece = new byte[Math.min(slot, sizeBytes - at)];
        new SplittableRandom(content).nextBytes(piece);
        // Two of three are placed at another block than elsewhere, as a file system would.
        int shift = choice.nextInt(3) * BLOCK;
        result.write(at, piece, 0, Math.max(1, piece.length - shift));
      }
    }
    return result;
  }

  byte[] content() {
    return bytes.clone();
  }

  boolean hasContentOf(MemoryVolume other) {
    return Arrays.equals(bytes, other.bytes);
  }

  int dataBlocks() {
    int count = 0;
    for (boolean block : data) {
      count += block ? 1 : 0;
    }
    return count;
  }

  boolean flushed() {
    return flushed;
  }

  @Override
  public long sizeBytes() {
    return bytes.length;
  }

  @Override
  public synchronized List<ByteRange> data(ByteRange within) {
    List<ByteRange> ranges = new ArrayList<>();
    long begin = -1;
    for (long at = within.offset(); at < within.end(); at = (at / BLOCK + 1) * BLOCK) {
      boolean isData = data[(int) (at / BLOCK)];
      if (isData && begin < 0) {
        begin = at;
      } else if (!isData && begin >= 0) {
        ranges.add(new ByteRange(begin, at - begin));
        begin = -1;
      }
    }
    if (begin >= 0) {
      ranges.add(new ByteRange(begin, within.end() - begin));
    }
    return ranges;
  }

  @Override
  public void read(long offset, byte[] into, int at, int length) {
    System.arraycopy(bytes, (int) offset, into, at, length);
  }

  @Override
  public synchronized void write(long offset, byte[] from, int at, int length) {
    System.arraycopy(from, at, bytes, (int) offset, length);
    Arrays.fill(data, (int) offset / BLOCK, (int) (offset + length - 1) / BLOCK + 1, true);
    flushed = false;
  }

  @Override
  public synchronized void zero(ByteRange range) {
    Arrays.fill(bytes, (int) range.offset(), (int) range.end(), (byte) 0);
    for (long block = (range.offset() + BLOCK - 1) / BLOCK; block < range.end() / BLOCK; block++) {
      data[(int) block] = false;
    }
    flushed = false;
  }

  @Override
  public synchronized void flush() {
    flushed = true;
  }
}
