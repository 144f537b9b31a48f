package io.mooring.localcluster.capacity;

/** The rows of the paper's table 4; its GB are MiB here. */
enum PaperRow {
  DOUBLED(1, 400, 800, "Resized 100%"),
  CLAMPED(2, 800, 1000, "Resized but to maxsize"),
  REJECTED(3, 1000, 1000, "Resize rejected");

  static final int SCALE_PERCENT = 100;
  static final int THRESHOLD_PERCENT = 80;
  static final long MAX_MIB = 1000;
  static final long MIB = 1L << 20;

  private final int number;
  private final long fromMib;
  private final long toMib;
  private final String remark;

  PaperRow(int number, long fromMib, long toMib, String remark) {
    this.number = number;
    this.fromMib = fromMib;
    this.toMib = toMib;
    this.remark = remark;
  }

  int number() {
    return number;
  }

  long fromBytes() {
    return fromMib * MIB;
  }

  long toBytes() {
    return toMib * MIB;
  }

  long thresholdBytes() {
    return fromBytes() / 100 * THRESHOLD_PERCENT;
  }

  /** What the paper says of it. */
  String remark() {
    return remark;
  }

  boolean grows() {
    return this != REJECTED;
  }
}
