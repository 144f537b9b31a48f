package io.mooring.migrator.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mooring.migrator.outside.ApplicationObjects.ApplicationObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Objects from one API server to another one. */
class KubernetesObjectsIT {

  @TempDir private Path folder;
  private TwoClusters clusters;
  private FakeCluster source;
  private FakeCluster target;

  @BeforeEach
  void start() throws IOException {
    clusters = new TwoClusters(folder);
    source = clusters.source();
    target = clusters.target();
  }

  @AfterEach
  void stop() throws IOException {
    clusters.close();
  }

  @Test
  void allThatSomebodyMadeIsListedInTheOrderInWhichItCanBeMade() throws IOException {
    assertThat(clusters.list())
        .extracting(TwoClusters::described)
        .containsExactly(
            "Namespace/kafka",
            "StorageClass/replicated",
            "ClusterRole/rack-reader",
            "ClusterRoleBinding/rack-readers",
            "PersistentVolume/pv-data-broker-0",
            "PersistentVolume/pv-data-broker-1",
            "Secret/users",
            "ConfigMap/server-properties",
            "ServiceAccount/broker",
            "Role/broker",
            "RoleBinding/broker",
            "PersistentVolumeClaim/data-broker-0",
            "PersistentVolumeClaim/data-broker-1",
            "Service/bootstrap",
            "Service/brokers",
            "NetworkPolicy/own",
            "PodDisruptionBudget/brokers",
            "DaemonSet/rack",
            "Deployment/idle",
            "Deployment/registry",
            "StatefulSet/broker",
            "StatefulSet/controller",
            "CronJob/cleaner");
  }

  @Test
  void nothingThatTheClusterAddsIsListedSoTwoListsAreTheSame() throws IOException {
    List<ApplicationObject> before = clusters.list();
    ObjectNode set = source.get(Kinds.STATEFUL_SET, "kafka", "broker");
    set.withObject("/status").put("readyReplicas", 1);
    source.put(set);
    ObjectNode claim = source.get(Kinds.CLAIM, "kafka", "data-broker-0");
    Fields.annotate(claim, "volume.kubernetes.io/storage-resizer", TwoClusters.DRIVER);
    source.put(claim);

    assertThat(clusters.list()).isEqualTo(before);
    assertThat(before)
        .extracting(ApplicationObject::manifest)
        .noneMatch(
            text -> text.matches(".*(\"uid\"|resourceVersion|creationTimestamp|\"status\").*"))
        .noneMatch(text -> text.contains("last-applied") || text.contains("bind-completed"))
        .noneMatch(text -> text.contains("nodePort") || text.contains("10.0.0.7"));
    source.put(
        "{apiVersion: v1, kind: ConfigMap, metadata: {name: server-properties, namespace: kafka}, data: {a: b}}");
    assertThat(clusters.list()).isNotEqualTo(before);
  }

  @Test
  void theTargetHasTheSameIdentitiesInAnotherNamespaceAndStandsStill() throws IOException {
    clusters.move("kafka-dr", false);

    assertThat(target.get(Kinds.NAMESPACE, "", "kafka-dr").at("/metadata/labels").toString())
        .contains("baseline");
    ObjectNode broker = target.get(Kinds.STATEFUL_SET, "kafka-dr", "broker");
    assertThat(broker.at("/spec/replicas").asInt()).isZero();
    assertThat(Fields.annotation(broker, Workload.REMEMBERED)).isEqualTo("2");
    assertThat(broker.at("/spec/serviceName").asText()).isEqualTo("brokers");
    assertThat(broker.at("/spec/template"))
        .isEqualTo(source.get(Kinds.STATEFUL_SET, "kafka", "broker").at("/spec/template"));
    ObjectNode idle = target.get(Kinds.DEPLOYMENT, "kafka-dr", "idle");
    assertThat(Fields.annotation(idle, Workload.REMEMBERED)).isEmpty();
    assertThat(
            target
                .get(Kinds.DAEMON_SET, "kafka-dr", "rack")
                .at("/spec/template/spec/nodeSelector")
                .isEmpty())
        .isFalse();
    assertThat(target.get(Kinds.CRON_JOB, "kafka-dr", "cleaner").at("/spec/suspend").asBoolean())
        .isTrue();
    assertThat(target.get(Kinds.SECRET, "kafka-dr", "users").at("/data/alice").asText())
        .isEqualTo("c2VjcmV0");
    assertThat(target.get(Kinds.SERVICE, "kafka-dr", "brokers").at("/spec/clusterIP").asText())
        .isEqualTo("None");
    assertThat(target.find(Kinds.STORAGE_CLASS, "", "unrelated")).isEmpty();
    assertThat(target.find(Kinds.CLUSTER_ROLE, "", "view")).isEmpty();
  }

  @Test
  void referencesToTheNamespaceFollowItAndOthersStay() throws IOException {
    clusters.move("kafka-dr", false);
    ObjectNode binding = target.get(Kinds.ROLE_BINDING, "kafka-dr", "broker");
    assertThat(binding.at("/subjects/0/namespace").asText()).isEqualTo("kafka-dr");
    assertThat(binding.at("/subjects/1/namespace").asText()).isEqualTo("monitoring");
    assertThat(target.get(Kinds.NETWORK_POLICY, "kafka-dr", "own").toString())
        .contains("{\"kubernetes.io/metadata.name\":\"kafka-dr\"}");
    ObjectNode grant = target.get(Kinds.CLUSTER_ROLE_BINDING, "", "rack-readers");
    assertThat(grant.path("subjects")).hasSize(1);
    assertThat(grant.at("/subjects/0/namespace").asText()).isEqualTo("kafka-dr");

    // Whoever has the role by another migration keeps it.
    for (ApplicationObject object : clusters.list()) {
      if (object.kind().equals("ClusterRoleBinding")) {
        ApplicationObject second =
            new ApplicationObject(object.kind(), "kafka-2", object.name(), object.manifest());
        clusters.to().put(second, false);
        clusters.to().put(second, false);
      }
    }
    assertThat(target.get(Kinds.CLUSTER_ROLE_BINDING, "", "rack-readers").path("subjects"))
        .hasSize(2);
  }

  @Test
  void whatSaysTheSameIsNotWrittenAgainAndWhatDoesNotIs() throws IOException {
    clusters.move("kafka", false);
    target.forgetRequests();
    clusters.move("kafka", false);
    assertThat(target.writes()).isEmpty();

    ObjectNode config = target.get(Kinds.CONFIG_MAP, "kafka", "server-properties");
    config.withObject("/data").put("server.properties", "changed by hand");
    target.put(config);
    clusters.move("kafka", false);
    assertThat(target.writes())
        .containsExactly("PUT /api/v1/namespaces/kafka/configmaps/server-properties");
    target.forgetRequests();

    // A key that is gone on the source is gone on the target.
    ObjectNode shorter = source.get(Kinds.CONFIG_MAP, "kafka", "server-properties");
    shorter.set("data", ApiServer.object());
    source.put(shorter);
    clusters.move("kafka", false);
    assertThat(target.writes()).hasSize(1);
    assertThat(target.get(Kinds.CONFIG_MAP, "kafka", "server-properties").path("data")).isEmpty();
  }

  @Test
  void whatTheClusterGaveAServiceStaysWhenTheServiceChanges() throws IOException {
    clusters.move("kafka", false);
    ObjectNode given = target.get(Kinds.SERVICE, "kafka", "bootstrap");
    given.withObject("/spec").put("clusterIP", "10.9.9.9");
    ((ObjectNode) given.at("/spec/ports/0")).put("nodePort", 31000);
    target.put(given);
    ObjectNode changed = source.get(Kinds.SERVICE, "kafka", "bootstrap");
    changed.withObject("/spec").withObject("/selector").put("app", "other");
    source.put(changed);

    clusters.move("kafka", false);
    ObjectNode after = target.get(Kinds.SERVICE, "kafka", "bootstrap");
    assertThat(after.at("/spec/clusterIP").asText()).isEqualTo("10.9.9.9");
    assertThat(after.at("/spec/ports/0/nodePort").asInt()).isEqualTo(31000);
    assertThat(after.at("/spec/selector/app").asText()).isEqualTo("other");
  }

  @Test
  void whatRunsIsNotStoppedOrChangedByAMigration() throws IOException {
    clusters.move("kafka", true);
    ObjectNode running = target.get(Kinds.STATEFUL_SET, "kafka", "broker");
    assertThat(running.at("/spec/replicas").asInt()).isEqualTo(2);
    assertThat(Fields.annotation(running, Workload.REMEMBERED)).isEmpty();
    ObjectNode changed = source.get(Kinds.STATEFUL_SET, "kafka", "broker");
    changed.withObject("/spec").withObject("/template").withObject("/metadata").put("x", "y");
    source.put(changed);

    clusters.move("kafka", false);
    assertThat(target.get(Kinds.STATEFUL_SET, "kafka", "broker")).isEqualTo(running);
    assertThat(target.get(Kinds.CRON_JOB, "kafka", "cleaner").at("/spec/suspend").asBoolean())
        .isFalse();
    // Whoever asks for a start gets what the source has.
    clusters.move("kafka", true);
    assertThat(
            target
                .get(Kinds.STATEFUL_SET, "kafka", "broker")
                .at("/spec/template/metadata/x")
                .asText())
        .isEqualTo("y");
  }

  @Test
  void whatIsStoppedOnTheSourceIsStartedOnTheTargetAsItWasBefore() throws IOException {
    ObjectNode stopped = source.get(Kinds.STATEFUL_SET, "kafka", "broker");
    Workload.REPLICAS.stop(stopped);
    source.put(stopped);
    clusters.move("kafka", false);
    ObjectNode broker = target.get(Kinds.STATEFUL_SET, "kafka", "broker");
    assertThat(broker.at("/spec/replicas").asInt()).isZero();
    assertThat(Fields.annotation(broker, Workload.REMEMBERED)).isEqualTo("2");
    clusters.move("kafka", true);
    broker = target.get(Kinds.STATEFUL_SET, "kafka", "broker");
    assertThat(broker.at("/spec/replicas").asInt()).isEqualTo(2);
    assertThat(Fields.annotation(broker, Workload.REMEMBERED)).isEmpty();
  }

  @Test
  void anOwnerIsToldToWhoeverChoosesAndIsNoneOnTheTarget() throws IOException {
    source.put(
        """
        apiVersion: v1
        kind: ConfigMap
        metadata:
          name: owned
          namespace: kafka
          ownerReferences: [{apiVersion: example.org/v1, kind: OfCluster, name: far, uid: u-9, controller: true}]
        """);
    assertThat(clusters.list())
        .filteredOn(object -> object.name().equals("owned"))
        .singleElement()
        .extracting(ApplicationObject::manifest)
        .asString()
        .contains("ownerReferences");
    clusters.move("kafka", false);
    // The target's cluster would delete it, since nobody has that uid there.
    assertThat(
            target.get(Kinds.CONFIG_MAP, "kafka", "owned").path("metadata").has("ownerReferences"))
        .isFalse();
  }

  @Test
  void customResourcesGoAlongAndWhatTheirOperatorMakesOfThemDoesNot() throws IOException {
    TwoClusters.strimzi(source);
    TwoClusters.strimzi(target);
    assertThat(clusters.list())
        .extracting(TwoClusters::described)
        .contains("Kafka/main", "KafkaNodePool/brokers", "Secret/main-cluster-ca")
        .doesNotContain("Service/main-brokers", "StrimziPodSet/main-brokers", "Migration/move");
    // Whoever leaves out what has an owner would leave out the certificates.
    assertThat(clusters.list())
        .filteredOn(object -> object.name().equals("main-cluster-ca"))
        .singleElement()
        .extracting(ApplicationObject::manifest)
        .asString()
        .doesNotContain("ownerReferences");
    clusters.move("kafka", false);
    ObjectNode kafka = target.get(TwoClusters.KAFKA, "kafka", "main");
    assertThat(Fields.annotation(kafka, "strimzi.io/pause-reconciliation")).isEqualTo("true");
    // The cluster would delete it, since there is no owner with the uid of the source's.
    assertThat(
            target
                .get(Kinds.SECRET, "kafka", "main-cluster-ca")
                .path("metadata")
                .has("ownerReferences"))
        .isFalse();
  }

  @Test
  void onlyWhatHoldsNoDataAndDoesNotRunIsDeleted() throws IOException {
    clusters.move("kafka", true);
    for (ApplicationObject object : clusters.list()) {
      switch (TwoClusters.described(object)) {
        case "ConfigMap/server-properties", "CronJob/none" -> {
          clusters.to().delete(object);
          clusters.to().delete(object);
        }
        case "Namespace/kafka",
            "PersistentVolumeClaim/data-broker-0",
            "PersistentVolume/pv-data-broker-0",
            "ClusterRoleBinding/rack-readers",
            "StatefulSet/broker" ->
            assertThatThrownBy(() -> clusters.to().delete(object))
                .hasMessageStartingWith("MIG-157");
        default -> {
          // Nothing is asked of it.
        }
      }
    }
    assertThat(target.find(Kinds.CONFIG_MAP, "kafka", "server-properties")).isEmpty();
    assertThat(target.find(Kinds.CLAIM, "kafka", "data-broker-0")).isPresent();
    ObjectNode stopped = target.get(Kinds.STATEFUL_SET, "kafka", "broker");
    Workload.REPLICAS.stop(stopped);
    ApplicationObject set = new ApplicationObject("StatefulSet", "kafka", "broker", "");
    stopped
        .withObject("/spec")
        .withObject("/" + Workload.CLAIM_POLICY)
        .put("whenDeleted", "Delete");
    target.put(stopped);
    assertThatThrownBy(() -> clusters.to().delete(set)).hasMessageContaining("claims would go");
    stopped.withObject("/spec").remove(Workload.CLAIM_POLICY);
    stopped.withObject("/metadata").remove("resourceVersion");
    target.put(stopped);
    clusters.to().delete(set);
    assertThat(target.find(Kinds.STATEFUL_SET, "kafka", "broker")).isEmpty();
  }
}
