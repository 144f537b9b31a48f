package io.mooring.migrator.kubernetes.resources;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.mooring.kubernetes.InMemoryApiServer;
import io.mooring.testsupport.StructuralSchema;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** An API server in memory, and what people do to its resources. */
public final class StorkCluster implements AutoCloseable {

  private static final Path CRDS = Path.of("../../k8s/crds");
  private static final YAMLMapper YAML = new YAMLMapper();

  private final InMemoryApiServer server =
      new InMemoryApiServer(
          Stream.of(Kinds.PAIR, Kinds.MIGRATION, Kinds.SCHEDULE, Kinds.RULE, Kinds.POLICY)
              .map(kind -> InMemoryApiServer.kind(kind, kind != Kinds.POLICY))
              .toList());
  private final KubernetesClient client = server.people();

  /** Whether programs get no answer; people see and change everything as ever. */
  void away(boolean yes) {
    server.away(yes);
  }

  String url() {
    return server.url();
  }

  /** A client of its own, without retries that would hide what the caller has to bear. */
  KubernetesClient client() {
    return server.client("migrator");
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
    server.namespace(name, labels);
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
    server.claim(namespace, name, volumeId, labels);
  }

  @Override
  public void close() {
    server.close();
  }
}
