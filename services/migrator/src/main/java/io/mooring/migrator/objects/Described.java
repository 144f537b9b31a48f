package io.mooring.migrator.objects;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mooring.migrator.outside.ApplicationObjects.ApplicationObject;
import java.util.Map;

/**
 * An object with its manifest read.
 *
 * @param json empty if the manifest is no JSON object
 */
record Described(ApplicationObject object, ObjectNode json) {

  static Described of(ApplicationObject object) {
    return new Described(object, Json.object(object.manifest()));
  }

  String kind() {
    return object.kind();
  }

  boolean is(String kind) {
    return object.kind().equals(kind);
  }

  boolean isLabelled(Map<String, String> labels) {
    return labels.entrySet().stream().allMatch(label -> hasLabel(label.getKey(), label.getValue()));
  }

  boolean hasLabel(String name, String value) {
    JsonNode label = json.path("metadata").path("labels").path(name);
    return label.isTextual() && label.textValue().equals(value);
  }

  String annotation(String name) {
    return json.path("metadata").path("annotations").path(name).asText("");
  }

  /** What is named by kind and name in the same namespace. */
  Key key(String kind, String name) {
    return new Key(kind, object.namespace(), name);
  }

  Key key() {
    return key(object.kind(), object.name());
  }

  /** What tells an object from the others. */
  record Key(String kind, String namespace, String name) {}
}
