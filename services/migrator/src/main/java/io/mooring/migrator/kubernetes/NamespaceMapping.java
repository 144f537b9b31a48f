package io.mooring.migrator.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mooring.migrator.objects.References;
import java.util.Map;

/** Moves an object to another namespace, with the references in it that name its own. */
final class NamespaceMapping {

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
      if (!source.isEmpty()) {
        References.namespaces(object, Map.of(source, target));
      }
      object.withObject("/metadata").put("namespace", target);
    }
  }
}
