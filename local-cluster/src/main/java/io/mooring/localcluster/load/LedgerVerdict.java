package io.mooring.localcluster.load;

/**
 * What reading back has shown.
 *
 * @param acknowledged records in the ledger
 * @param read records read back
 * @param lost acknowledged records that are not there
 * @param corrupt acknowledged records with another content
 * @param duplicates records whose sequence number was read before in the same partition
 * @param reordered records that came after one with a higher sequence number in the same partition
 * @param unacknowledged records that are there without having been acknowledged; Kafka allows it
 */
public record LedgerVerdict(
    long acknowledged,
    long read,
    long lost,
    long corrupt,
    long duplicates,
    long reordered,
    long unacknowledged) {

  static final LedgerVerdict NOTHING = new LedgerVerdict(0, 0, 0, 0, 0, 0, 0);

  LedgerVerdict plus(LedgerVerdict other) {
    return new LedgerVerdict(
        acknowledged + other.acknowledged,
        read + other.read,
        lost + other.lost,
        corrupt + other.corrupt,
        duplicates + other.duplicates,
        reordered + other.reordered,
        unacknowledged + other.unacknowledged);
  }

  /** Whether nothing that was acknowledged is lost, changed, doubled or out of order. */
  public boolean isClean() {
    return lost == 0 && corrupt == 0 && duplicates == 0 && reordered == 0;
  }
}
