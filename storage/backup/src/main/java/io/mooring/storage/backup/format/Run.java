package io.mooring.storage.backup.format;

/** A stretch of a region: zeros that need no space, or the content of one chunk. */
public sealed interface Run {

  int lengthBytes();

  /** Reads as zeros. */
  record Hole(int lengthBytes) implements Run {
    public Hole {
      if (lengthBytes <= 0) {
        throw new IllegalArgumentException("a hole of " + lengthBytes + " bytes");
      }
    }
  }

  /** One chunk, whole. */
  record Chunk(BlobRef ref) implements Run {
    @Override
    public int lengthBytes() {
      return ref.plainBytes();
    }
  }
}
