package io.mooring.migrator.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mooring.migrator.outside.ApplicationDoor;
import io.mooring.migrator.outside.ApplicationDoor.Activity;
import io.mooring.migrator.outside.ApplicationDoor.Command;
import io.mooring.migrator.outside.ApplicationDoor.Execution;
import io.mooring.migrator.outside.ApplicationDoor.PodRun;
import io.mooring.migrator.outside.RestClient;
import io.mooring.migrator.outside.VolumeManagerClient;
import io.mooring.migrator.plane.FakePlane;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pods through an API server: stopped, started, and commands in them. */
class KubernetesDoorIT {

  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final String BROKERS = "app: kafka";

  @TempDir private Path folder;
  private FakePlane plane;
  private FakeCluster cluster;
  private KubernetesApplicationDoor door;
  private KubernetesApplicationDoor other;

  @BeforeEach
  void start() throws IOException {
    plane = new FakePlane();
    cluster = new FakeCluster(folder);
    door = door();
    other = door();
    cluster.apply("kafka.yaml");
  }

  @AfterEach
  void stop() throws IOException {
    door.close();
    other.close();
    cluster.close();
    plane.close();
  }

  private KubernetesApplicationDoor door() {
    return KubernetesOrchestrator.of(
            cluster.client(),
            new VolumeManagerClient(new RestClient(plane.managerUrl(), Duration.ofSeconds(5))),
            "csi.mooring.io",
            Duration.ofSeconds(10),
            Duration.ofSeconds(15))
        .door();
  }

  private void brokersRun() {
    for (int number = 0; number < 2; number++) {
      cluster.claim("kafka", "data-broker-" + number, "v" + number, "csi.mooring.io");
      cluster.pod("kafka", "broker", number, BROKERS);
    }
    cluster.pod("kafka", "controller", 0, "app: controller");
  }

  private int replicas(Kind kind, String name) {
    return cluster.get(kind, "kafka", name).at("/spec/replicas").asInt();
  }

  private void gone(String pod) {
    cluster.delete(Kinds.POD, "kafka", pod);
  }

  @Test
  void podsCountThatAreReadyAndWanted() throws IOException {
    // Two brokers, one controller, two of the registry, three daemons.
    assertThat(door.activity("kafka")).isEqualTo(new Activity(8, 0));
    brokersRun();
    assertThat(door.activity("kafka")).isEqualTo(new Activity(8, 3));
    ObjectNode pod = cluster.get(Kinds.POD, "kafka", "broker-0");
    ((ObjectNode) pod.at("/status/conditions/0")).put("status", "False");
    cluster.put(pod);
    // One more than is wanted is no stand-in for another one.
    cluster.pod("kafka", "controller", 1, "app: controller");
    assertThat(door.activity("kafka")).isEqualTo(new Activity(8, 2));
    cluster.put(
        """
        apiVersion: apps/v1
        kind: ReplicaSet
        metadata: {name: registry-7d, namespace: kafka, ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: registry, uid: r, controller: true}]}
        spec: {replicas: 2}
        """);
    cluster.put(
        """
        apiVersion: v1
        kind: Pod
        metadata: {name: registry-7d-x, namespace: kafka, ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: registry-7d, uid: s, controller: true}]}
        spec: {containers: [{name: r, image: r}]}
        status: {phase: Running, conditions: [{type: Ready, status: "True"}]}
        """);
    assertThat(door.activity("kafka")).isEqualTo(new Activity(8, 3));
  }

  @Test
  void brokersAreStoppedBeforeTheirControllersAndAllComeBackAsTheyWere() throws IOException {
    brokersRun();
    door.stop("kafka");
    assertThat(replicas(Kinds.STATEFUL_SET, "broker")).isZero();
    assertThat(replicas(Kinds.DEPLOYMENT, "registry")).isZero();
    assertThat(replicas(Kinds.STATEFUL_SET, "controller")).isEqualTo(1);
    gone("broker-0");
    door.stop("kafka");
    assertThat(replicas(Kinds.STATEFUL_SET, "controller")).isEqualTo(1);
    gone("broker-1");
    await().atMost(PATIENCE).until(() -> replicas(Kinds.STATEFUL_SET, "controller") == 0);
    assertThat(door.activity("kafka")).isEqualTo(new Activity(0, 1));
    gone("controller-0");
    assertThat(door.activity("kafka")).isEqualTo(new Activity(0, 0));
    assertThat(cluster.get(Kinds.CRON_JOB, "kafka", "cleaner").at("/spec/suspend").asBoolean())
        .isTrue();

    // Stopping what is stopped forgets nothing.
    other.stop("kafka");
    other.start("kafka");
    other.start("kafka");
    assertThat(replicas(Kinds.STATEFUL_SET, "broker")).isEqualTo(2);
    assertThat(replicas(Kinds.STATEFUL_SET, "controller")).isEqualTo(1);
    assertThat(replicas(Kinds.DEPLOYMENT, "registry")).isEqualTo(2);
    assertThat(replicas(Kinds.DEPLOYMENT, "idle")).isZero();
    assertThat(cluster.get(Kinds.CRON_JOB, "kafka", "cleaner").at("/spec/suspend").asBoolean())
        .isFalse();
    assertThat(door.activity("kafka").desired()).isEqualTo(8);
  }

  @Test
  void whoeverStartsAgainKeepsTheQuorum() throws IOException {
    brokersRun();
    door.stop("kafka");
    other.start("kafka");
    gone("broker-0");
    gone("broker-1");
    cluster.forgetRequests();
    await()
        .atMost(PATIENCE)
        .until(
            () -> cluster.requests().stream().filter(line -> line.endsWith("/pods")).count() >= 1);
    await()
        .during(Duration.ofSeconds(2))
        .atMost(PATIENCE)
        .until(() -> replicas(Kinds.STATEFUL_SET, "controller") == 1);
  }

  @Test
  void strimzisClusterIsPausedAndItsPodSetsAreDeletedBrokersFirst() throws IOException {
    cluster.apply("strimzi.yaml");
    Kind kafkas = Kind.namespaced("kafka.strimzi.io", "v1beta2", "kafkas", "Kafka");
    Kind sets = Kind.namespaced("core.strimzi.io", "v1beta2", "strimzipodsets", "StrimziPodSet");
    cluster.put(
        "{apiVersion: kafka.strimzi.io/v1beta2, kind: Kafka, metadata: {name: main, namespace: s}, spec: {kafka: {replicas: 9}}}");
    cluster.put(
        "{apiVersion: kafka.strimzi.io/v1beta2, kind: KafkaNodePool, metadata: {name: pool, namespace: s, labels: {strimzi.io/cluster: main}}, spec: {replicas: 3}}");
    for (String role : List.of("controller", "broker")) {
      cluster.put(
          """
          apiVersion: core.strimzi.io/v1beta2
          kind: StrimziPodSet
          metadata: {name: main-%1$s, namespace: s, labels: {strimzi.io/cluster: main}}
          spec: {pods: [{metadata: {name: main-%1$s-0, labels: {strimzi.io/%1$s-role: "true"}}}]}
          """
              .formatted(role));
      cluster.put(
          """
          apiVersion: v1
          kind: Pod
          metadata:
            name: main-%1$s-0
            namespace: s
            labels: {strimzi.io/cluster: main, strimzi.io/kind: Kafka, strimzi.io/%1$s-role: "true"}
            ownerReferences: [{apiVersion: core.strimzi.io/v1beta2, kind: StrimziPodSet, name: main-%1$s, uid: x, controller: true}]
          spec: {containers: [{name: kafka, image: kafka}]}
          status: {phase: Running, conditions: [{type: Ready, status: "True"}]}
          """
              .formatted(role));
    }
    assertThat(door.activity("s")).isEqualTo(new Activity(3, 2));

    door.stop("s");
    assertThat(
            Fields.annotation(cluster.get(kafkas, "s", "main"), "strimzi.io/pause-reconciliation"))
        .isEqualTo("true");
    assertThat(cluster.find(sets, "s", "main-broker")).isEmpty();
    assertThat(cluster.find(sets, "s", "main-controller")).isPresent();
    cluster.delete(Kinds.POD, "s", "main-broker-0");
    await().atMost(PATIENCE).until(() -> cluster.find(sets, "s", "main-controller").isEmpty());
    cluster.delete(Kinds.POD, "s", "main-controller-0");
    assertThat(door.activity("s")).isEqualTo(new Activity(0, 0));
    door.start("s");
    assertThat(cluster.get(kafkas, "s", "main").path("metadata").has("annotations")).isFalse();
  }

  @Test
  void aCommandRunsInEveryPodThatMatchesAndSeesItsVolume() throws IOException {
    brokersRun();
    Execution execution = run("m-pre-0", command("echo $POD_NAME $POD_NAMESPACE $DATA_DIR"));
    assertThat(execution.state()).isEqualTo(Execution.State.DONE);
    assertThat(execution.pods())
        .containsExactly(
            new PodRun("broker-0", "DONE", 0, "broker-0 kafka /var/lib/kafka\n"),
            new PodRun("broker-1", "DONE", 0, "broker-1 kafka /var/lib/kafka\n"));
    door.end("m-pre-0", "kafka");
    assertThat(door.execution("m-pre-0", "kafka")).isEmpty();
    door.end("m-pre-0", "kafka");

    Execution failed =
        run("m-pre-1", new Command(Map.of("app", "kafka"), "sidecar", "echo no; exit 7", true));
    assertThat(failed.pods()).containsExactly(new PodRun("broker-0", "FAILED", 7, "no\n"));
    assertThat(failed.state()).isEqualTo(Execution.State.FAILED);
    door.end("m-pre-1", "kafka");
    assertThat(door.execute("m-2", "kafka", new Command(Map.of("app", "x"), "", "true", false), 9))
        .isEqualTo(new Execution(Execution.State.DONE, true, List.of()));
    assertThatThrownBy(() ->
            door.execute(
                "m-3", "kafka", new Command(Map.of("app", "kafka"), "none", "true", false), 9))
        .hasMessageStartingWith("MIG-158");
  }

  @Test
  void anotherMigratorGoesOnWithWhatAKilledOneHasBegun() throws IOException {
    brokersRun();
    Command command = command("echo x >>" + folder + "/count-$POD_NAME; ${WAIT_CMD}");
    door.execute("m-pre-0", "kafka", command, 60);
    cluster.pod("kafka", "broker", 2, BROKERS);
    other.execute("m-pre-0", "kafka", command, 60);
    await().atMost(PATIENCE).until(() -> other.execution("m-pre-0", "kafka").orElseThrow().ready());
    Execution execution = other.execution("m-pre-0", "kafka").orElseThrow();
    assertThat(execution.state()).isEqualTo(Execution.State.RUNNING);
    assertThat(execution.pods()).extracting(PodRun::pod).containsExactly("broker-0", "broker-1");
    assertThat(folder.resolve("count-broker-0")).hasContent("x");
    // A record is nothing that is moved.
    other.end("m-pre-0", "kafka");
    assertThat(door.execution("m-pre-0", "kafka")).isEmpty();
    assertThat(folder.resolve("broker-0")).isEmptyDirectory();
  }

  @Test
  void aPodThatWasReplacedHasFailedAndIsLeftAlone() throws IOException {
    brokersRun();
    door.execute("m-pre-0", "kafka", command("${WAIT_CMD}"), 60);
    gone("broker-0");
    cluster.pod("kafka", "broker", 0, BROKERS);
    Execution execution = door.execution("m-pre-0", "kafka").orElseThrow();
    assertThat(execution.pods().getFirst())
        .isEqualTo(new PodRun("broker-0", "FAILED", -1, "the pod is gone"));
    door.end("m-pre-0", "kafka");
    // Nobody was asked in the new pod of the name.
    assertThat(folder.resolve("broker-0/mooring-m-pre-0")).exists();
  }

  @Test
  void anOutageWhileACommandIsBegunLeavesARecordByWhichItIsEnded() throws IOException {
    brokersRun();
    cluster.fail("GET .*/pods/broker-1", 1, 503, "away");
    assertThatThrownBy(() -> door.execute("m-pre-0", "kafka", command("${WAIT_CMD}"), 60))
        .hasMessageStartingWith("MIG-151");
    assertThat(other.execution("m-pre-0", "kafka").orElseThrow().pods())
        .extracting(PodRun::state)
        .containsExactly("RUNNING", "FAILED");
    other.end("m-pre-0", "kafka");
    assertThat(folder.resolve("broker-0")).isEmptyDirectory();
  }

  @Test
  void whoMayNotRunCommandsIsTold() {
    brokersRun();
    cluster.fail("GET .*/pods/broker-0/exec.*", 1, 403, "cannot get resource pods/exec");
    assertThatThrownBy(() -> door.execute("m-pre-0", "kafka", command("true"), 60))
        .hasMessageStartingWith("MIG-150")
        .hasMessageContaining("exec in pod kafka/broker-0");
  }

  @Test
  void whatIsMarkedIsStoppedLast() throws IOException {
    brokersRun();
    ObjectNode registry = cluster.get(Kinds.DEPLOYMENT, "kafka", "registry");
    Fields.annotate(registry, StopSequence.LAST, "true");
    cluster.put(registry);
    door.stop("kafka");
    assertThat(replicas(Kinds.STATEFUL_SET, "broker")).isZero();
    assertThat(replicas(Kinds.DEPLOYMENT, "registry")).isEqualTo(2);
  }

  private static Command command(String text) {
    return new Command(Map.of("app", "kafka"), "", text, false);
  }

  private Execution run(String id, Command command) throws IOException {
    Optional<Execution> begun = Optional.of(door.execute(id, "kafka", command, 60));
    await()
        .atMost(PATIENCE)
        .until(() ->
            door.execution(id, "kafka").orElseThrow().state()
                != ApplicationDoor.Execution.State.RUNNING);
    assertThat(begun).isPresent();
    return door.execution(id, "kafka").orElseThrow();
  }
}
