package io.mooring.localcluster.capacity;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.localcluster.load.LedgerVerdict;
import io.mooring.localcluster.report.Check;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class OverloadVerdictsTest {

  private static final int HELD_SECOND = 82;

  private final PaperStory plain = story(0);
  private final PaperStory forecast = story(2);
  private Optional<Instant> forecastHeld = Optional.empty();

  @Test
  void everyClaimHoldsWhenTheWarningComesTrueAndTheForecastIsEnough() {
    tell(60, 84, 105);

    assertThat(broken()).isEmpty();
  }

  @Test
  void aWarningAfterTheDiskIsFullIsNone() {
    tell(83, 84, 105);

    assertThat(broken()).containsExactly("warnedBeforeFull");
  }

  @Test
  void aMissingWarningIsNoticed() {
    plain.resize(60, 480, 600, UUID.randomUUID());
    plain.resize(105, 600, 750, UUID.randomUUID());
    forecast.resize(60, 480, 830, UUID.randomUUID());

    assertThat(broken()).containsExactly("warnedBeforeFull", "predictionCameTrue");
  }

  @Test
  void aPredictionThatIsFarOffIsNoticed() {
    tell(60, 104, 105);

    assertThat(broken()).containsExactly("predictionCameTrue");
  }

  @Test
  void aForecastUnderWhichSomebodyWaitsIsNoticed() {
    tell(60, 84, 105);
    forecastHeld = Optional.of(PaperStory.BEGAN.plusSeconds(90));

    assertThat(broken()).containsExactly("forecastIsLargeEnough");
  }

  private void tell(int warnedSecond, int fullSecond, int permittedSecond) {
    plain.resize(60, 480, 600, UUID.randomUUID());
    plain.warn(warnedSecond, fullSecond, permittedSecond);
    plain.resize(permittedSecond, 600, 750, UUID.randomUUID());
    forecast.resize(60, 480, 830, UUID.randomUUID());
  }

  private static PaperStory story(int broker) {
    PaperStory story = new PaperStory(new BrokerVolume(broker, "vol-" + broker, "data"));
    story.look(0, 480, 27);
    return story;
  }

  private List<String> broken() {
    OverloadVerdicts verdicts =
        new OverloadVerdicts(
            PaperStory.BEGAN,
            List.of(
                seen(plain, Optional.of(PaperStory.BEGAN.plusSeconds(HELD_SECOND))),
                seen(forecast, forecastHeld)),
            List.of(),
            new LedgerVerdict(10, 10, 0, 0, 0, 0, 0),
            0);
    return verdicts.result("rules").checks().stream()
        .filter(check -> !check.held())
        .map(Check::name)
        .toList();
  }

  private static OverloadVerdicts.Seen seen(PaperStory story, Optional<Instant> held) {
    return new OverloadVerdicts.Seen(story.seen().story(), story.seen().samples(), held);
  }
}
