package io.mooring.autopilot.prometheus;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.autopilot.prometheus.FakePrometheus.Reply;
import io.mooring.autopilot.prometheus.ServerAnswer.Element;
import io.mooring.autopilot.prometheus.ServerAnswer.Failed;
import io.mooring.autopilot.prometheus.ServerAnswer.Failure;
import io.mooring.autopilot.prometheus.ServerAnswer.Vector;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PrometheusServerTest {

  private static final Duration TIMEOUT = Duration.ofMillis(500);
  private static final String QUERY = "rate(a{b=\"c+d\"}[5m]) > 1";

  private FakePrometheus fake;

  @BeforeEach
  void start() throws IOException {
    fake = new FakePrometheus();
  }

  @AfterEach
  void stop() {
    fake.close();
  }

  @Test
  void aVectorIsReadWithLabelsValuesAndTimes() throws Exception {
    Instant at = Instant.parse("2026-01-01T00:00:00.781Z");
    fake.answer(
        QUERY,
        () -> FakePrometheus.vector(FakePrometheus.element("\"volumeid\":\"v1\"", "NaN", at)));
    assertThat(ask(fake.url(), null, null))
        .isEqualTo(new Vector(List.of(new Element(Map.of("volumeid", "v1"), "NaN", at))));
    assertThat(fake.requests())
        .singleElement()
        .satisfies(request -> assertThat(request.path()).isEqualTo("/api/v1/query"))
        .satisfies(request ->
            assertThat(request.parameters())
                .containsEntry("query", QUERY)
                .containsEntry("timeout", "500ms")
                .containsEntry("lookback_delta", "60000ms"))
        .satisfies(request -> assertThat(request.authorization()).isEqualTo("null"));
  }

  @Test
  void credentialsAreSentAndATokenIsReadAnew(@TempDir Path directory) throws Exception {
    ask(fake.url(), "Basic abc", null);
    Path token = Files.writeString(directory.resolve("token"), "one\n");
    try (PrometheusServer server = server(fake.url(), null, token)) {
      server.ask(QUERY);
      Files.writeString(token, "two\n");
      server.ask(QUERY);
      Files.delete(token);
      assertThat(failure(server.ask(QUERY))).isEqualTo(Failure.NO_CREDENTIALS);
    }
    assertThat(fake.requests())
        .extracting(FakePrometheus.Request::authorization)
        .containsExactly("Basic abc", "Bearer one", "Bearer two");
  }

  @Test
  void anApiBelowAPathIsReached() throws Exception {
    ask(URI.create(fake.url() + "/prometheus/"), null, null);
    assertThat(fake.requests().getFirst().path()).isEqualTo("/prometheus/api/v1/query");
  }

  @Test
  void whatIsNoAnswerIsTold() throws Exception {
    reply(
        400,
        "{\"status\":\"error\",\"errorType\":\"bad_data\",\"error\":\"1:5: parse error\"}",
        new Failed(Failure.BAD_QUERY, "1:5: parse error"));
    reply(
        503,
        "{\"status\":\"error\",\"errorType\":\"timeout\",\"error\":\"query timed out\"}",
        new Failed(Failure.REFUSED, "query timed out"));
    reply(401, "<html>", new Failed(Failure.REFUSED, "it said 401"));
    reply(
        200,
        "{\"status\":\"success\",\"data\":{\"resultType\":\"scalar\",\"result\":[1.5,\"1\"]}}",
        new Failed(Failure.NOT_A_VECTOR, "the result is a scalar"));
    fake.answer(QUERY, () -> new Reply(200, "<html>"));
    assertThat(failure(ask(fake.url(), null, null))).isEqualTo(Failure.UNREADABLE);
    fake.answer(QUERY, () -> new Reply(302, ""));
    assertThat(failure(ask(fake.url(), null, null))).isEqualTo(Failure.REFUSED);
  }

  @Test
  void aServerThatHangsOrIsAwayIsNotWaitedForLonger() throws Exception {
    fake.hang(QUERY);
    assertThat(failure(ask(fake.url(), null, null))).isEqualTo(Failure.TIMEOUT);
    URI away = fake.url();
    fake.close();
    assertThat(failure(ask(away, null, null))).isEqualTo(Failure.UNREACHABLE);
  }

  private void reply(int status, String body, Failed expected) throws Exception {
    fake.answer(QUERY, () -> new Reply(status, body));
    assertThat(ask(fake.url(), null, null)).isEqualTo(expected);
  }

  private static Failure failure(ServerAnswer answer) {
    return ((Failed) answer).failure();
  }

  private static ServerAnswer ask(URI url, String authorization, Path bearer) throws Exception {
    try (PrometheusServer server = server(url, authorization, bearer)) {
      return server.ask(QUERY);
    }
  }

  private static PrometheusServer server(URI url, String authorization, Path bearer) {
    return new PrometheusServer(
        new PrometheusServer.Settings(url, authorization, bearer, TIMEOUT, Duration.ofMinutes(1)));
  }
}
