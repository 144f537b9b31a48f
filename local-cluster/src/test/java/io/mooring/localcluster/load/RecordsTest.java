package io.mooring.localcluster.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class RecordsTest {

  @Test
  void aLargeRecordBeginsWithItsSequenceNumber() {
    Records records = new Records(7, 16 << 10);

    byte[] record = records.record(42);

    assertThat(record).hasSize(16 << 10);
    assertThat(FlogLines.sequenceOf(record)).isEqualTo(42);
  }

  @Test
  void recordsOfOneSeedAreTheSameAndOfOneAnotherDifferent() {
    Records records = new Records(7, 1 << 10);
    Records again = new Records(7, 1 << 10);

    byte[] first = records.record(1);

    assertThat(again.record(1)).isEqualTo(first);
    assertThat(records.record(2)).isNotEqualTo(first);
  }

  @Test
  void withoutASizeARecordIsALine() {
    assertThat(new Records(7, 0).record(3))
        .hasSizeBetween(FlogLines.BYTES_MIN, FlogLines.BYTES_MAX);
  }

  @Test
  void aSizeThatHoldsNoLineIsRefused() {
    assertThatThrownBy(() -> new Records(7, 50)).isInstanceOf(IllegalArgumentException.class);
  }
}
