package io.mooring.volumeagent.volumes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class DeparturesTest {

  private final AtomicBoolean serving = new AtomicBoolean(true);
  private final AtomicInteger lookedAgain = new AtomicInteger();

  @Test
  void aReplicaThatNoHeadCountsOnGoesAtOnce() {
    serving.set(false);
    assertThat(mayGo(new Departures(Departures.LIMIT))).isTrue();
    assertThat(lookedAgain).hasValue(0);
  }

  @Test
  void itStaysUntilItsHeadLetsGoAndIsLookedAtAnewOnce() {
    Departures departures = new Departures(Duration.ofMinutes(5));
    assertThat(mayGo(departures)).isFalse();
    assertThat(mayGo(departures)).isFalse();
    assertThat(lookedAgain).hasValue(0);

    serving.set(false);

    await().until(() -> lookedAgain.get() == 1);
    assertThat(mayGo(departures)).isTrue();
  }

  @Test
  void aHeadThatNeverLetsGoIsNotWaitedForForEver() {
    Departures departures = new Departures(Duration.ofMillis(50));
    assertThat(mayGo(departures)).isFalse();
    await().until(() -> lookedAgain.get() == 1);
    assertThat(mayGo(departures)).isTrue();
  }

  private boolean mayGo(Departures departures) {
    return departures.mayGo("v/r1", serving::get, lookedAgain::incrementAndGet);
  }
}
