package io.mooring.storage.backup.format;

/**
 * Cuts bytes where their content says so: after a byte at which a rolling hash of the last 64 bytes
 * has certain bits clear. The same bytes are so cut in the same places wherever they begin, which
 * finds a partition's records again on another broker, whose segments begin with other records.
 *
 * <p>Below the target size more bits must be clear than above it, which keeps sizes close to the
 * target. The table behind the hash comes from the repository's key, so that the sizes of chunks do
 * not give known content away.
 */
public final class Chunker {

  private static final int WINDOW = 64;

  private final long[] gear;
  private final int min;
  private final int target;
  private final int max;
  private final long strict;
  private final long loose;

  public Chunker(long[] gear) {
    this(gear, Limits.CHUNK_BYTES_MIN, Limits.CHUNK_BYTES_TARGET, Limits.CHUNK_BYTES_MAX);
  }

  Chunker(long[] gear, int min, int target, int max) {
    if (gear.length != 256 || min < WINDOW || target < min || max < target) {
      throw new IllegalArgumentException("chunks of " + min + ", " + target + ", " + max);
    }
    this.gear = gear;
    this.min = min;
    this.target = target;
    this.max = max;
    int bits = Integer.SIZE - 1 - Integer.numberOfLeadingZeros(target);
    this.strict = highBits(bits + 1);
    this.loose = highBits(bits - 1);
  }

  /** How many bytes must be there to cut the first chunk, unless they are the last. */
  public int lookaheadBytes() {
    return max;
  }

  /** End of the first chunk of {@code data[from, to)}. */
  public int cut(byte[] data, int from, int to) {
    if (to - from <= min) {
      return to;
    }
    int end = Math.min(to, from + max);
    int middle = Math.min(end, from + target);
    long hash = 0;
    int i = from + min - WINDOW;
    for (; i < from + min; i++) {
      hash = (hash << 1) + gear[data[i] & 0xff];
    }
    for (; i < middle; i++) {
      hash = (hash << 1) + gear[data[i] & 0xff];
      if ((hash & strict) == 0) {
        return i + 1;
      }
    }
    for (; i < end; i++) {
      hash = (hash << 1) + gear[data[i] & 0xff];
      if ((hash & loose) == 0) {
        return i + 1;
      }
    }
    return end;
  }

  /** The high bits are those that all 64 bytes have had a part in. */
  private static long highBits(int count) {
    return -1L << (Long.SIZE - count);
  }
}
