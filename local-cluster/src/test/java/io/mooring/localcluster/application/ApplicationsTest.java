package io.mooring.localcluster.application;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mooring.localcluster.ClusterSettings;
import io.mooring.localcluster.LocalClusterException;
import io.mooring.localcluster.kafka.KafkaPodTemplate;
import io.mooring.localcluster.kafka.KafkaPrograms;
import io.mooring.localcluster.kafka.ManagedKafka;
import io.mooring.localcluster.orchestrator.FakeRuntime;
import io.mooring.localcluster.orchestrator.FakeVolumes;
import io.mooring.localcluster.orchestrator.NodeSite;
import io.mooring.localcluster.orchestrator.Orchestrator;
import io.mooring.localcluster.orchestrator.PodIdentity;
import io.mooring.localcluster.orchestrator.PodTemplate;
import io.mooring.localcluster.process.ClassArchives;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(20)
class ApplicationsTest {

  private static final String NAMESPACE = ManagedKafka.NAME;
  private static final Duration SOON = Duration.ofSeconds(10);
  private static final ManagedKafka KAFKA =
      new ManagedKafka(new ClusterSettings.KafkaSize(1, 2, 1L << 30), 2);
  private static final List<String> VOLUMES =
      List.of("data-kafka-controller-0", "data-kafka-broker-0", "data-kafka-broker-1");

  private final FakeVolumes volumes = new FakeVolumes(Set.of("n1", "n2"));
  private final FakeRuntime runtime = new FakeRuntime();
  private final Orchestrator orchestrator =
      new Orchestrator(volumes, runtime, _ -> {}, Duration.ofMinutes(1));
  private final AtomicReference<PodTemplate> brokers = new AtomicReference<>();
  private final Applications applications = new Applications(orchestrator, this::template);

  @TempDir private Path folder;

  ApplicationsTest() {
    for (String node : List.of("n1", "n2")) {
      orchestrator.addNode(new NodeSite(node, "eu", "z1", "rack-" + node, true));
    }
  }

  @AfterEach
  void close() {
    orchestrator.close();
  }

  @Test
  void whatAnotherClusterListsMakesTheSamePodsHereOfVolumesThatAreHere()
      throws InterruptedException, IOException {
    volumes.existing.addAll(VOLUMES);

    for (Manifest object : elsewhere()) {
      applications.put(handedOver(object, NAMESPACE), true);
    }

    assertThat(orchestrator.awaitReady("kafka-broker", SOON)).isTrue();
    assertThat(volumes.calls).filteredOn(call -> call.startsWith("create")).isEmpty();
    assertThat(volumes.calls).contains("find data-kafka-broker-1");
    assertThat(runtime.nodeOfAddress).containsOnlyKeys("10.77.1.10", "10.77.1.100", "10.77.1.101");
    PodTemplate template = brokers.get();
    template.command(new PodIdentity("kafka-broker", 1), folder, Path.of("/data"));
    assertThat(Files.readString(folder.resolve("server.properties")))
        .contains("node.id=1\n", "listeners=PLAINTEXT://10.77.1.101:9092\n")
        .contains("log.dirs=/data/kafka\n", "controller.quorum.voters=1000@10.77.1.10:9093\n")
        .doesNotContain("cluster.id");
    assertThat(Files.readString(folder.resolve("run.sh")))
        .contains("'-t' 'bW9vcmluZy1tYW5hZ2VkIQ'");
  }

  @Test
  void whatIsListedIsTheSameHereAndThere() {
    for (Manifest object : elsewhere()) {
      applications.put(handedOver(object, NAMESPACE), true);
    }

    assertThat(applications.list(NAMESPACE)).isEqualTo(elsewhere());
    assertThat(applications.list(NAMESPACE))
        .filteredOn(object -> object.kind() == ObjectKind.CLAIM)
        .extracting(Manifest::name)
        .containsExactlyElementsOf(VOLUMES);
    assertThat(applications.list("another")).isEmpty();
  }

  @Test
  void anApplicationThatArrivesStoppedRemembersItsPodsUntilItIsStarted()
      throws InterruptedException {
    volumes.existing.addAll(VOLUMES);
    for (Manifest object : elsewhere()) {
      applications.put(handedOver(object, NAMESPACE), false);
    }

    assertThat(applications.state(NAMESPACE)).isEqualTo(new Applications.State(0, 0, 0, false));
    assertThat(broker().at("/spec/replicas").asInt()).isZero();
    assertThat(broker().at("/metadata/annotations/mooring.io~1migration-replicas").asText())
        .isEqualTo("2");
    assertThat(volumes.calls).isEmpty();

    applications.start(NAMESPACE);
    assertThat(orchestrator.awaitReady("kafka-broker", SOON)).isTrue();
    assertThat(broker().at("/spec/replicas").asInt()).isEqualTo(2);
    assertThat(broker().at("/metadata/annotations").isMissingNode()).isTrue();
    assertThat(applications.state(NAMESPACE).desired()).isEqualTo(3);
  }

  @Test
  void brokersAreStoppedBeforeTheirQuorumAndAllVolumesAreDetached() throws InterruptedException {
    start();

    applications.stop(NAMESPACE);
    applications.stop(NAMESPACE);
    while (applications.state(NAMESPACE).running() > 0) {
      Thread.onSpinWait();
    }

    assertThat(volumes.holders).isEmpty();
    assertThat(volumes.calls.stream().filter(call -> call.startsWith("unpublish")))
        .map(call -> call.split(" ")[1])
        .containsExactly("data-kafka-broker-1", "data-kafka-broker-0", "data-kafka-controller-0");
    assertThat(applications.state(NAMESPACE).active()).isFalse();
  }

  @Test
  void anObjectThatComesAgainDoesNotStopWhatRuns() throws InterruptedException {
    start();
    Manifest set = elsewhere().getLast();

    applications.put(handedOver(set, NAMESPACE), false);

    assertThat(applications.state(NAMESPACE).desired()).isEqualTo(3);
  }

  @Test
  void aSetIsRefusedWhileWhatItNamesIsNotThere() {
    assertThatThrownBy(() -> applications.put(elsewhere().getLast(), true))
        .isInstanceOfSatisfying(
            LocalClusterException.class, e -> assertThat(e.code()).isEqualTo("LCL-041"))
        .hasMessageContaining("Service 'kafka-broker'");
    assertThat(applications.list(NAMESPACE)).isEmpty();
  }

  @Test
  void aSetOfTheSameNameInAnotherNamespaceIsRefused() throws InterruptedException {
    start();

    assertThatThrownBy(
            () -> {
              for (Manifest object : elsewhere()) {
                applications.put(handedOver(object, "copy"), true);
              }
            })
        .isInstanceOfSatisfying(
            LocalClusterException.class, e -> assertThat(e.code()).isEqualTo("LCL-041"))
        .hasMessageContaining("namespace 'kafka' has one");
  }

  @Test
  void anObjectThatRunsOrIsNeededIsNotDeleted() throws InterruptedException {
    start();
    List<Manifest> before = applications.list(NAMESPACE);
    for (Manifest object : before) {
      assertThatThrownBy(() -> applications.delete(object.key()))
          .as(object.name())
          .isInstanceOfSatisfying(
              LocalClusterException.class, e -> assertThat(e.code()).isEqualTo("LCL-049"));
    }
    assertThat(applications.list(NAMESPACE)).isEqualTo(before);
    assertThat(applications.state(NAMESPACE).desired()).isEqualTo(3);
  }

  @Test
  void whatIsStoppedIsDeletedFromTheLastToTheFirstAndComesAgain() throws InterruptedException {
    start();
    List<Manifest> before = applications.list(NAMESPACE);
    applications.stop(NAMESPACE);
    while (applications.state(NAMESPACE).running() > 0) {
      Thread.onSpinWait();
    }

    for (Manifest object : before.reversed()) {
      if (object.kind() != ObjectKind.CLAIM) {
        applications.delete(object.key());
        applications.delete(object.key());
      }
    }
    assertThat(applications.list(NAMESPACE)).isEmpty();

    volumes.existing.addAll(VOLUMES);
    before.forEach(object -> applications.put(handedOver(object, NAMESPACE), true));
    assertThat(orchestrator.awaitReady("kafka-broker", SOON)).isTrue();
    assertThat(applications.list(NAMESPACE)).isEqualTo(before);
  }

  @Test
  void labelsAndAnnotationsComeBackAsTheyWere() {
    Manifest marked = elsewhere().get(1).annotated("mooring.io/migrated-by", "schedule/nightly");
    ObjectNode labelled = marked.json().deepCopy();
    labelled.withObject("/metadata/labels").put("tier", "gold");
    applications.put(
        Manifest.read(marked.kind().word(), NAMESPACE, marked.name(), labelled), false);

    assertThat(applications.list(NAMESPACE))
        .singleElement()
        .satisfies(listed -> {
          assertThat(listed.json().at("/metadata/labels/tier").asText()).isEqualTo("gold");
          assertThat(listed.json().at("/metadata/annotations/mooring.io~1migrated-by").asText())
              .isEqualTo("schedule/nightly");
        });
  }

  @Test
  void aMarkOfASetStaysWhenItIsStartedAndStopped() {
    for (Manifest object : elsewhere()) {
      Manifest marked = object.annotated("mooring.io/migrated-by", "schedule/nightly");
      applications.put(handedOver(marked, NAMESPACE), false);
    }
    applications.start(NAMESPACE);
    applications.stop(NAMESPACE);

    assertThat(broker().at("/metadata/annotations/mooring.io~1migrated-by").asText())
        .isEqualTo("schedule/nightly");
  }

  @Test
  void aSetMayNameAnotherClassThanItDidElsewhere() {
    for (Manifest object : elsewhere()) {
      String mapped = object.json().toString().replace("\"" + className() + "\"", "\"another\"");
      String name = object.name().equals(className()) ? "another" : object.name();
      try {
        applications.put(
            Manifest.read(
                object.kind().word(), NAMESPACE, name, new ObjectMapper().readTree(mapped)),
            false);
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    }

    assertThat(broker().at("/spec/volumeClaimTemplates/0/spec/storageClassName").asText())
        .isEqualTo("another");
    assertThat(applications.list(NAMESPACE))
        .filteredOn(object -> object.name().startsWith("data-kafka-broker"))
        .hasSize(2)
        .allSatisfy(claim ->
            assertThat(claim.json().at("/spec/storageClassName").asText()).isEqualTo("another"));
  }

  private static String className() {
    return elsewhere()
        .getLast()
        .json()
        .at("/spec/volumeClaimTemplates/0/spec/storageClassName")
        .asText();
  }

  @Test
  void aBadManifestIsRefusedWithItsPlaceAndChangesNothing() throws InterruptedException {
    start();
    ObjectNode service = objects().get(2).json().deepCopy();
    assertThat(service.path("kind").asText()).isEqualTo("Service");
    service.withArray("/spec/ports").removeAll();

    assertThatThrownBy(() ->
            applications.put(
                Manifest.read("Service", NAMESPACE, service.at("/metadata/name").asText(), service),
                true))
        .isInstanceOfSatisfying(
            LocalClusterException.class, e -> assertThat(e.code()).isEqualTo("LCL-040"))
        .hasMessageContaining("/spec/ports/0/port");
    assertThat(applications.list(NAMESPACE)).isEqualTo(elsewhere());
  }

  @Test
  void anObjectUnderAnotherNameOrOfAnUnknownKindIsRefused() {
    JsonNode map = objects().get(1).json();

    assertThatThrownBy(() -> Manifest.read("ConfigMap", NAMESPACE, "other", map))
        .hasMessageStartingWith("LCL-040");
    assertThatThrownBy(() -> Manifest.read("Deployment", NAMESPACE, "kafka-controller", map))
        .hasMessageStartingWith("LCL-040");
  }

  private void start() throws InterruptedException {
    objects().forEach(object -> applications.put(object, true));
    assertThat(orchestrator.awaitReady("kafka-broker", SOON)).isTrue();
  }

  private static List<Manifest> objects() {
    return Stream.concat(KAFKA.controllerObjects().stream(), KAFKA.brokerObjects().stream())
        .toList();
  }

  /** What a cluster that runs the same application lists. */
  private static List<Manifest> elsewhere() {
    try (Orchestrator other =
        new Orchestrator(
            new FakeVolumes(Set.of()), new FakeRuntime(), _ -> {}, Duration.ofMinutes(1))) {
      Applications source =
          new Applications(other, (set, service, settings) -> kafka(set, service, settings));
      objects().forEach(object -> source.put(object, true));
      return source.list(NAMESPACE);
    }
  }

  private static Manifest handedOver(Manifest object, String namespace) {
    try {
      JsonNode json = new ObjectMapper().readTree(object.json().toString());
      return Manifest.read(object.kind().word(), namespace, object.name(), json);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private JsonNode broker() {
    return applications.list(NAMESPACE).getLast().json();
  }

  private PodTemplate template(Fields set, Fields service, Fields settings) {
    PodTemplate made = kafka(set, service, settings);
    if (set.what().contains("broker")) {
      brokers.set(made);
    }
    return made;
  }

  private static PodTemplate kafka(Fields set, Fields service, Fields settings) {
    ClassArchives archives = new ClassArchives(Path.of("none"));
    return new KafkaPodTemplate(
        new KafkaPrograms(List.of(), archives), archives, set, service, settings);
  }
}
