package io.mooring.localcluster.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class BackoffTest {

  private final Backoff backoff = new Backoff(Duration.ofMillis(100), Duration.ofSeconds(1));

  @Test
  void waitsDoubleUpToTheLongest() {
    assertThat(after(Duration.ZERO)).isEqualTo(100);
    assertThat(after(Duration.ZERO)).isEqualTo(200);
    assertThat(after(Duration.ZERO)).isEqualTo(400);
    assertThat(after(Duration.ZERO)).isEqualTo(800);
    assertThat(after(Duration.ZERO)).isEqualTo(1000);
    assertThat(after(Duration.ZERO)).isEqualTo(1000);
  }

  @Test
  void aLongRunIsForgiven() {
    after(Duration.ZERO);
    after(Duration.ZERO);

    assertThat(after(Duration.ofSeconds(2))).isEqualTo(100);
  }

  private long after(Duration ran) {
    return backoff.after(ran).toMillis();
  }
}
