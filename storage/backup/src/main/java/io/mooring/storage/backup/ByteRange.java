package io.mooring.storage.backup;

/** Bytes from {@code offset} on. */
public record ByteRange(long offset, long lengthBytes) {

  public ByteRange {
    if (offset < 0 || lengthBytes <= 0) {
      throw new IllegalArgumentException("a range of " + lengthBytes + " bytes at " + offset);
    }
  }

  public long end() {
    return offset + lengthBytes;
  }

  public boolean overlaps(ByteRange other) {
    return offset < other.end() && other.offset < end();
  }
}
