package io.mooring.storage.replication;

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

  @Override
  public String toString() {
    return offset + "+" + length;
  }
}
