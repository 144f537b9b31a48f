package io.mooring.failoverdetector.retention;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.testsupport.SimulatedLog;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LogBoundTest {

  private static final long MIB = 1L << 20;
  private static final long HOUR = Duration.ofHours(1).toMillis();
  private static final long MINUTE = Duration.ofMinutes(1).toMillis();
  private static final int STORIES_PER_SEED = 60;

  @Test
  void aLogWithoutLimitsGoesOnAsItIsWritten() {
    LogBound bound = new LogBound(100 * MIB, MIB, TopicRetention.NONE, 5 * MINUTE, List.of());
    assertThat(bound.within(HOUR)).isEqualTo(3700 * MIB);
    assertThat(bound.ever()).isEmpty();
    assertThat(bound.deletesWithinMs()).isEmpty();
  }

  @Test
  void aLogThatIsLimitedBySizeHasOneSegmentMoreAndWhatComesUntilItsFileIsGone() {
    TopicRetention retention = new TopicRetention(1000 * MIB, -1, 50 * MIB, HOUR, MINUTE);
    LogBound bound = new LogBound(900 * MIB, MIB, retention, 5 * MINUTE, List.of());
    assertThat(bound.within(MINUTE)).isEqualTo(960 * MIB);
    assertThat(bound.within(HOUR)).isEqualTo((1000 + 50 + 360) * MIB);
    assertThat(bound.ever()).hasValue((1000 + 50 + 360) * MIB);
  }

  @Test
  void aLogAboveItsLimitIsNotExpectedToShrink() {
    TopicRetention retention = new TopicRetention(100 * MIB, -1, 50 * MIB, HOUR, MINUTE);
    LogBound bound = new LogBound(900 * MIB, 0, retention, 5 * MINUTE, List.of());
    assertThat(bound.within(HOUR)).isEqualTo(900 * MIB);
    assertThat(bound.ever()).hasValue(900 * MIB);
  }

  @Test
  void aLogInBalanceStaysNearItsSizeWhereGrowthAloneWouldDoubleIt() {
    TopicRetention retention = new TopicRetention(-1, 3 * HOUR, 64 * MIB, 24 * HOUR, MINUTE);
    SimulatedLog log = new SimulatedLog(settings(retention), 5 * MINUTE, 0);
    for (int minute = 0; minute < 8 * 60; minute++) {
      log.step(MINUTE, 60 * MIB);
    }
    LogBound bound =
        new LogBound(log.logBytes(), MIB, retention, 5 * MINUTE, expiring(log, retention));
    // Kafka holds three hours at 1 MiB/s: 10 800 MiB and a little more.
    assertThat(log.logBytes() / MIB).isBetween(10_800L, 11_200L);
    assertThat(bound.within(3 * HOUR) / MIB).isBetween(11_000L, 12_800L);
    assertThat(bound.ever().orElseThrow() / MIB).isBetween(11_000L, 12_800L);
    assertThat(bound.deletesWithinMs().orElseThrow()).isBetween(10 * MINUTE, 40 * MINUTE);
  }

  @Test
  void whatIsYoungIsNotExpectedToExpire() {
    TopicRetention retention = new TopicRetention(-1, 24 * HOUR, 64 * MIB, 24 * HOUR, MINUTE);
    SimulatedLog log = new SimulatedLog(settings(retention), 5 * MINUTE, 0);
    for (int minute = 0; minute < 60; minute++) {
      log.step(MINUTE, 600 * MIB);
    }
    LogBound bound =
        new LogBound(log.logBytes(), MIB, retention, 5 * MINUTE, expiring(log, retention));
    assertThat(bound.within(6 * HOUR)).isEqualTo(log.logBytes() + 6 * 3600 * MIB);
    assertThat(bound.deletesWithinMs()).isEmpty();
  }

  @Test
  void anIdleLogIsNotExpectedToFillASegment() {
    TopicRetention retention = new TopicRetention(-1, 3 * HOUR, 1024 * MIB, 24 * HOUR, MINUTE);
    assertThat(new LogBound(MIB, 0, retention, 5 * MINUTE, List.of()).ever()).hasValue(MIB);
  }

  /** Whatever was written before, and whatever slower than now is written afterwards. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void aLogNeverHoldsMoreThanItsBound(long seed) {
    for (int i = 0; i < STORIES_PER_SEED; i++) {
      tell(new Random(seed * 1000 + i), "seed %d story %d".formatted(seed, i));
    }
  }

  private static SimulatedLog.Settings settings(TopicRetention retention) {
    return new SimulatedLog.Settings(
        retention.bytesMax(),
        retention.ageMsMax(),
        retention.segmentBytes(),
        retention.segmentMs(),
        retention.deleteDelayMs());
  }

  /** Shares of the log that expire within each part of its retention time. */
  private static List<Double> expiring(SimulatedLog log, TopicRetention retention) {
    return IntStream.range(1, TopicRetention.PARTS)
        .mapToObj(part ->
            log.shareBefore(log.now() - retention.ageMsMax() + retention.expiredAfterMs(part)))
        .toList();
  }

  private static void tell(Random random, String story) {
    TopicRetention retention =
        new TopicRetention(
            random.nextInt(3) == 0 ? -1 : random.nextInt(20_000) * MIB,
            random.nextInt(3) == 0 ? -1 : (10 + random.nextInt(500)) * MINUTE,
            (100 + random.nextInt(900)) * MIB,
            (20 + random.nextInt(2000)) * MINUTE,
            random.nextInt(4) * MINUTE);
    long checkMs = (1 + random.nextInt(10)) * MINUTE;
    SimulatedLog log =
        new SimulatedLog(
            settings(retention), checkMs, random.nextInt((int) (checkMs / MINUTE)) * MINUTE);
    int speed = 0;
    for (int minute = 0; minute < 800; minute++) {
      speed = random.nextInt(40) == 0 ? random.nextInt(100) : speed;
      log.step(MINUTE, speed * MIB);
    }
    long perMinute = random.nextInt(100) * MIB;
    LogBound bound =
        new LogBound(
            log.logBytes(),
            perMinute / 60.0,
            retention,
            checkMs,
            retention.limitsAge() ? expiring(log, retention) : List.of());
    long since = log.now();
    OptionalLong ever = bound.ever();
    boolean steady = random.nextBoolean();
    for (int minute = 1; minute < 1500; minute++) {
      log.step(MINUTE, steady ? perMinute : perMinute / (1 + random.nextInt(3)));
      // What is written at once here is a minute's worth.
      long held = log.diskBytes(since) - perMinute;
      assertThat(held).as(story).isLessThanOrEqualTo(bound.within(minute * MINUTE));
      if (ever.isPresent()) {
        assertThat(held).as(story).isLessThanOrEqualTo(ever.getAsLong());
      }
    }
  }
}
