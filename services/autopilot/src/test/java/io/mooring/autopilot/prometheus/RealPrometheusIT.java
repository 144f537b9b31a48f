package io.mooring.autopilot.prometheus;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.mooring.autopilot.prometheus.ServerAnswer.Failed;
import io.mooring.autopilot.prometheus.ServerAnswer.Failure;
import io.mooring.autopilot.prometheus.ServerAnswer.Vector;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real Prometheus, where one is installed, that scrapes what agents show. */
class RealPrometheusIT {

  private static final Path BINARY = Path.of("/usr/bin/prometheus");
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final String PAGE =
      """
      # TYPE px_volume_usage_bytes gauge
      px_volume_usage_bytes{namespace="kafka",node="n1",pvc="data-0",volumeid="v1",volumename="pvc-1"} 3.3E8
      # TYPE px_volume_capacity_bytes gauge
      px_volume_capacity_bytes{namespace="kafka",node="n1",pvc="data-0",volumeid="v1",volumename="pvc-1"} 4.0E8
      """;

  @TempDir private Path directory;

  private HttpServer agent;
  private Process prometheus;
  private PrometheusServer server;

  @BeforeEach
  void start() throws IOException {
    assumeThat(BINARY).isExecutable();
    agent = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    agent.createContext(
        "/q/metrics",
        exchange -> {
          byte[] body = PAGE.getBytes(UTF_8);
          exchange.getResponseHeaders().set("Content-Type", "text/plain; version=0.0.4");
          exchange.sendResponseHeaders(200, body.length);
          try (exchange) {
            exchange.getResponseBody().write(body);
          }
        });
    agent.start();
    int port = freePort();
    Path config =
        Files.writeString(
            directory.resolve("prometheus.yml"),
            """
            global:
              scrape_interval: 1s
            scrape_configs:
              - job_name: volume-agent
                metrics_path: /q/metrics
                static_configs:
                  - targets: ["127.0.0.1:%d"]
            """
                .formatted(agent.getAddress().getPort()));
    prometheus =
        new ProcessBuilder(
                BINARY.toString(),
                "--config.file=" + config,
                "--storage.tsdb.path=" + directory.resolve("data"),
                "--web.listen-address=127.0.0.1:" + port)
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("log").toFile())
            .start();
    server =
        new PrometheusServer(
            new PrometheusServer.Settings(
                URI.create("http://127.0.0.1:" + port),
                null,
                null,
                Duration.ofSeconds(5),
                Duration.ofMinutes(5)));
  }

  @AfterEach
  void stop() throws InterruptedException {
    if (prometheus != null) {
      server.close();
      prometheus.destroy();
      if (!prometheus.waitFor(10, TimeUnit.SECONDS)) {
        prometheus.destroyForcibly().waitFor();
      }
      agent.stop(0);
    }
  }

  @Test
  void answersQueriesOverWhatAgentsShowAndForgetsAnAgentThatIsGone() {
    await()
        .atMost(PATIENCE)
        .untilAsserted(() ->
            assertThat(server.ask("100 * px_volume_usage_bytes / px_volume_capacity_bytes"))
                .isInstanceOfSatisfying(
                    Vector.class,
                    vector -> {
                      assertThat(vector.elements()).hasSize(1);
                      ServerAnswer.Element element = vector.elements().getFirst();
                      assertThat(element.value()).isEqualTo("82.5");
                      assertThat(element.labels())
                          .containsEntry("volumeid", "v1")
                          .containsEntry("pvc", "data-0")
                          .containsEntry("namespace", "kafka");
                      assertThat(element.at())
                          .isBetween(Instant.now().minusSeconds(5), Instant.now().plusSeconds(1));
                    }));
    agent.stop(0);
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> assertThat(server.ask("px_volume_usage_bytes")).isEqualTo(new Vector(List.of())));
  }

  @Test
  void saysWhatIsWrongWithAQuery() throws InterruptedException {
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(server.ask("up")).isInstanceOf(Vector.class));
    assertThat(server.ask("rate(up)"))
        .isInstanceOfSatisfying(
            Failed.class,
            failed -> {
              assertThat(failed.failure()).isEqualTo(Failure.BAD_QUERY);
              assertThat(failed.detail()).contains("expected type range vector");
            });
    assertThat(server.ask("1 + 1"))
        .isEqualTo(new Failed(Failure.NOT_A_VECTOR, "the result is a scalar"));
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
