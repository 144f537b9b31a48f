package io.mooring.autopilot.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
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

/** An API server in memory, and what people and other programs do to it. */
public final class FakeCluster implements AutoCloseable {

  private static final Path CRDS = Path.of("../../k8s/crds");
  private static final YAMLMapper YAML = new YAMLMapper();
  private static final String DRIVER = "csi.mooring.io";

  private static final String PEOPLE = "people";

  private volatile boolean away;
  private final KubernetesMockServer server;
  private final KubernetesClient client;

  public FakeCluster() {
    List<CustomResourceDefinitionContext> kinds =
        Stream.of(Kinds.RULE, Kinds.RULE_OBJECT, Kinds.APPROVAL)
            .map(FakeCluster::withStatus)
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
  public void away(boolean yes) {
    away = yes;
  }

  private static CustomResourceDefinitionContext withStatus(ResourceDefinitionContext kind) {
    return new CustomResourceDefinitionContext.Builder()
        .withGroup(kind.getGroup())
        .withVersion(kind.getVersion())
        .withKind(kind.getKind())
        .withPlural(kind.getPlural())
        .withScope(kind.isNamespaceScoped() ? "Namespaced" : "Cluster")
        .withStatusSubresource(true)
        .build();
  }

  public String url() {
    return "http://127.0.0.1:" + server.getPort();
  }

  /** A client of its own, without retries that would hide what the caller has to bear. */
  public KubernetesClient client() {
    return client("autopilot");
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

  /** Puts a rule there, or another text in its place. */
  public void rule(String yaml) {
    GenericKubernetesResource rule = Serialization.unmarshal(yaml, GenericKubernetesResource.class);
    var resource =
        client.genericKubernetesResources(Kinds.RULE).withName(rule.getMetadata().getName());
    if (resource.get() == null) {
      client.resource(rule).create();
    } else {
      // The server merges lists where a real one replaces them.
      Object spec = rule.getAdditionalProperties().get("spec");
      resource.patch(
          PatchContext.of(PatchType.JSON),
          Serialization.asJson(List.of(Map.of("op", "replace", "path", "/spec", "value", spec))));
    }
  }

  public GenericKubernetesResource ruleNamed(String name) {
    return client.genericKubernetesResources(Kinds.RULE).withName(name).get();
  }

  public void deleteRule(String name) {
    client.genericKubernetesResources(Kinds.RULE).withName(name).delete();
  }

  public List<GenericKubernetesResource> objects() {
    return valid(Kinds.RULE_OBJECT);
  }

  public List<GenericKubernetesResource> approvals() {
    return valid(Kinds.APPROVAL);
  }

  private List<GenericKubernetesResource> valid(ResourceDefinitionContext kind) {
    List<GenericKubernetesResource> found =
        client.genericKubernetesResources(kind).inAnyNamespace().list().getItems();
    found.forEach(resource -> check(kind, resource));
    return found;
  }

  /** What the autopilot wrote must be what the definition allows. */
  private static void check(ResourceDefinitionContext kind, GenericKubernetesResource resource) {
    try {
      JsonNode definition = YAML.readTree(CRDS.resolve(kind.getPlural() + ".yaml").toFile());
      List<String> problems =
          new StructuralSchema(definition.at("/spec/versions/0/schema/openAPIV3Schema"))
              .problems(YAML.readTree(Serialization.asJson(resource)));
      if (!problems.isEmpty()) {
        throw new IllegalStateException("the API server would refuse " + problems);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What a person sets in an approval. */
  public void setApproval(GenericKubernetesResource approval, String state) {
    client
        .resource(approval)
        .patch(
            PatchContext.of(PatchType.JSON_MERGE),
            Serialization.asJson(Map.of("spec", Map.of("approvalState", state))));
  }

  public void delete(GenericKubernetesResource resource) {
    client.resource(resource).delete();
  }

  public List<Event> events() {
    return client.v1().events().inNamespace("default").list().getItems();
  }

  public void namespace(String name, Map<String, String> labels) {
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

  /** A claim that is bound to a volume of Mooring. */
  public void claim(String namespace, String name, String volumeId, Map<String, String> labels) {
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

  public void label(String namespace, String claim, Map<String, String> labels) {
    client
        .persistentVolumeClaims()
        .inNamespace(namespace)
        .withName(claim)
        .patch(
            PatchContext.of(PatchType.JSON_MERGE),
            Serialization.asJson(Map.of("metadata", Map.of("labels", labels))));
  }

  public void deleteClaim(String namespace, String claim) {
    client.persistentVolumeClaims().inNamespace(namespace).withName(claim).delete();
  }

  @Override
  public void close() {
    client.close();
    server.destroy();
  }
}
