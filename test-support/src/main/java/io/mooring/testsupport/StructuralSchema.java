package io.mooring.testsupport;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * The part of the API server that checks custom resources against their definition, as far as the
 * definitions in {@code k8s/crds} go. What it would prune is a problem here.
 */
public final class StructuralSchema {

  private final JsonNode schema;

  public StructuralSchema(JsonNode schema) {
    this.schema = schema;
  }

  /** Why a resource would be refused, or what of it would be pruned. */
  public List<String> problems(JsonNode resource) {
    List<String> problems = new ArrayList<>();
    check(schema, resource, "", problems);
    return problems;
  }

  private static void check(JsonNode schema, JsonNode value, String path, List<String> problems) {
    String type = schema.path("type").asText();
    boolean fits =
        switch (type) {
          case "object" -> value.isObject();
          case "array" -> value.isArray();
          case "string" -> value.isTextual();
          case "integer" -> value.isIntegralNumber();
          case "boolean" -> value.isBoolean();
          default -> false;
        };
    if (!fits) {
      problems.add("%s: is no %s: %s".formatted(path, type, value));
      return;
    }
    if (schema.has("enum") && !choices(schema).contains(value.asText())) {
      problems.add("%s: '%s' is none of %s".formatted(path, value.asText(), choices(schema)));
    }
    checkBounds(schema, value, path, problems);
    for (JsonNode name : schema.path("required")) {
      if (!value.has(name.asText())) {
        problems.add("%s.%s: is missing".formatted(path, name.asText()));
      }
    }
    if (value.isArray()) {
      value.forEach(item -> check(schema.get("items"), item, path + "[]", problems));
    }
    if (value.isObject()) {
      checkFields(schema, value, path, problems);
    }
  }

  private static void checkBounds(
      JsonNode schema, JsonNode value, String path, List<String> problems) {
    BigDecimal number = value.isNumber() ? value.decimalValue() : BigDecimal.ZERO;
    if (schema.has("minimum") && number.compareTo(schema.get("minimum").decimalValue()) < 0
        || schema.has("maximum") && number.compareTo(schema.get("maximum").decimalValue()) > 0
        || value.size() < schema.path("minItems").asInt()) {
      problems.add("%s: is out of bounds".formatted(path));
    }
  }

  private static void checkFields(
      JsonNode schema, JsonNode value, String path, List<String> problems) {
    boolean isOpen = !schema.has("properties") && !schema.has("additionalProperties");
    for (Map.Entry<String, JsonNode> field : value.properties()) {
      JsonNode known = schema.path("properties").path(field.getKey());
      JsonNode any = schema.path("additionalProperties");
      String inner = path + "." + field.getKey();
      if (!known.isMissingNode()) {
        check(known, field.getValue(), inner, problems);
      } else if (any.isObject()) {
        check(any, field.getValue(), inner, problems);
      } else if (!isOpen) {
        problems.add(inner + ": is not defined");
      }
    }
  }

  /** Places of all fields below a property; items of lists are written as {@code []}. */
  public List<String> fieldsOf(String property) {
    List<String> fields = new ArrayList<>();
    collect(schema.at("/properties/" + property), property, fields);
    return fields;
  }

  private static void collect(JsonNode schema, String path, List<String> fields) {
    if (schema.has("items")) {
      collect(schema.get("items"), path + "[]", fields);
    } else if (schema.has("properties")) {
      for (Map.Entry<String, JsonNode> field : schema.get("properties").properties()) {
        collect(field.getValue(), path + "." + field.getKey(), fields);
      }
    } else {
      fields.add(path);
    }
  }

  /** The same of a resource, whose mappings of strings to strings are leaves. */
  public static List<String> fieldsOf(JsonNode value, String path) {
    TreeSet<String> fields = new TreeSet<>();
    if (value.isArray() && !value.isEmpty() && value.get(0).isObject()) {
      value.forEach(item -> fields.addAll(fieldsOf(item, path + "[]")));
    } else if (value.isArray()) {
      fields.add(path + "[]");
    } else if (value.isObject() && !path.matches(".*(matchLabels|params)")) {
      value
          .properties()
          .forEach(field -> fields.addAll(fieldsOf(field.getValue(), path + "." + field.getKey())));
    } else {
      fields.add(path);
    }
    return List.copyOf(fields);
  }

  /** Words that a field may have, at a place as {@link #fieldsOf} writes it. */
  public List<String> choices(String place) {
    JsonNode found = schema;
    for (String name : place.split("\\.")) {
      found = found.path("properties").path(name.replace("[]", ""));
      if (name.endsWith("[]")) {
        found = found.path("items");
      }
    }
    return choices(found);
  }

  private static List<String> choices(JsonNode schema) {
    List<String> choices = new ArrayList<>();
    schema.path("enum").forEach(choice -> choices.add(choice.asText()));
    return choices;
  }

  /** Parts of the schema that an API server would refuse. */
  public List<String> partsWithoutType() {
    List<String> found = new ArrayList<>();
    typeless(schema, "", found);
    return found;
  }

  private static void typeless(JsonNode schema, String path, List<String> found) {
    if (!schema.has("type")) {
      found.add(path);
    }
    schema
        .path("properties")
        .properties()
        .forEach(field -> typeless(field.getValue(), path + "." + field.getKey(), found));
    if (schema.has("items")) {
      typeless(schema.get("items"), path + "[]", found);
    }
    if (schema.path("additionalProperties").isObject()) {
      typeless(schema.get("additionalProperties"), path + "{}", found);
    }
  }
}
