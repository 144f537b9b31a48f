package io.mooring.localcluster.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PartitionAuditTest {

  private final List<byte[]> lines = new ArrayList<>();
  private final List<Ledger.Entry> entries = new ArrayList<>();

  @BeforeEach
  void fiveAcknowledgedRecords() {
    FlogLines flog = new FlogLines(new Random(3));
    for (int i = 0; i < 5; i++) {
      lines.add(flog.line(i));
      entries.add(new Ledger.Entry(i, i, Ledger.crcOf(lines.get(i))));
    }
  }

  @Test
  void completePartitionIsClean() {
    LedgerVerdict verdict = audit(0, 1, 2, 3, 4);
    assertThat(verdict).isEqualTo(new LedgerVerdict(5, 5, 0, 0, 0, 0, 0));
    assertThat(verdict.isClean()).isTrue();
  }

  @Test
  void recordMissingInTheMiddleIsLost() {
    assertThat(audit(0, 1, 3, 4).lost()).isEqualTo(1);
  }

  @Test
  void truncatedTailIsLost() {
    assertThat(audit(0, 1, 2).lost()).isEqualTo(2);
  }

  @Test
  void emptyPartitionLosesEverything() {
    assertThat(audit().lost()).isEqualTo(5);
  }

  @Test
  void changedContentIsCorrupt() {
    lines.get(2)[50] ^= 1;
    LedgerVerdict verdict = audit(0, 1, 2, 3, 4);
    assertThat(verdict.corrupt()).isEqualTo(1);
    assertThat(verdict.isClean()).isFalse();
  }

  @Test
  void secondCopyOfARecordIsADuplicate() {
    PartitionAudit audit = new PartitionAudit(entries);
    for (int i = 0; i < 5; i++) {
      audit.read(i, lines.get(i));
    }
    audit.read(5, lines.get(1));
    assertThat(audit.end().duplicates()).isEqualTo(1);
    assertThat(audit.end().unacknowledged()).isEqualTo(1);
  }

  @Test
  void lowerSequenceAfterAHigherIsReordered() {
    PartitionAudit audit = new PartitionAudit(List.of());
    audit.read(0, lines.get(3));
    audit.read(1, lines.get(2));
    assertThat(audit.end().reordered()).isEqualTo(1);
  }

  @Test
  void ledgerGivesEntriesBackByOffset(@TempDir Path folder) throws IOException {
    TopicPartition partition = new TopicPartition("t", 0);
    try (Ledger ledger = Ledger.create(folder)) {
      ledger.add(partition, 7, 1, 11);
      ledger.add(partition, 3, 0, 10);
      assertThat(ledger.entries(partition))
          .containsExactly(new Ledger.Entry(3, 0, 10), new Ledger.Entry(7, 1, 11));
      assertThat(ledger.acknowledged()).isEqualTo(2);
      assertThat(ledger.entries(new TopicPartition("t", 1))).isEmpty();
    }
  }

  private LedgerVerdict audit(int... offsets) {
    PartitionAudit audit = new PartitionAudit(entries);
    for (int offset : offsets) {
      audit.read(offset, lines.get(offset));
    }
    return audit.end();
  }
}
