package io.mooring.failoverdetector.brokers;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SilentBrokersTest {

  private final SilentBrokers silent = new SilentBrokers("kafka");

  @Test
  void aBrokerThatIsListedAndStaysSilentIsToldOfAgainAndAgain() {
    assertThat(saw(0, Set.of(1))).isEmpty();
    assertThat(saw(9, Set.of(1))).isEmpty();
    assertThat(saw(10, Set.of(1))).containsExactly(0);
    assertThat(saw(19, Set.of(1))).isEmpty();
    assertThat(saw(20, Set.of(1))).containsExactly(0);
  }

  @Test
  void anAnswerInBetweenBeginsAnew() {
    saw(0, Set.of(1));
    assertThat(saw(5, Set.of(0, 1))).isEmpty();
    assertThat(saw(12, Set.of(1))).isEmpty();
    assertThat(saw(22, Set.of(1))).containsExactly(0);
    saw(23, Set.of(0, 1));
    saw(24, Set.of(1));
    assertThat(saw(34, Set.of(1))).containsExactly(0);
  }

  private Set<Integer> saw(long seconds, Set<Integer> answering) {
    return silent.saw(Map.of(0, true, 1, false), answering, Duration.ofSeconds(seconds).toNanos());
  }
}
