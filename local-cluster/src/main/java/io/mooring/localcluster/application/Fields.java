package io.mooring.localcluster.application;

import com.fasterxml.jackson.databind.JsonNode;
import io.mooring.localcluster.LocalClusterException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Reads an object by JSON pointers. What is missing or of another type is told with its place.
 *
 * @param what for people: the object
 */
public record Fields(String what, JsonNode json) {

  /** The text at a place. */
  public String text(String pointer) {
    JsonNode node = json.at(pointer);
    if (!node.isValueNode() || node.isNull() || node.asText().isEmpty()) {
      throw refused("%s is missing or no text", pointer);
    }
    return node.asText();
  }

  /** The text at a place, which must have a form. */
  public String text(String pointer, Pattern form) {
    String text = text(pointer);
    if (!form.matcher(text).matches()) {
      throw refused("%s is '" + text + "', which is not of the form " + form, pointer);
    }
    return text;
  }

  /** The whole number at a place. */
  public long number(String pointer, long min, long max) {
    JsonNode node = json.at(pointer);
    String text = node.asText();
    if (!text.matches("-?[0-9]{1,18}")) {
      throw refused("%s is missing or no whole number", pointer);
    }
    long value = Long.parseLong(text);
    if (value < min || value > max) {
      throw refused("%s must be " + min + " to " + max + " but is " + value, pointer);
    }
    return value;
  }

  /** Names and texts at a place; empty if there are none. */
  public Map<String, String> texts(String pointer) {
    JsonNode node = json.at(pointer);
    if (!node.isMissingNode() && !node.isObject()) {
      throw refused("%s is not a map of texts", pointer);
    }
    Map<String, String> texts = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> entry : node.properties()) {
      if (!entry.getValue().isTextual()) {
        throw refused("%s is not a map of texts", pointer);
      }
      texts.put(entry.getKey(), entry.getValue().asText());
    }
    return texts;
  }

  /** Texts at a place, in order; empty if there are none. */
  List<String> list(String pointer) {
    List<String> texts = new ArrayList<>();
    json.at(pointer).forEach(node -> texts.add(node.asText()));
    return texts;
  }

  void mustSay(String pointer, String expected) {
    if (!json.at(pointer).asText().equals(expected)) {
      throw refused("%s is not '" + expected + "'", pointer);
    }
  }

  private LocalClusterException refused(String why, String pointer) {
    return ManifestFault.refused(
        what + " is not accepted",
        why.replace("%s", pointer),
        "Compare it with an object of this kind from GET /objects");
  }
}
