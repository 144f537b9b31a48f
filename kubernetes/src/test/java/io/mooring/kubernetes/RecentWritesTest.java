package io.mooring.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

/** What was written is not written again while it may be on its way. */
class RecentWritesTest {

  private Instant now = Instant.parse("2026-01-31T08:00:00Z");
  private final RecentWrites writes = new RecentWrites(new Watch());

  @Test
  void whatDoesNotArriveIsWrittenAgain() {
    writes.add("rule", "one");
    now = now.plusSeconds(9);
    assertThat(writes.contain("rule", "one")).isTrue();
    now = now.plusSeconds(1);
    assertThat(writes.contain("rule", "one")).isFalse();
    assertThat(writes.last("rule")).isEmpty();
  }

  @Test
  void somethingElseIsWrittenAtOnce() {
    writes.add("rule", "one");
    assertThat(writes.contain("rule", "two")).isFalse();
    assertThat(writes.contain("other", "one")).isFalse();
    writes.add("rule", "two");
    assertThat(writes.contain("rule", "one")).isFalse();
    assertThat(writes.last("rule")).contains("two");
  }

  @Test
  void whatHasArrivedMayBeWantedAgain() {
    writes.add("rule", "one");
    writes.arrived("rule");
    assertThat(writes.contain("rule", "one")).isFalse();
  }

  private final class Watch extends Clock {

    @Override
    public Instant instant() {
      return now;
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }
}
