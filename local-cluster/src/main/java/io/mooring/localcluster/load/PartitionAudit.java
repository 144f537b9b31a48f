package io.mooring.localcluster.load;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Compares one partition, read from its beginning, with the ledger. */
final class PartitionAudit {

  private final List<Ledger.Entry> entries;
  private final Set<Long> sequences = new HashSet<>();
  private int next;
  private long highest = -1;
  private LedgerVerdict verdict = LedgerVerdict.NOTHING;

  /**
   * @param entries acknowledged records by rising offset
   */
  PartitionAudit(List<Ledger.Entry> entries) {
    this.entries = entries;
  }

  /** Takes the next record; offsets rise, with gaps where a record is missing. */
  void read(long offset, byte[] value) {
    long lost = 0;
    while (next < entries.size() && entries.get(next).offset() < offset) {
      next++;
      lost++;
    }
    long sequence = FlogLines.sequenceOf(value);
    boolean acknowledged = next < entries.size() && entries.get(next).offset() == offset;
    boolean corrupt = false;
    if (acknowledged) {
      Ledger.Entry entry = entries.get(next);
      next++;
      corrupt = entry.sequence() != sequence || entry.crc() != Ledger.crcOf(value);
    }
    boolean duplicate = !sequences.add(sequence);
    boolean reordered = !duplicate && sequence < highest;
    highest = Math.max(highest, sequence);
    verdict =
        verdict.plus(
            new LedgerVerdict(
                lost + (acknowledged ? 1 : 0),
                1,
                lost,
                corrupt ? 1 : 0,
                duplicate ? 1 : 0,
                reordered ? 1 : 0,
                acknowledged ? 0 : 1));
  }

  /** The verdict when the end of the partition was reached. */
  LedgerVerdict end() {
    long missing = entries.size() - next;
    next = entries.size();
    verdict = verdict.plus(new LedgerVerdict(missing, 0, missing, 0, 0, 0, 0));
    return verdict;
  }
}
