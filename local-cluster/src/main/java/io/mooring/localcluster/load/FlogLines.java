package io.mooring.localcluster.load;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.random.RandomGenerator;

/**
 * Lines of a web server's log, 100 to 120 bytes. They begin with their sequence number and carry
 * enough chance that compression finds little more in them than the format itself.
 */
public final class FlogLines {

  public static final int BYTES_MIN = 100;
  public static final int BYTES_MAX = 120;

  private static final int SEQUENCE_DIGITS = 12;
  private static final String[] METHODS = {"GET", "POST", "PUT", "HEAD"};
  private static final int[] STATUSES = {200, 200, 200, 304, 404, 500};
  private static final char[] TOKEN =
      "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_".toCharArray();

  private final RandomGenerator random;
  private final StringBuilder line = new StringBuilder(BYTES_MAX);

  public FlogLines(RandomGenerator random) {
    this.random = random;
  }

  /** A line for a sequence number of at most twelve decimal digits. */
  public byte[] line(long sequence) {
    line.setLength(0);
    String digits = Long.toString(sequence);
    line.repeat('0', Math.max(0, SEQUENCE_DIGITS - digits.length())).append(digits).append(' ');
    for (int i = 0; i < 4; i++) {
      line.append(random.nextInt(256)).append(i < 3 ? '.' : ' ');
    }
    line.append('"').append(METHODS[random.nextInt(METHODS.length)]).append(" /");
    int length = BYTES_MIN + random.nextInt(BYTES_MAX - BYTES_MIN + 1);
    int tail = 17;
    while (line.length() < length - tail) {
      line.append(TOKEN[random.nextInt(TOKEN.length)]);
    }
    line.append("\" ").append(STATUSES[random.nextInt(STATUSES.length)]).append(' ');
    while (line.length() < length) {
      line.append((char) ('0' + random.nextInt(10)));
    }
    return line.toString().getBytes(US_ASCII);
  }

  /**
   * Sequence number of a line.
   *
   * @return -1 if it is not one of these lines
   */
  public static long sequenceOf(byte[] line) {
    if (line.length < SEQUENCE_DIGITS) {
      return -1;
    }
    long sequence = 0;
    for (int i = 0; i < SEQUENCE_DIGITS; i++) {
      int digit = line[i] - '0';
      if (digit < 0 || digit > 9) {
        return -1;
      }
      sequence = sequence * 10 + digit;
    }
    return sequence;
  }
}
