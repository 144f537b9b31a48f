package io.mooring.migrator.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;

/** Moves an object to another namespace, with the references in it that name its own. */
final class NamespaceMapping {

  private static final String NAME_LABEL = "kubernetes.io/metadata.name";

  private NamespaceMapping() {}

  static void apply(ObjectNode object, Kind kind, String target) {
    if (kind.equals(Kinds.NAMESPACE)) {
      object.withObject("/metadata").put("name", target);
      return;
    }
    if (kind.equals(Kinds.CLUSTER_ROLE_BINDING)) {
      // Only those of the namespace are in a manifest.
      for (JsonNode subject : object.path("subjects")) {
        ((ObjectNode) subject).put("namespace", target);
      }
    }
    if (kind.namespaced()) {
      String source = Fields.namespace(object);
      object.withObject("/metadata").put("namespace", target);
      if (!source.isEmpty() && !source.equals(target)) {
        references(object, kind, source, target);
      }
    }
  }

  private static void references(ObjectNode object, Kind kind, String source, String target) {
    if (kind.equals(Kinds.ROLE_BINDING)) {
      for (JsonNode subject : object.path("subjects")) {
        if (subject.path("namespace").asText().equals(source)) {
          ((ObjectNode) subject).put("namespace", target);
        }
      }
    }
    if (kind.equals(Kinds.NETWORK_POLICY)) {
      selectors(object, source, target);
    }
  }

  /** Wherever namespaces are selected by their name. */
  private static void selectors(JsonNode node, String source, String target) {
    for (Map.Entry<String, JsonNode> field : node.properties()) {
      if (field.getKey().equals("namespaceSelector")
          && field.getValue().path("matchLabels") instanceof ObjectNode labels
          && labels.path(NAME_LABEL).asText().equals(source)) {
        labels.put(NAME_LABEL, target);
      }
      selectors(field.getValue(), source, target);
    }
    for (JsonNode element : node.isArray() ? node : ApiServer.object()) {
      selectors(element, source, target);
    }
  }
}
