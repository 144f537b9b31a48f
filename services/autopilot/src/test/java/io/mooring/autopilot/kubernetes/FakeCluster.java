package io.mooring.autopilot.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
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

/** An API server in memory, and what people and other programs do to it. */
public final class FakeCluster implements AutoCloseable {

  private static final Path CRDS = Path.of("../../k8s/crds");
  private static final YAMLMapper YAML = new YAMLMapper();

  private final InMemoryApiServer server =
      new InMemoryApiServer(
          Stream.of(Kinds.RULE, Kinds.RULE_OBJECT, Kinds.APPROVAL)
              .map(kind -> InMemoryApiServer.kind(kind, true))
              .toList());
  private final KubernetesClient client = server.people();

  /** Whether programs get no answer; people see and change everything as ever. */
  public void away(boolean yes) {
    server.away(yes);
  }

  public String url() {
    return server.url();
  }

  /** A client of its own, without retries that would hide what the caller has to bear. */
  public KubernetesClient client() {
    return server.client("autopilot");
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
    server.namespace(name, labels);
  }

  /** A claim that is bound to a volume of Mooring. */
  public void claim(String namespace, String name, String volumeId, Map<String, String> labels) {
    server.claim(namespace, name, volumeId, labels);
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
    server.close();
  }
}
