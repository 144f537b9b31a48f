package io.mooring.localcluster.application;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mooring.localcluster.ClusterSettings;
import io.mooring.localcluster.kafka.KafkaPodTemplate;
import io.mooring.localcluster.kafka.KafkaPrograms;
import io.mooring.localcluster.kafka.ManagedKafka;
import io.mooring.localcluster.orchestrator.FakeRuntime;
import io.mooring.localcluster.orchestrator.FakeVolumes;
import io.mooring.localcluster.orchestrator.NodeSite;
import io.mooring.localcluster.orchestrator.Orchestrator;
import io.mooring.localcluster.orchestrator.PodRuntime;
import io.mooring.localcluster.orchestrator.PodStatus;
import io.mooring.localcluster.process.ClassArchives;
import io.mooring.localcluster.process.LocalProcess;
import io.mooring.localcluster.process.ProcessSpec;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The door as those that move applications use it; commands are real shells beside fake pods. */
@Timeout(30)
class ApplicationDoorTest {

  private static final String KAFKA = "?namespace=" + ManagedKafka.NAME;
  private static final ManagedKafka SMALL =
      new ManagedKafka(new ClusterSettings.KafkaSize(1, 2, 1L << 30), 2);

  private final ObjectMapper json = new ObjectMapper();
  private final FakeVolumes volumes = new FakeVolumes(Set.of("n1", "n2"));
  private final Orchestrator orchestrator =
      new Orchestrator(volumes, new FakeRuntime(), _ -> {}, Duration.ofMinutes(1));
  private final ClassArchives archives = new ClassArchives(Path.of("none"));
  private final Applications applications =
      new Applications(
          orchestrator,
          (set, service, settings) ->
              new KafkaPodTemplate(
                  new KafkaPrograms(List.of(), archives), archives, set, service, settings));
  private final HttpClient http = HttpClient.newHttpClient();

  @TempDir private Path folder;
  private Executions executions;
  private ApplicationDoor door;

  @BeforeEach
  void open() throws IOException, InterruptedException {
    for (String node : List.of("n1", "n2")) {
      orchestrator.addNode(new NodeSite(node, "eu", "z1", "rack-" + node, true));
    }
    executions = new Executions(applications, this::shell, folder.resolve("executions"));
    door =
        ApplicationDoor.open(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), applications, executions);
    Stream.concat(SMALL.controllerObjects().stream(), SMALL.brokerObjects().stream())
        .forEach(object -> applications.put(object, true));
    assertThat(orchestrator.awaitReady("kafka-broker", Duration.ofSeconds(10))).isTrue();
  }

  @AfterEach
  void close() {
    door.close();
    executions.close();
    orchestrator.close();
    http.shutdownNow();
  }

  @Test
  void objectsAreListedInAnOrderInWhichTheyCanBePut() throws IOException, InterruptedException {
    Answer listed = send("GET", "/objects" + KAFKA, "");

    assertThat(listed.status()).isEqualTo(200);
    assertThat(listed.body().findValuesAsText("kind").stream().distinct())
        .contains("StorageClass", "ConfigMap", "Service", "PersistentVolumeClaim", "StatefulSet");
    for (JsonNode object : listed.body()) {
      String path =
          "/objects/%s/%s/%s?start=true"
              .formatted(
                  object.path("kind").asText(),
                  object.path("namespace").asText(),
                  object.path("name").asText());
      assertThat(send("PUT", path, object.path("manifest").toString()).status()).isEqualTo(200);
    }
    assertThat(send("GET", "/objects" + KAFKA, "").body()).isEqualTo(listed.body());
  }

  @Test
  void anObjectIsDeletedOnceAndKeptForAReasonWithACode() throws IOException, InterruptedException {
    String extra = "/objects/ConfigMap/kafka/extra";
    send("PUT", extra, "{\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"extra\"}}");
    assertThat(send("GET", "/objects" + KAFKA, "").body().findValuesAsText("name"))
        .contains("extra");

    assertThat(send("DELETE", extra, "").status()).isEqualTo(204);
    assertThat(send("DELETE", extra, "").status()).isEqualTo(204);
    assertThat(send("GET", "/objects" + KAFKA, "").body().findValuesAsText("name"))
        .doesNotContain("extra");
    Answer kept = send("DELETE", "/objects/StatefulSet/kafka/kafka-broker", "");
    assertThat(kept.status()).isEqualTo(409);
    assertThat(kept.body().path("code").asText()).isEqualTo("LCL-049");
    assertThat(send("DELETE", "/objects/Pod/kafka/x", "").body().path("code").asText())
        .isEqualTo("LCL-040");
  }

  @Test
  void anApplicationIsStoppedAndStartedAgain() throws IOException, InterruptedException {
    assertThat(send("POST", "/applications/stop" + KAFKA, "").status()).isEqualTo(202);
    while (send("GET", "/applications" + KAFKA, "").body().path("running").asInt() > 0) {
      Thread.onSpinWait();
    }
    JsonNode stopped = send("GET", "/applications" + KAFKA, "").body();
    assertThat(stopped.path("desired").asInt()).isZero();
    assertThat(stopped.path("active").asBoolean()).isFalse();
    assertThat(volumes.holders).isEmpty();

    assertThat(send("POST", "/applications/start" + KAFKA, "").status()).isEqualTo(202);
    JsonNode started = send("GET", "/applications" + KAFKA, "").body();
    assertThat(started.path("desired").asInt()).isEqualTo(3);
    assertThat(started.path("active").asBoolean()).isTrue();
  }

  @Test
  void aBadObjectIsAnErrorWithACode() throws IOException, InterruptedException {
    Answer refused =
        send(
            "PUT",
            "/objects/StatefulSet/kafka/x?start=true",
            "{\"kind\":\"StatefulSet\",\"metadata\":{\"name\":\"x\"},\"spec\":{}}");

    assertThat(refused.status()).isEqualTo(422);
    assertThat(refused.body().path("code").asText()).isEqualTo("LCL-040");
    assertThat(refused.body().path("why").asText()).contains("/spec/");
    assertThat(send("PUT", "/objects/Pod/kafka/x", "{}").body().path("code").asText())
        .isEqualTo("LCL-040");
    assertThat(send("PUT", "/objects/Service/kafka/x", "{").status()).isEqualTo(400);
    assertThat(send("GET", "/objects", "").body().path("code").asText()).isEqualTo("LCL-042");
    assertThat(send("GET", "/elsewhere", "").status()).isEqualTo(404);
  }

  @Test
  void aCommandRunsOnceInEachPodThatMatches() throws IOException, InterruptedException {
    String order =
        "{\"podSelector\":{\"app\":\"kafka\"},\"command\":\"echo $POD_NAMESPACE/$POD_NAME\"}";
    send("PUT", "/executions/flush-1" + KAFKA, order);
    send("PUT", "/executions/flush-1" + KAFKA, order);

    JsonNode done = ended("flush-1");
    assertThat(done.path("state").asText()).isEqualTo("DONE");
    assertThat(done.path("ready").asBoolean()).isTrue();
    assertThat(done.path("pods"))
        .extracting(pod -> pod.path("output").asText())
        .containsExactly("kafka/kafka-broker-0\n", "kafka/kafka-broker-1\n");
    assertThat(done.path("pods")).allMatch(pod -> pod.path("exitCode").asInt(-1) == 0);
  }

  @Test
  void aCommandThatFailsOrTakesTooLongHasFailed() throws IOException, InterruptedException {
    send(
        "PUT",
        "/executions/a" + KAFKA,
        "{\"podSelector\":{\"app\":\"kafka\"},\"command\":\"exit 3\",\"runInSinglePod\":true}");
    send(
        "PUT",
        "/executions/b" + KAFKA,
        "{\"podSelector\":{\"app\":\"kafka\"},\"command\":\"sleep 60\",\"timeoutSeconds\":1}");

    JsonNode failed = ended("a");
    assertThat(failed.path("state").asText()).isEqualTo("FAILED");
    assertThat(failed.path("pods")).hasSize(1);
    assertThat(failed.path("pods").path(0).path("exitCode").asInt()).isEqualTo(3);
    assertThat(ended("b").path("state").asText()).isEqualTo("FAILED");
  }

  @Test
  void aCommandThatWaitsIsReadyAndEndsWhenItsExecutionIsTakenAway()
      throws IOException, InterruptedException {
    Path mark = folder.resolve("released");
    send(
        "PUT",
        "/executions/hold" + KAFKA,
        json.writeValueAsString(
            Map.of(
                "podSelector",
                Map.of("app", "kafka-controller"),
                "command",
                "${WAIT_CMD}; touch " + mark)));
    while (!send("GET", "/executions/hold", "").body().path("ready").asBoolean()) {
      Thread.onSpinWait();
    }
    assertThat(send("GET", "/executions/hold", "").body().path("state").asText())
        .isEqualTo("RUNNING");
    assertThat(mark).doesNotExist();

    assertThat(send("DELETE", "/executions/hold", "").status()).isEqualTo(204);
    assertThat(Files.exists(mark)).isTrue();
    assertThat(send("GET", "/executions/hold", "").status()).isEqualTo(404);
    assertThat(send("DELETE", "/executions/hold", "").status()).isEqualTo(204);
  }

  private JsonNode ended(String id) throws IOException, InterruptedException {
    JsonNode seen = send("GET", "/executions/" + id, "").body();
    while (seen.path("state").asText().equals("RUNNING")) {
      seen = send("GET", "/executions/" + id, "").body();
    }
    return seen;
  }

  private record Answer(int status, JsonNode body) {}

  private Answer send(String method, String path, String body)
      throws IOException, InterruptedException {
    HttpResponse<String> response =
        http.send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + door.port() + path))
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    return new Answer(response.statusCode(), json.readTree(response.body()));
  }

  private PodRuntime.RunningPod shell(
      PodStatus pod, List<String> command, Map<String, String> environment, Path output) {
    Map<String, String> own = new HashMap<>(environment);
    own.put("DATA_DIR", folder.toString());
    return new Shell(
        LocalProcess.start(new ProcessSpec(pod.pod().name(), command, own, output), List.of()));
  }

  private record Shell(LocalProcess process) implements PodRuntime.RunningPod {

    @Override
    public boolean isAlive() {
      return process.isAlive();
    }

    @Override
    public int await() throws InterruptedException {
      return process.await();
    }

    @Override
    public void stop() throws InterruptedException {
      process.stop(Duration.ofSeconds(1));
    }

    @Override
    public void kill() {
      process.killAll();
    }
  }
}
