package io.mooring.localcluster.load;

import java.util.Random;

/**
 * Content of records: a line each, or a line and as much chance behind it as makes up the size that
 * is wanted. Either begins with its sequence number.
 */
final class Records {

  private static final int CHANCE_BYTES = 1 << 20;

  private final FlogLines lines;
  private final Random random;
  private final int bytes;
  private final byte[] chance;

  /**
   * @param bytes size of a record, or 0 for the line alone
   */
  Records(long seed, int bytes) {
    if (bytes != 0 && (bytes < FlogLines.BYTES_MAX || bytes > CHANCE_BYTES)) {
      throw new IllegalArgumentException("a record cannot have " + bytes + " bytes");
    }
    this.random = new Random(seed);
    this.lines = new FlogLines(random);
    this.bytes = bytes;
    this.chance = new byte[bytes == 0 ? 0 : CHANCE_BYTES];
    random.nextBytes(chance);
  }

  byte[] record(long sequence) {
    byte[] line = lines.line(sequence);
    if (bytes == 0) {
      return line;
    }
    byte[] record = new byte[bytes];
    System.arraycopy(chance, random.nextInt(chance.length - bytes + 1), record, 0, bytes);
    System.arraycopy(line, 0, record, 0, line.length);
    return record;
  }
}
