package io.mooring.migrator.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mooring.migrator.outside.ApplicationObjects.ApplicationObject;
import io.mooring.migrator.outside.OutsideException;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** API servers that refuse, forget or do not answer. */
class KubernetesFaultsIT {

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
  void aKindThatTheTargetDoesNotKnowIsNamed() throws IOException {
    TwoClusters.strimzi(source);
    assertThatThrownBy(() -> clusters.move("kafka", false))
        .hasMessageStartingWith("MIG-155 Kafka 'main' is not made")
        .hasMessageContaining("'kafka.strimzi.io/v1beta2'");
  }

  @Test
  void listsComeInPages() throws IOException {
    source.answer(
        "GET /api/v1/namespaces/kafka/secrets\\?limit=500",
        "{\"metadata\":{\"continue\":\"a b\"},\"items\":[{\"metadata\":{\"name\":\"on-page-one\",\"namespace\":\"kafka\"}}]}");
    assertThat(clusters.list())
        .extracting(ApplicationObject::name)
        .contains("on-page-one", "users");
  }

  @Test
  void aListThatTheServerForgotIsBegunAgain() throws IOException {
    source.fail("GET /api/v1/namespaces/kafka/secrets.*", 1, 410, "too old");
    assertThat(clusters.list()).extracting(ApplicationObject::name).contains("users");
  }

  @Test
  void aMissingRightIsNamedAndIsFinal() {
    source.fail("GET .*/secrets.*", 1, 403, "secrets is forbidden: cannot list resource secrets");
    OutsideException failure = catchThrowableOfType(OutsideException.class, () -> clusters.list());
    assertThat(failure)
        .hasMessageStartingWith("MIG-150")
        .hasMessageContaining("GET /api/v1/namespaces/kafka/secrets")
        .hasMessageContaining("cannot list resource secrets")
        .hasMessageContaining("k8s/migrator/rbac.yaml");
    assertThat(failure.isFinal()).isTrue();
  }

  @Test
  void anApiServerThatDoesNotAnswerIsNotWaitedForForever() {
    source.hang("GET .*/secrets.*");
    OutsideException failure = catchThrowableOfType(OutsideException.class, () -> clusters.list());
    assertThat(failure).hasMessageStartingWith("MIG-151").hasMessageContaining("did not answer");
    assertThat(failure.isFinal()).isFalse();
  }

  @Test
  void anOutageIsToldAndNotFinal() {
    source.fail("GET .*", 1, 500, "etcd is away");
    OutsideException failure = catchThrowableOfType(OutsideException.class, () -> clusters.list());
    assertThat(failure).hasMessageStartingWith("MIG-151").hasMessageContaining("etcd is away");
    assertThat(failure.isFinal()).isFalse();
  }

  @Test
  void whoeverWritesAtTheSameTimeIsNotOverwrittenBlindly() throws IOException {
    clusters.move("kafka", false);
    ObjectNode config = source.get(Kinds.CONFIG_MAP, "kafka", "server-properties");
    config.withObject("/data").put("more", "x");
    source.put(config);
    target.fail("PUT .*/configmaps/.*", 9, 409, "the object has been modified");
    clusters.move("kafka", false);
    assertThat(target.get(Kinds.CONFIG_MAP, "kafka", "server-properties").at("/data/more").asText())
        .isEqualTo("x");
    config = source.get(Kinds.CONFIG_MAP, "kafka", "server-properties");
    config.withObject("/data").put("more", "y");
    source.put(config);
    target.fail("PUT .*/configmaps/.*", 10, 409, "the object has been modified");
    assertThatThrownBy(() -> clusters.move("kafka", false)).hasMessageStartingWith("MIG-156");
  }

  @Test
  void whatCannotBeChangedIsToldInWords() throws IOException {
    clusters.move("kafka", false);
    ObjectNode set = source.get(Kinds.STATEFUL_SET, "kafka", "controller");
    set.withObject("/spec").put("serviceName", "renamed");
    source.put(set);
    target.fail("PUT .*/statefulsets/.*", 1, 422, "updates to statefulset spec are forbidden");
    assertThatThrownBy(() -> clusters.move("kafka", false))
        .hasMessageStartingWith("MIG-154 StatefulSet 'controller'")
        .hasMessageContaining("updates to statefulset spec are forbidden");
  }

  @Test
  void aNamespaceIsMadeForWhateverComesFirst() throws IOException {
    target.fail("POST /api/v1/namespaces/new/configmaps", 1, 404, "namespaces new not found");
    clusters
        .to()
        .put(
            new ApplicationObject(
                "ConfigMap",
                "new",
                "c",
                "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"c\"}}"),
            false);
    assertThat(target.find(Kinds.NAMESPACE, "", "new")).isPresent();
    assertThat(target.find(Kinds.CONFIG_MAP, "new", "c")).isPresent();
  }
}
