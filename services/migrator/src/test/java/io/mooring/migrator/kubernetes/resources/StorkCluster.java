package io.mooring.migrator.kubernetes.resources;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.CustomResourceDefinitionContext;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.fabric8.kubernetes.client.server.mock.KubernetesCrudDispatcher;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.fabric8.mockwebserver.Context;
import io.fabric8.mockwebserver.MockWebServer;
import io.fabric8.mockwebserver.http.MockResponse;
import io.fabric8.mockwebserver.http.RecordedRequest;
import io.mooring.testsupport.StructuralSchema;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** An API server in memory, and what people do to its resources. */
public final class StorkCluster implements AutoCloseable {

  private static final Path CRDS = Path.of("../../k8s/crds");
  private static final YAMLMapper YAML = new YAMLMapper();
  private static final String DRIVER = "csi.mooring.io";
  private static final String PEOPLE = "people";

  private volatile boolean away;
  private final KubernetesMockServer server;
  private final KubernetesClient client;

  public StorkCluster() {
    List<CustomResourceDefinitionContext> kinds =
        Stream.of(Kinds.PAIR, Kinds.MIGRATION, Kinds.SCHEDULE, Kinds.RULE, Kinds.POLICY)
            .map(StorkCluster::withStatus)
            .toList();
    server =
        new KubernetesMockServer(
            new Context(), new MockWebServer(), new HashMap<>(), new Doorkeeper(kinds), false);
    server.init(InetAddress.getLoopbackAddress(), 0);
    client = client(PEOPLE);
  }

  /** Lets nobody but people in while the API server is away. */
  private final class Doorkeeper extends KubernetesCrudDispatcher {

    Doorkeeper(List<CustomResourceDefinitionContext> kinds) {
      super(kinds);
    }

    @Override
    public MockResponse dispatch(RecordedRequest request) {
      return away && !PEOPLE.equals(request.getHeader("User-Agent"))
          ? new MockResponse().setResponseCode(503)
          : super.dispatch(request);
    }
  }

  /** Whether programs get no answer; people see and change everything as ever. */
  void away(boolean yes) {
    away = yes;
  }

  private static CustomResourceDefinitionContext withStatus(ResourceDefinitionContext kind) {
    return new CustomResourceDefinitionContext.Builder()
        .withGroup(kind.getGroup())
        .withVersion(kind.getVersion())
        .withKind(kind.getKind())
        .withPlural(kind.getPlural())
        .withScope(kind.isNamespaceScoped() ? "Namespaced" : "Cluster")
        .withStatusSubresource(kind != Kinds.POLICY)
        .build();
  }

  String url() {
    return "http://127.0.0.1:" + server.getPort();
  }

  /** A client of its own, without retries that would hide what the caller has to bear. */
  KubernetesClient client() {
    return client("migrator");
  }

  private KubernetesClient client(String user) {
    return new KubernetesClientBuilder()
        .withConfig(
            new ConfigBuilder()
                .withMasterUrl(url())
                .withTrustCerts(true)
                .withUserAgent(user)
                .withNamespace("mooring")
                .withRequestRetryBackoffLimit(0)
                .withWatchReconnectInterval(100)
                .build())
        .build();
  }

  /** Makes a resource. What the definition does not allow is refused. */
  Manifest create(String yaml) {
    GenericKubernetesResource resource =
        Serialization.unmarshal(yaml, GenericKubernetesResource.class);
    check(resource);
    return new Manifest(client.resource(resource).create());
  }

  Manifest get(ResourceDefinitionContext kind, String namespace, String name) {
    GenericKubernetesResource found = resource(kind, namespace, name).get();
    check(found);
    return new Manifest(found);
  }

  /** Changes a field of the spec. A merge would join lists here, where a real server does not. */
  void set(Manifest manifest, String field, Object value) {
    client
        .resource(manifest.resource())
        .patch(
            PatchContext.of(PatchType.JSON),
            Serialization.asJson(
                List.of(Map.of("op", "add", "path", "/spec/" + field, "value", value))));
  }

  void delete(ResourceDefinitionContext kind, String namespace, String name) {
    resource(kind, namespace, name).delete();
  }

  private Resource<GenericKubernetesResource> resource(
      ResourceDefinitionContext kind, String namespace, String name) {
    return client.genericKubernetesResources(kind).inNamespace(namespace).withName(name);
  }

  /** What was written must be what the definition allows. */
  private static void check(GenericKubernetesResource resource) {
    List<String> problems =
        schema(resource.getKind())
            .problems(Serialization.unmarshal(Serialization.asJson(resource), JsonNode.class));
    if (!problems.isEmpty()) {
      throw new IllegalStateException("the API server would refuse " + problems);
    }
  }

  static StructuralSchema schema(String kind) {
    return new StructuralSchema(definition(kind).at("/spec/versions/0/schema/openAPIV3Schema"));
  }

  static JsonNode definition(String kind) {
    String plural =
        Stream.of(Kinds.PAIR, Kinds.MIGRATION, Kinds.SCHEDULE, Kinds.RULE, Kinds.POLICY)
            .filter(one -> one.getKind().equals(kind))
            .map(ResourceDefinitionContext::getPlural)
            .findFirst()
            .orElseThrow();
    try {
      return YAML.readTree(CRDS.resolve(plural + ".yaml").toFile());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What is told about a resource. */
  List<Event> events(Manifest manifest) {
    return client.v1().events().inNamespace(manifest.namespace()).list().getItems().stream()
        .filter(event -> event.getInvolvedObject().getUid().equals(manifest.uid()))
        .toList();
  }

  void namespace(String name, Map<String, String> labels) {
    client
        .resource(
            new NamespaceBuilder()
                .withNewMetadata()
                .withName(name)
                .withLabels(labels)
                .endMetadata()
                .build())
        .create();
  }

  void secret(String namespace, String name, String token) {
    client
        .resource(
            new SecretBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName(name)
                .endMetadata()
                .addToData("token", java.util.Base64.getEncoder().encodeToString(token.getBytes()))
                .build())
        .create();
  }

  /** A claim that is bound to a volume of Mooring. */
  void claim(String namespace, String name, String volumeId, Map<String, String> labels) {
    String volume = "pvc-" + volumeId;
    client
        .resource(
            new PersistentVolumeClaimBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName(name)
                .withLabels(labels)
                .endMetadata()
                .withNewSpec()
                .withVolumeName(volume)
                .endSpec()
                .build())
        .create();
    client
        .resource(
            new PersistentVolumeBuilder()
                .withNewMetadata()
                .withName(volume)
                .endMetadata()
                .withNewSpec()
                .withNewClaimRef()
                .withNamespace(namespace)
                .withName(name)
                .endClaimRef()
                .withNewCsi()
                .withDriver(DRIVER)
                .withVolumeHandle(volumeId)
                .endCsi()
                .endSpec()
                .build())
        .create();
  }

  @Override
  public void close() {
    client.close();
    server.destroy();
  }
}
