package io.mooring.autopilot.decision;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.autopilot.expression.Reading;
import io.mooring.autopilot.rule.QueryTerms;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rules whose conditions a monitoring server answers. */
class QueriedVolumeTest {

  private static final long GB = 1_000_000_000L;
  private static final String QUERY = "avg_over_time(px_volume_usage_bytes[5m])";
  private static final Duration LOOK_BACK = Duration.ofMinutes(1);
  private static final QueryTerms TERMS = new QueryTerms(true, Duration.ofSeconds(10), LOOK_BACK);

  private final VolumeWatch watch = new VolumeWatch(Duration.ofSeconds(30));
  private final List<Effect> effects = new ArrayList<>();
  private RuleBook rules = rule("Gt", "actionsCoolDownPeriod: 0");
  private WatchedVolume known =
      watch.described(null, new VolumeFacts("v1", "data", 400 * GB, Map.of("app", "kafka")));
  private Instant now = FilledVolume.START;
  private long sizeBytes = 400 * GB;

  private static RuleBook rule(String operator, String moreSpec) {
    return Rules.book(TERMS, Rules.rule("queried", QUERY, operator, "80", "100", "1T", moreSpec));
  }

  @Test
  void anAnswerLeadsToAResizeAndIsKeptAsItsEvidence() {
    measureAfter(Duration.ZERO);
    pass(LOOK_BACK.plusSeconds(1));
    answer("82.5");
    measureAfter(Duration.ofSeconds(2));

    assertThat(resizes()).containsExactly(800 * GB);
    assertThat(effects)
        .filteredOn(effect ->
            effect instanceof Effect.Moved moved && moved.reason() == Reason.CONDITIONS_MET)
        .singleElement()
        .extracting(effect -> ((Effect.Moved) effect).evidence().readings().getFirst().reading())
        .isEqualTo(new Reading.Answered(new BigDecimal("82.5"), now.minusSeconds(2)));
  }

  @Test
  void withoutAnAnswerNothingHappens() {
    measureAfter(Duration.ZERO);
    measureAfter(Duration.ofMinutes(10));
    assertThat(resizes()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"Gt", "Lt", "NotIn", "LtEq"})
  void aVolumeThatTheAnswerLacksIsLeftAlone(String operator) {
    rules = rule(operator, "");
    measureAfter(Duration.ZERO);
    pass(Duration.ofMinutes(5));
    answer(null);
    measureAfter(Duration.ofSeconds(2));
    assertThat(resizes()).isEmpty();
  }

  @Test
  void anAnswerThatIsOldOrFromTheFutureSaysNothing() {
    measureAfter(Duration.ZERO);
    pass(Duration.ofMinutes(5));
    answer("99");
    // The rule polls each minute, so an answer counts for two.
    measureAfter(Duration.ofSeconds(121));
    assertThat(resizes()).isEmpty();

    known = watch.queried(known, QUERY, new Answer(BigDecimal.TEN.pow(2), now.plusSeconds(300)));
    measureAfter(Duration.ofSeconds(2));
    assertThat(resizes()).isEmpty();
  }

  @Test
  void whatWasSampledBeforeTheVolumeGrewLeadsToNoFurtherResize() {
    measureAfter(Duration.ZERO);
    pass(LOOK_BACK.plusSeconds(1));
    answer("82.5");
    measureAfter(Duration.ofSeconds(2));
    grow(800 * GB);
    measureAfter(Duration.ofSeconds(2));

    // The server computes a new answer from samples of before.
    for (int i = 0; i < 6; i++) {
      pass(Duration.ofSeconds(8));
      answer("82.5");
      measureAfter(Duration.ofSeconds(1));
    }
    assertThat(resizes()).containsExactly(800 * GB);

    pass(LOOK_BACK);
    answer("82.5");
    measureAfter(Duration.ofSeconds(1));
    assertThat(resizes()).containsExactly(800 * GB, 1000 * GB);
  }

  @Test
  void growthIsRememberedOverARestart() {
    measureAfter(Duration.ZERO);
    grow(800 * GB);
    measureAfter(Duration.ofSeconds(2));
    known = known.durable();
    pass(Duration.ofSeconds(20));
    answer("99");
    measureAfter(Duration.ofSeconds(1));
    assertThat(resizes()).isEmpty();
  }

  @Test
  void theAnswersOfTwoRulesAreKeptApartAndOldOnesAreForgotten() {
    answer("1");
    known = watch.queried(known, "other", new Answer(BigDecimal.TWO, now));
    assertThat(known.answers()).containsOnlyKeys(QUERY, "other");
    known = watch.queried(known, "other", new Answer(BigDecimal.ONE, now.minusSeconds(1)));
    assertThat(known.answers().get("other").value()).isEqualTo(BigDecimal.TWO);

    known = watch.queried(known, "other", new Answer(BigDecimal.ONE, now.plusSeconds(3601)));
    assertThat(known.answers()).containsOnlyKeys("other");
    assertThat(known.durable().answers()).isEmpty();
  }

  private void pass(Duration time) {
    now = now.plus(time);
  }

  private void answer(String value) {
    known =
        watch.queried(known, QUERY, new Answer(value == null ? null : new BigDecimal(value), now));
  }

  private void grow(long bytes) {
    sizeBytes = bytes;
    known = watch.described(known, new VolumeFacts("v1", "data", bytes, Map.of("app", "kafka")));
  }

  private void measureAfter(Duration time) {
    pass(time);
    UsageSample sample = new UsageSample(now, sizeBytes, sizeBytes, sizeBytes / 2, 1, 1, -1);
    VolumeWatch.Decision decision = watch.measured(known, sample, rules);
    known = decision.after();
    decision.outcomes().forEach(outcome -> effects.add(outcome.effect()));
  }

  private List<Long> resizes() {
    return effects.stream()
        .filter(Effect.Resize.class::isInstance)
        .map(effect -> ((Effect.Resize) effect).order().toBytes())
        .toList();
  }
}
