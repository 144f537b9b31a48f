package io.mooring.storage.s3;

import io.mooring.storage.backup.ByteRange;
import io.mooring.storage.backup.VolumeTarget;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** A volume that cannot tell holes. */
final class ArrayVolume implements VolumeTarget {

  private final byte[] bytes;

  ArrayVolume(int sizeBytes) {
    this.bytes = new byte[sizeBytes];
  }

  static ArrayVolume random(int sizeBytes, long seed) {
    ArrayVolume volume = new ArrayVolume(sizeBytes);
    new SplittableRandom(seed).nextBytes(volume.bytes);
    Arrays.fill(volume.bytes, sizeBytes / 3, sizeBytes / 2, (byte) 0);
    return volume;
  }

  byte[] content() {
    return bytes.clone();
  }

  @Override
  public long sizeBytes() {
    return bytes.length;
  }

  @Override
  public List<ByteRange> data(ByteRange within) {
    return List.of(within);
  }

  @Override
  public void read(long offset, byte[] into, int at, int length) {
    System.arraycopy(bytes, (int) offset, into, at, length);
  }

  @Override
  public void write(long offset, byte[] from, int at, int length) {
    System.arraycopy(from, at, bytes, (int) offset, length);
  }

  @Override
  public void zero(ByteRange range) {
    Arrays.fill(bytes, (int) range.offset(), (int) range.end(), (byte) 0);
  }

  @Override
  public void flush() {}
}
