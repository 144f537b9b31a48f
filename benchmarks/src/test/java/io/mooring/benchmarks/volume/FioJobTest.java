package io.mooring.benchmarks.volume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class FioJobTest {

  @Test
  void figureIsFoundAmongOtherLines() {
    String output = "fio: warning\n" + terse("6", "0", "7", "0", "47", "2000", "48", "512") + "\n";

    assertThat(FioJob.RANDOM_WRITE.value(output)).isEqualTo(512);
    assertThat(FioJob.SEQUENTIAL_WRITE.value(output)).isCloseTo(2.048, within(1e-9));
  }

  @Test
  void missingResultIsToldWithWhatFioSaid() {
    assertThatThrownBy(() -> FioJob.SEQUENTIAL_READ.value("fio: connection refused"))
        .hasMessageContaining("connection refused");
  }

  /** A line of fio's terse output with values at the given fields. */
  private static String terse(String... fieldsAndValues) {
    List<String> fields = new java.util.ArrayList<>(Collections.nCopies(100, "0"));
    fields.set(0, "3");
    for (int i = 0; i < fieldsAndValues.length; i += 2) {
      fields.set(Integer.parseInt(fieldsAndValues[i]), fieldsAndValues[i + 1]);
    }
    return String.join(";", fields);
  }
}
