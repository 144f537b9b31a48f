package io.mooring.localcluster.application;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * An object that describes a part of an application, in the form that Kubernetes gives it.
 *
 * @param json all of it; it names kind, namespace and name again
 */
public record Manifest(ObjectKind kind, String namespace, String name, JsonNode json) {

  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS);

  /** Where an object is found. */
  record Key(ObjectKind kind, String namespace, String name) {}

  /**
   * An object in a namespace.
   *
   * @param parts what it says beside kind and names, by the name of the part
   */
  public static Manifest of(
      ObjectKind kind,
      String namespace,
      String name,
      Map<String, String> labels,
      Map<String, ?> parts) {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("apiVersion", kind.apiVersion());
    all.put("kind", kind.word());
    all.put("metadata", Map.of());
    all.putAll(parts);
    ObjectNode json = JSON.valueToTree(all);
    ObjectNode metadata = json.putObject("metadata");
    metadata.put("namespace", namespace);
    metadata.put("name", name);
    labels.forEach((label, value) -> metadata.withObjectProperty("labels").put(label, value));
    return new Manifest(kind, namespace, name, json);
  }

  /**
   * An object that was handed in. The names that it was handed in under count: it may have been
   * made in another namespace.
   *
   * @throws io.mooring.localcluster.LocalClusterException LCL-040 if it is none, or another one
   */
  static Manifest read(String kind, String namespace, String name, JsonNode json) {
    Fields given = new Fields(kind + " '" + name + "'", json);
    ObjectKind known = ObjectKind.of(kind);
    given.mustSay("/kind", kind);
    given.mustSay("/metadata/name", name);
    ObjectNode own = json.deepCopy();
    own.withObjectProperty("metadata").put("namespace", namespace);
    return new Manifest(known, namespace, name, own);
  }

  /**
   * Where an object is found that somebody names.
   *
   * @throws io.mooring.localcluster.LocalClusterException LCL-040 if there are none of the kind
   */
  static Key key(String kind, String namespace, String name) {
    return new Key(ObjectKind.of(kind), namespace, name);
  }

  /** The same object with an annotation. */
  public Manifest annotated(String annotation, String value) {
    ObjectNode own = json.deepCopy();
    own.withObjectProperty("metadata").withObjectProperty("annotations").put(annotation, value);
    return new Manifest(kind, namespace, name, own);
  }

  Key key() {
    return new Key(kind, namespace, name);
  }

  Fields fields() {
    return new Fields(kind.word() + " '" + name + "'", json);
  }
}
