package io.mooring.autopilot.decision;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.autopilot.decision.RetentionCeiling.Step;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Volumes of which it is known what Kafka keeps on them. */
class RetainedVolumeTest {

  private static final long GB = 1_000_000_000L;
  private static final Duration COOL_DOWN = Duration.ofHours(6);
  private static final Duration FOR_EVER = Duration.ofMillis(Long.MAX_VALUE);
  private static final String SPEC = "actionsCoolDownPeriod: " + COOL_DOWN.toSeconds();

  private final VolumeWatch watch = new VolumeWatch(Duration.ofSeconds(30));
  private final List<Effect> effects = new ArrayList<>();
  private WatchedVolume known = watch.described(null, facts(100 * GB));
  private Instant now = FilledVolume.START;
  private long sizeBytes = 100 * GB;

  @Test
  void theForecastDoesNotAskForMoreThanKafkaWillKeep() {
    grow(forecasting(), null);
    // 81 GB and 10 MB/s for six hours and a quarter more.
    assertThat(resizedTo()).isBetween(369 * GB, 372 * GB);

    RetainedVolumeTest limited = new RetainedVolumeTest();
    limited.grow(forecasting(), ceiling(90 * GB, Duration.ofHours(8)));
    // A twentieth above 90 GB, and a quarter more.
    assertThat(limited.resizedTo()).isBetween(117 * GB, 119 * GB);
    assertThat(limited.messages()).anyMatch(text -> text.contains("because Kafka, asked at "));
    assertThat(messages()).noneMatch(text -> text.contains("because Kafka"));
  }

  @Test
  void theRulesOwnStepIsTakenWhateverKafkaKeeps() {
    grow(Rules.book(rule("100", true)), ceiling(50 * GB, FOR_EVER));
    assertThat(resizedTo()).isEqualTo(200 * GB);
  }

  @Test
  void aVolumeThatLevelsOffBelowItsSizeIsNotSaidToFill() {
    grow(plain(), null);
    assertThat(fills()).hasSize(1);

    RetainedVolumeTest limited = new RetainedVolumeTest();
    limited.grow(plain(), ceiling(90 * GB, FOR_EVER));
    assertThat(limited.resizedTo()).isBetween(110 * GB, 110 * GB + Sizing.UNIT_BYTES);
    assertThat(limited.fills()).isEmpty();

    RetainedVolumeTest tight = new RetainedVolumeTest();
    tight.grow(plain(), ceiling(109 * GB, FOR_EVER));
    assertThat(tight.fills()).as("less than the margin is left").hasSize(1);
  }

  @Test
  void itIsSaidToFillAsSoonAsTheCeilingIsNotKnownAnyMore() {
    grow(plain(), ceiling(90 * GB, FOR_EVER));
    sizeBytes = 120 * GB;
    known = watch.described(known, facts(sizeBytes));
    Duration tick = Duration.ofSeconds(30);
    for (long used = 81_300; fills().isEmpty() && used < 100_000; used += 300) {
      measure(tick, used * GB / 1000, plain());
    }
    assertThat(fills()).hasSize(1);
    Instant told = fills().getFirst().sample().at();
    assertThat(Duration.between(known.latest().ceiling().at(), told))
        .isBetween(RetentionCeiling.AGE_MAX, RetentionCeiling.AGE_MAX.plus(tick));
  }

  @Test
  void aCeilingCountsForTheTimeThatItIsAbout() {
    RetentionCeiling ceiling =
        new RetentionCeiling(
            now,
            10 * GB,
            GB,
            List.of(
                new Step(Duration.ofMinutes(10), 50 * GB), new Step(Duration.ofHours(1), 90 * GB)));
    assertThat(ceiling.usedMax(now, Duration.ofMinutes(10), GB)).hasValue(1.05 * 60 * GB);
    assertThat(ceiling.usedMax(now.plusSeconds(1), Duration.ofMinutes(10), GB))
        .as("what is a second old is about a second less")
        .hasValue(1.05 * 100 * GB);
    assertThat(ceiling.usedMax(now.minusSeconds(60), Duration.ofMinutes(10), GB))
        .as("clocks differ")
        .hasValue(1.05 * 60 * GB);
    assertThat(ceiling.usedMax(now, Duration.ofMinutes(61), GB)).isEmpty();
    assertThat(ceiling.usedMax(now.plusSeconds(301), Duration.ofMinutes(1), GB)).isEmpty();
    assertThat(ceiling.usedMax(now.minusSeconds(301), Duration.ofMinutes(1), GB)).isEmpty();
    assertThat(ceiling.usedMax(now, Duration.ofMinutes(10), 1.5 * GB))
        .as("it is written faster than when the broker was asked")
        .hasValue(1.05 * 60 * GB + 300.0 * GB);
  }

  /**
   * Whatever is said of retention, a rule that forecasts asks for no more than without it and for
   * no less than the same rule without forecast, and it says no more often that the volume fills.
   */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void aCeilingTakesFromTheForecastOnly(long seed) {
    Random random = new Random(seed);
    for (int i = 0; i < 200; i++) {
      UsageSample sample = sample(random, now);
      RetentionCeiling ceiling =
          new RetentionCeiling(
              now.minusSeconds(random.nextInt(400)),
              random.nextLong(100 * GB),
              random.nextDouble() * 20_000_000,
              List.of(
                  new Step(Duration.ofMinutes(10), random.nextLong(50 * GB)),
                  new Step(Duration.ofHours(8), random.nextLong(500 * GB))));
      double growth = random.nextDouble() * 20_000_000;
      long with = size(rule("20", true), sample, new Outlook(growth, ceiling));
      long without = size(rule("20", true), sample, new Outlook(growth, null));
      long unforeseen = size(rule("20", false), sample, new Outlook(growth, ceiling));
      assertThat(with).isBetween(unforeseen, without);
      Outlook outlook = new Outlook(growth, ceiling);
      assertThat(outlook.usedAfter(COOL_DOWN, sample))
          .isGreaterThanOrEqualTo(sample.fsUsedBytes())
          .isLessThanOrEqualTo(new Outlook(growth, null).usedAfter(COOL_DOWN, sample));
    }
  }

  private static long size(String rule, UsageSample sample, Outlook outlook) {
    return switch (Sizing.next(Rules.read(rule), sample.capacityBytes(), sample, outlook)) {
      case Sizing.Size.Grow(long bytes) -> bytes;
      case Sizing.Size.AtMaximum _, Sizing.Size.NotPossible _, Sizing.Size.Unchanged _ ->
          throw new AssertionError("it can grow");
    };
  }

  private static UsageSample sample(Random random, Instant at) {
    long size = random.nextLong(50 * GB, 200 * GB);
    return new UsageSample(at, size, size, random.nextLong(size), 9, 1, -1);
  }

  /** Grows at 10 MB/s past the threshold. */
  private void grow(RuleBook rules, @Nullable RetentionCeiling ceiling) {
    known = watch.limited(known, ceiling);
    for (long used = 78_000; used <= 81_000; used += 300) {
      measure(Duration.ofSeconds(30), used * GB / 1000, rules);
    }
  }

  private void measure(Duration later, long usedBytes, RuleBook rules) {
    now = now.plus(later);
    VolumeWatch.Decision decision =
        watch.measured(
            known, new UsageSample(now, sizeBytes, sizeBytes, usedBytes, 9, 1, -1), rules);
    known = decision.after();
    decision.outcomes().forEach(outcome -> effects.add(outcome.effect()));
  }

  private static RetentionCeiling ceiling(long usedMax, Duration within) {
    return new RetentionCeiling(
        FilledVolume.START.plus(Duration.ofMinutes(4)),
        GB,
        11_000_000,
        List.of(new Step(within, usedMax - GB)));
  }

  private long resizedTo() {
    return effects.stream()
        .filter(Effect.Resize.class::isInstance)
        .map(effect -> ((Effect.Resize) effect).order().toBytes())
        .findFirst()
        .orElseThrow();
  }

  private List<Effect.WillFill> fills() {
    return effects.stream()
        .filter(Effect.WillFill.class::isInstance)
        .map(Effect.WillFill.class::cast)
        .toList();
  }

  private List<String> messages() {
    return effects.stream()
        .filter(Effect.Moved.class::isInstance)
        .map(effect -> ((Effect.Moved) effect).message())
        .toList();
  }

  private static VolumeFacts facts(long size) {
    return new VolumeFacts("v1", "data-kafka-0", size, Map.of("app", "kafka"));
  }

  private static RuleBook forecasting() {
    return Rules.book(rule("10", true));
  }

  private static RuleBook plain() {
    return Rules.book(rule("10", false));
  }

  private static String rule(String percentage, boolean forecast) {
    return Rules.rule("keep", Rules.USAGE, "Gt", "80", percentage, "1T", SPEC)
        .replace(
            "  name: keep\n",
            "  name: keep\n  annotations: {mooring.io/forecast: \"%s\"}\n".formatted(forecast));
  }
}
