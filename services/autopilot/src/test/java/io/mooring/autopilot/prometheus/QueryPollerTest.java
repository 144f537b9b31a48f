package io.mooring.autopilot.prometheus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.mooring.autopilot.rule.QueryTerms;
import io.mooring.autopilot.stream.QueriedParts;
import io.mooring.schemas.QueryReading;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class QueryPollerTest {

  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final String QUERY = "max by (volumeid) (px_volume_usage_bytes)";
  private static final String SLOW = "count(px_volume_usage_bytes)";
  private static final Duration INTERVAL = Duration.ofMillis(300);

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final QueriedParts parts =
      new QueriedParts(new QueryTerms(true, INTERVAL, Duration.ofMinutes(1)));
  private final QueryBoard board = new QueryBoard(meters);
  private final List<QueryReading> readings = new CopyOnWriteArrayList<>();
  private FakePrometheus fake;
  private QueryPoller poller;

  @BeforeEach
  void start() throws IOException {
    fake = new FakePrometheus();
    PrometheusServer server =
        new PrometheusServer(
            new PrometheusServer.Settings(
                fake.url(), null, null, Duration.ofSeconds(60), Duration.ofMinutes(1)));
    poller = new QueryPoller(server, parts.parts(), board, readings::addAll, Clock.systemUTC());
    parts.volume("v1", Map.of("app", "kafka"));
    parts.volume("v2", Map.of("app", "kafka"));
    parts.volume("other", Map.of("app", "other"));
    poller.start();
  }

  @AfterEach
  void stop() {
    poller.close();
    fake.close();
  }

  @Test
  void theAnswerBecomesAReadingOfEachVolumeThatTheRuleSelects() {
    Instant at = Instant.now().minusSeconds(1).truncatedTo(ChronoUnit.MILLIS);
    fake.answer(
        QUERY,
        () ->
            FakePrometheus.vector(
                FakePrometheus.element("\"volumeid\":\"v1\"", "82.5", at),
                FakePrometheus.element("\"volumeid\":\"other\"", "1", at)));
    parts.rule("queried", QUERY, 1);
    await().atMost(PATIENCE).until(() -> readings.size() >= 2);
    assertThat(readings.get(0)).isEqualTo(new QueryReading("v1", QUERY, "82.5", at));
    assertThat(readings.get(1).getVolumeId()).isEqualTo("v2");
    assertThat(readings.get(1).getValue()).isNull();
    await()
        .atMost(PATIENCE)
        .untilAsserted(() ->
            assertThat(board.all())
                .singleElement()
                .satisfies(standing -> assertThat(standing.outcome()).isEqualTo("ANSWERED"))
                .satisfies(standing -> assertThat(standing.volumes()).isEqualTo(1))
                .satisfies(standing -> assertThat(standing.problem()).isNull())
                .satisfies(standing -> assertThat(standing.rules()).containsExactly("queried")));
  }

  @Test
  void theAnswerBecomesAReadingOfEachPoolThatTheRuleSelects() {
    String query = "max by (node, pool) (px_pool_stats_used_bytes)";
    parts.pool("n1", "p1");
    parts.pool("n2", "p1");
    Instant at = Instant.now().minusSeconds(1).truncatedTo(ChronoUnit.MILLIS);
    fake.answer(
        query,
        () ->
            FakePrometheus.vector(
                FakePrometheus.element("\"node\":\"n1\",\"pool\":\"p1\"", "91", at)));
    parts.poolRule("even", query);
    await().atMost(PATIENCE).until(() -> readings.size() >= 2);
    assertThat(readings.get(0)).isEqualTo(new QueryReading("n1/p1", query, "91", at));
    assertThat(readings.get(1)).matches(reading -> reading.getVolumeId().equals("n2/p1"));
    assertThat(readings.get(1).getValue()).isNull();
  }

  @Test
  void aSlowQueryDelaysNoOtherAndIsNotAskedTwiceAtOnce() {
    fake.hang(SLOW);
    fake.answer(QUERY, "\"volumeid\":\"v1\"", "1");
    parts.rule("slow", SLOW, 1);
    parts.rule("queried", QUERY, 1);
    await().atMost(PATIENCE).until(() -> fake.asked(QUERY) >= 3 && fake.asked(SLOW) >= 1);
    assertThat(fake.asked(SLOW)).isEqualTo(1);
  }

  @Test
  void aFailureIsCountedAndToldAndTheNextAnswerCounts() {
    fake.answer(QUERY, () -> new FakePrometheus.Reply(503, "{\"error\":\"too busy\"}"));
    parts.rule("queried", QUERY, 1);
    await()
        .atMost(PATIENCE)
        .untilAsserted(() ->
            assertThat(board.all())
                .singleElement()
                .satisfies(standing -> assertThat(standing.outcome()).isEqualTo("REFUSED"))
                .satisfies(standing ->
                    assertThat(standing.problem()).startsWith("AUT-040").contains("too busy")));
    assertThat(meters.get("mooring.autopilot.queries.failing").gauge().value()).isEqualTo(1);
    assertThat(readings).isEmpty();

    fake.answer(QUERY, "\"volumeid\":\"v1\"", "1");
    await().atMost(PATIENCE).until(() -> !readings.isEmpty());
    await()
        .atMost(PATIENCE)
        .untilAsserted(() ->
            assertThat(meters.get("mooring.autopilot.queries.failing").gauge().value()).isZero());
  }

  @Test
  void whatWasComputedForAnotherTimeIsNotUsed() {
    fake.answer(
        QUERY,
        () ->
            FakePrometheus.vector(
                FakePrometheus.element(
                    "\"volumeid\":\"v1\"", "99", Instant.now().minusSeconds(3600))));
    parts.rule("queried", QUERY, 1);
    await()
        .atMost(PATIENCE)
        .untilAsserted(() ->
            assertThat(board.all())
                .singleElement()
                .satisfies(standing -> assertThat(standing.problem()).startsWith("AUT-041")));
    assertThat(readings).extracting(QueryReading::getVolumeId).doesNotContain("v1");
  }

  @Test
  void aRuleThatIsGoneIsNotAskedForAnyMore() {
    fake.answer(QUERY, "\"volumeid\":\"v1\"", "1");
    parts.rule("queried", QUERY, 1);
    await().atMost(PATIENCE).until(() -> !readings.isEmpty());
    parts.remove("queried");
    await().atMost(PATIENCE).until(() -> board.all().isEmpty());
    assertThat(fake.requests()).isNotEmpty();
  }
}
