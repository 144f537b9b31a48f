package io.mooring.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.NullNode;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class UnitsTest {

  private static final Instant NOW = Instant.parse("2026-01-31T08:00:00Z");

  @Test
  void sizesAreRoundedToATenth() {
    assertThat(Units.bytes(new LongNode(0))).isEqualTo("0 B");
    assertThat(Units.bytes(new LongNode(1023))).isEqualTo("1023 B");
    assertThat(Units.bytes(new LongNode(1536))).isEqualTo("1.5 KiB");
    assertThat(Units.bytes(new LongNode(1L << 40))).isEqualTo("1 TiB");
    assertThat(Units.bytes(NullNode.getInstance())).isEqualTo("-");
  }

  @Test
  void momentsAreWrittenAsAgesOrAsDates() {
    assertThat(Units.written("--from", "90s", NOW)).isEqualTo("2026-01-31T07:58:30Z");
    assertThat(Units.written("--from", "30m", NOW)).isEqualTo("2026-01-31T07:30:00Z");
    assertThat(Units.written("--from", "2h", NOW)).isEqualTo("2026-01-31T06:00:00Z");
    assertThat(Units.written("--from", "1d", NOW)).isEqualTo("2026-01-30T08:00:00Z");
    assertThat(Units.written("--from", "2026-01-31T08:00:00+01:00", NOW))
        .isEqualTo("2026-01-31T07:00:00Z");
    assertThatThrownBy(() -> Units.written("--from", "2 hours", NOW))
        .isInstanceOf(CliException.class)
        .hasMessageContaining("CLI-003")
        .hasMessageContaining("2 hours");
  }
}
