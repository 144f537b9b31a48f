package io.mooring.storage.replication;

import java.util.List;

/** A range of bytes of the volume; never empty. */
public record ByteRange(long offset, long length) {
  public ByteRange {
    Invariants.check(offset >= 0, "offset must not be negative: %s", offset);
    Invariants.check(length > 0, "length must be positive: %s", length);
  }

  /** First byte after the range. */
  public long end() {
    return offset + length;
  }

  public boolean overlaps(ByteRange other) {
    return offset < other.end() && other.offset < end();
  }

  /** Two ranges that make up this one, cut at a multiple of {@code unit}, which is shorter. */
  List<ByteRange> halves(int unit) {
    long first = Math.max(1, length / 2 / unit) * unit;
    return List.of(new ByteRange(offset, first), new ByteRange(offset + first, length - first));
  }

  @Override
  public String toString() {
    return offset + "+" + length;
  }
}
