package io.mooring.migrator.objects;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Names of namespaces and storage classes inside objects. Only places that mean such a name are
 * changed: what is free text, such as the content of a config map or an address in an environment
 * variable, is not.
 */
public final class References {

  private static final String NAME_LABEL = "kubernetes.io/metadata.name";
  private static final String CLASS_ANNOTATION = "volume.beta.kubernetes.io/storage-class";
  private static final String CLASS_QUOTA = ".storageclass.storage.k8s.io/";

  /** Objects, or lists of them, that name something in a namespace. */
  private static final Set<String> REFERRING =
      Set.of("subjects", "claimRef", "dataSourceRef", "backendRefs", "parentRefs");

  private static final Set<String> FREE = Set.of("data", "stringData", "binaryData", "status");

  private References() {}

  /** Maps the namespace of an object, and those that it names. */
  public static void namespaces(ObjectNode object, Map<String, String> mapping) {
    if (object.get("metadata") instanceof ObjectNode metadata) {
      replace(metadata, "namespace", mapping);
    }
    walk(object, (key, parent, value) -> namespaces(key, parent, value, mapping));
  }

  /** Maps the storage classes that an object names. */
  static void classes(ObjectNode object, Map<String, String> mapping) {
    walk(object, (_, parent, value) -> classes(parent, value, mapping));
    if (object.path("kind").asText().equals("ResourceQuota")
        && object.path("spec").get("hard") instanceof ObjectNode hard) {
      quotas(hard, mapping);
    }
  }

  private interface Visitor {
    /**
     * @param parent key of what it is in
     */
    void visit(String key, String parent, JsonNode value);
  }

  private static void walk(ObjectNode object, Visitor visitor) {
    object.properties().stream()
        .filter(field -> !FREE.contains(field.getKey()))
        .forEach(field -> walk(field.getKey(), "", field.getValue(), visitor));
  }

  private static void walk(String key, String parent, JsonNode value, Visitor visitor) {
    visitor.visit(key, parent, value);
    if (value instanceof ArrayNode list) {
      list.forEach(element -> walk(key, parent, element, visitor));
    } else if (value instanceof ObjectNode object) {
      object.properties().forEach(field -> walk(field.getKey(), key, field.getValue(), visitor));
    }
  }

  private static void namespaces(
      String key, String parent, JsonNode value, Map<String, String> mapping) {
    if (!(value instanceof ObjectNode object)) {
      return;
    }
    if (REFERRING.contains(key) || key.equals("service") && parent.equals("clientConfig")) {
      replace(object, "namespace", mapping);
    }
    if (object.has("topologyKey")) {
      replaceAll(object.get("namespaces"), mapping);
    }
    if (key.equals("namespaceSelector")) {
      replaceAll(object.get("matchNames"), mapping);
      if (object.get("matchLabels") instanceof ObjectNode labels) {
        replace(labels, NAME_LABEL, mapping);
      }
      for (JsonNode expression : object.path("matchExpressions")) {
        if (expression.path("key").asText().equals(NAME_LABEL)) {
          replaceAll(expression.get("values"), mapping);
        }
      }
    }
  }

  private static void classes(String parent, JsonNode value, Map<String, String> mapping) {
    if (!(value instanceof ObjectNode object)) {
      return;
    }
    replace(object, "storageClassName", mapping);
    if (parent.equals("metadata")) {
      replace(object, CLASS_ANNOTATION, mapping);
    }
    // As Strimzi has it.
    if (object.path("type").asText().equals("persistent-claim")) {
      replace(object, "class", mapping);
    }
  }

  private static void quotas(ObjectNode hard, Map<String, String> mapping) {
    for (String name : List.copyOf(names(hard))) {
      int end = name.indexOf(CLASS_QUOTA);
      if (end > 0 && mapping.containsKey(name.substring(0, end))) {
        hard.set(mapping.get(name.substring(0, end)) + name.substring(end), hard.remove(name));
      }
    }
  }

  private static List<String> names(ObjectNode object) {
    return object.properties().stream().map(Map.Entry::getKey).toList();
  }

  private static void replace(ObjectNode object, String field, Map<String, String> mapping) {
    String mapped = mapping.get(object.path(field).asText(""));
    if (mapped != null) {
      object.put(field, mapped);
    }
  }

  private static void replaceAll(JsonNode list, Map<String, String> mapping) {
    if (list instanceof ArrayNode array) {
      for (int i = 0; i < array.size(); i++) {
        String mapped = mapping.get(array.get(i).asText(""));
        if (mapped != null) {
          array.set(i, TextNode.valueOf(mapped));
        }
      }
    }
  }
}
