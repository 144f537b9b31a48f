package io.mooring.migrator.kubernetes.resources;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.mooring.kubernetes.ClusterEvents;
import io.mooring.kubernetes.RecentWrites;
import java.time.Clock;
import java.util.List;
import java.util.Map;

/** Writes statuses when they differ from what is shown, and tells what is new of their problems. */
final class StatusBoard {

  /** In each status: code, what, why and what to do, of each. */
  static final String PROBLEMS = "problems";

  private final KubernetesClient client;
  private final ResourceDefinitionContext kind;
  private final ClusterEvents events;
  private final RecentWrites written;

  StatusBoard(
      KubernetesClient client, ResourceDefinitionContext kind, ClusterEvents events, Clock clock) {
    this.client = client;
    this.kind = kind;
    this.events = events;
    this.written = new RecentWrites(clock);
  }

  /**
   * Shows a status in place of the one before.
   *
   * @return whether it is a new one
   */
  boolean show(Manifest manifest, Map<String, ?> status) {
    JsonNode wanted = json(status);
    if (wanted.equals(json(manifest.status().values()))) {
      written.arrived(manifest.uid());
      return false;
    }
    if (written.contain(manifest.uid(), wanted)) {
      return false;
    }
    Map<String, Object> replacement = Map.of("op", "add", "path", "/status", "value", status);
    client
        .genericKubernetesResources(kind)
        .inNamespace(manifest.namespace())
        .withName(manifest.name())
        .subresource("status")
        .patch(PatchContext.of(PatchType.JSON), Serialization.asJson(List.of(replacement)));
    written.add(manifest.uid(), wanted);
    List<String> told = manifest.status().texts(PROBLEMS);
    Fields.of(status).texts(PROBLEMS).stream()
        .filter(problem -> !told.contains(problem))
        .forEach(problem -> events.warning(manifest.reference(), "Problem", problem));
    return true;
  }

  /** As it is read back, where numbers have no types. */
  private static JsonNode json(Object value) {
    return Serialization.unmarshal(Serialization.asJson(value), JsonNode.class);
  }
}
