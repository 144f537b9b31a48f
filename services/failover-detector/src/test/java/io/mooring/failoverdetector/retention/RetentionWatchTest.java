package io.mooring.failoverdetector.retention;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.failoverdetector.retention.LogReading.Broker;
import io.mooring.failoverdetector.retention.LogReading.Directory;
import io.mooring.failoverdetector.retention.LogReading.Replica;
import io.mooring.schemas.BrokerRetention;
import io.mooring.schemas.LogDirectoryRetention;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class RetentionWatchTest {

  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final long CHECK_MS = MINUTE.multipliedBy(5).toMillis();
  private static final String HOST = "kafka-1.kafka-headless.prod.svc.cluster.local";
  private static final TopicPartition SIZED = new TopicPartition("sized", 0);
  private static final TopicPartition COMPACTED = new TopicPartition("compacted", 0);
  private static final Map<String, TopicRetention> TOPICS =
      Map.of("sized", new TopicRetention(100_000, -1, 1000, 3_600_000, 60_000));

  private final RetentionWatch watch =
      new RetentionWatch("orders", new PodNames(Optional.empty(), Optional.empty()));
  private Instant now = START;

  @Test
  void aBrokerIsToldOfOnceItIsKnownHowFastItIsWritten() {
    assertThat(read(Map.of(SIZED, log(50_000), COMPACTED, log(7000)))).isEmpty();
    BrokerRetention fact = read(Map.of(SIZED, log(56_000), COMPACTED, log(7060))).getFirst();

    assertThat(fact.getClusterName()).isEqualTo("orders");
    assertThat(fact.getBrokerId()).isEqualTo(1);
    assertThat(fact.getPod()).isEqualTo("kafka-1");
    assertThat(fact.getNamespace()).isEqualTo("prod");
    assertThat(fact.getAt()).isEqualTo(now);
    LogDirectoryRetention directory = fact.getDirectories().getFirst();
    assertThat(directory.getLogBytes()).isEqualTo(63_060);
    assertThat(directory.getUnlimitedBytes()).isEqualTo(7060);
    assertThat(directory.getInflowBytesPerSecond()).isEqualTo(101.0);
    assertThat(directory.getCeilingBytes()).isNull();
    // Limit, segment and six minutes of 100 B/s; the other goes on at 1 B/s.
    assertThat(within(directory, 40)).isEqualTo(100_000 + 1000 + 36_000 + 7060 + 40 * 60);
    assertThat(within(directory, 1440)).isEqualTo(100_000 + 1000 + 36_000 + 7060 + 1440 * 60);
  }

  @Test
  void whatKafkaDeletedInBetweenHidesNothingOfWhatIsWritten() {
    read(Map.of(SIZED, log(99_000)));
    read(Map.of(SIZED, log(105_000)));
    LogDirectoryRetention directory = directory(read(Map.of(SIZED, log(95_000))));

    assertThat(directory.getInflowBytesPerSecond()).isEqualTo(100.0);
    assertThat(directory.getCeilingBytes()).isEqualTo(100_000 + 1000 + 36_000);
  }

  @Test
  void aBurstIsForgottenWhenItIsLongOver() {
    read(Map.of(COMPACTED, log(0)));
    read(Map.of(COMPACTED, log(60_000)));
    for (int i = 0; i < 5; i++) {
      read(Map.of(COMPACTED, log(60_000)));
    }
    assertThat(within(directory(read(Map.of(COMPACTED, log(60_000)))), 10)).isEqualTo(60_000);
  }

  @Test
  void aLogThatIsNewWasWrittenSinceTheLastReading() {
    read(Map.of());
    LogDirectoryRetention directory = directory(read(Map.of(SIZED, log(6000))));
    assertThat(directory.getInflowBytesPerSecond()).isEqualTo(100.0);
  }

  @Test
  void aBrokerThatWasAwayIsToldOfAfterTheSecondReadingAgain() {
    read(Map.of(SIZED, log(1000)));
    now = now.plus(MINUTE);
    assertThat(watch.onReading(new LogReading(now, List.of(), TOPICS, Map.of()))).isEmpty();
    assertThat(read(Map.of(SIZED, log(90_000)))).isEmpty();
    assertThat(directory(read(Map.of(SIZED, log(90_000)))).getInflowBytesPerSecond()).isZero();
  }

  @Test
  void aLogThatIsMovedHereIsNotLimitedUntilItIsThere() {
    read(Map.of(SIZED, new Replica(0, true)));
    LogDirectoryRetention directory = directory(read(Map.of(SIZED, new Replica(60_000, true))));
    assertThat(directory.getUnlimitedBytes()).isEqualTo(60_000);
    assertThat(within(directory, 40)).isEqualTo(60_000 + 40 * 60_000);
  }

  @Test
  void podsAreNamedAsConfiguredWhereHostsAreAddresses() {
    PodNames unknown = new PodNames(Optional.empty(), Optional.empty());
    assertThat(unknown.pod(1, "10.77.0.13")).isEmpty();
    assertThat(unknown.namespace("10.77.0.13")).isEmpty();
    assertThat(unknown.pod(1, "fd00::1")).isEmpty();
    assertThat(unknown.pod(1, "localhost")).isEmpty();
    PodNames known = new PodNames(Optional.of("kafka-{id}"), Optional.of("kafka"));
    assertThat(known.pod(12, "10.77.0.13")).isEqualTo("kafka-12");
    assertThat(known.namespace("10.77.0.13")).isEqualTo("kafka");
  }

  private static Replica log(long bytes) {
    return new Replica(bytes, false);
  }

  private List<BrokerRetention> read(Map<TopicPartition, Replica> replicas) {
    now = now.plus(MINUTE);
    Directory directory = new Directory("/kafka", 1_000_000, 200_000, replicas);
    Broker broker = new Broker(1, HOST, CHECK_MS, List.of(directory));
    return watch.onReading(new LogReading(now, List.of(broker), TOPICS, Map.of()));
  }

  private static LogDirectoryRetention directory(List<BrokerRetention> facts) {
    return facts.getFirst().getDirectories().getFirst();
  }

  private static long within(LogDirectoryRetention directory, long minutes) {
    return directory.getHorizons().stream()
        .filter(horizon -> horizon.getWithinMs() == Duration.ofMinutes(minutes).toMillis())
        .findFirst()
        .orElseThrow()
        .getLogBytesMax();
  }
}
