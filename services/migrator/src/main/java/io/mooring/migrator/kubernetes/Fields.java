package io.mooring.migrator.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** Fields that all objects have. */
final class Fields {

  private Fields() {}

  static String name(JsonNode object) {
    return object.path("metadata").path("name").asText();
  }

  static String namespace(JsonNode object) {
    return object.path("metadata").path("namespace").asText();
  }

  static String kind(JsonNode object) {
    return object.path("kind").asText();
  }

  /** Group of its kind; empty for the core's. */
  static String group(JsonNode object) {
    String apiVersion = object.path("apiVersion").asText();
    return apiVersion.contains("/") ? apiVersion.substring(0, apiVersion.indexOf('/')) : "";
  }

  static String annotation(JsonNode object, String key) {
    return object.path("metadata").path("annotations").path(key).asText("");
  }

  static String label(JsonNode object, String key) {
    return object.path("metadata").path("labels").path(key).asText("");
  }

  static void annotate(ObjectNode object, String key, String value) {
    object.withObject("/metadata").withObject("/annotations").put(key, value);
  }

  /** Takes an annotation away, and what is empty then. */
  static void dropAnnotation(ObjectNode object, String key) {
    drop(object, "annotations", key);
  }

  static void dropLabel(ObjectNode object, String key) {
    drop(object, "labels", key);
  }

  private static void drop(ObjectNode object, String field, String key) {
    if (object.path("metadata").path(field) instanceof ObjectNode fields) {
      fields.remove(key);
      if (fields.isEmpty()) {
        object.withObject("/metadata").remove(field);
      }
    }
  }

  /** The object that made and keeps this one; missing if there is none. */
  static JsonNode controller(JsonNode object) {
    for (JsonNode owner : object.path("metadata").path("ownerReferences")) {
      if (owner.path("controller").asBoolean()) {
        return owner;
      }
    }
    return com.fasterxml.jackson.databind.node.MissingNode.getInstance();
  }
}
