package io.mooring.autopilot.rule;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;

/**
 * A place in a rule that is being read. What is wrong there is added to the problems, and reading
 * goes on with a harmless value, so that the author learns everything at once.
 */
record RuleNode(JsonNode node, String path, List<RuleProblem> problems) {

  /** A field of this mapping; empty if it is missing or has no value. */
  Optional<RuleNode> field(String name) {
    JsonNode child = node.get(name);
    return child == null || child.isNull()
        ? Optional.empty()
        : Optional.of(new RuleNode(child, pathOf(name), problems));
  }

  /** A field that must be there. */
  Optional<RuleNode> required(String name, String fix) {
    Optional<RuleNode> child = field(name);
    if (child.isEmpty()) {
      problems.add(
          new RuleProblem(
              "AUT-004",
              pathOf(name),
              "is missing.",
              "A rule has no meaning without it, and nothing is guessed.",
              fix));
    }
    return child;
  }

  /** Whether this is a mapping; if so, fields with unknown names are reported. */
  boolean isMappingOf(List<String> known) {
    if (!isMapping()) {
      return false;
    }
    for (Map.Entry<String, JsonNode> field : node.properties()) {
      if (!known.contains(field.getKey())) {
        String fix =
            Suggestion.closest(field.getKey(), known)
                .map("Did you mean '%s'?"::formatted)
                .orElseGet(() -> "Remove it; known are: %s.".formatted(String.join(", ", known)));
        problems.add(
            new RuleProblem(
                "AUT-003",
                pathOf(field.getKey()),
                "is not a field of an AutopilotRule.",
                "A misspelt field would silently have no effect.",
                fix));
      }
    }
    return true;
  }

  boolean isMapping() {
    if (!node.isObject()) {
      wrongType("a mapping", "Write 'name: value' lines under it.");
    }
    return node.isObject();
  }

  /** The items of a list; a single value where a list belongs is reported. */
  List<RuleNode> items() {
    List<RuleNode> items = new ArrayList<>();
    if (!node.isArray()) {
      wrongType("a list", "Begin each item with '- '.");
      return items;
    }
    for (int i = 0; i < node.size(); i++) {
      items.add(new RuleNode(node.get(i), "%s[%d]".formatted(path, i), problems));
    }
    return items;
  }

  /** Scalars are read as they are written: {@code 80} and {@code "80"} are the same. */
  String text() {
    if (!node.isValueNode() || node.isNull()) {
      wrongType("a single value", "Write one number or word.");
      return "";
    }
    return node.asText();
  }

  /** A mapping of names to single values. */
  Map<String, RuleNode> entries() {
    Map<String, RuleNode> entries = new LinkedHashMap<>();
    if (isMapping()) {
      for (Map.Entry<String, JsonNode> entry : node.properties()) {
        String where = "%s[\"%s\"]".formatted(path, entry.getKey());
        entries.put(entry.getKey(), new RuleNode(entry.getValue(), where, problems));
      }
    }
    return entries;
  }

  /** A whole number within bounds. */
  OptionalLong wholeNumber(long min, long max) {
    String written = text();
    if (written.matches("-?[0-9]{1,18}")) {
      long value = Long.parseLong(written);
      if (value >= min && value <= max) {
        return OptionalLong.of(value);
      }
    }
    problems.add(
        new RuleProblem(
            "AUT-006",
            path,
            "is '%s'.".formatted(written),
            "It is a whole number from %d to %d.".formatted(min, max),
            "Write such a number."));
    return OptionalLong.empty();
  }

  /** One of several choices, by the word that stands for it. */
  <E> Optional<E> oneOf(List<E> choices, Function<E, String> word) {
    String written = text();
    Optional<E> found = choices.stream().filter(e -> word.apply(e).equals(written)).findFirst();
    if (found.isEmpty()) {
      notOneOf(written, choices.stream().map(word).toList());
    }
    return found;
  }

  /** Adds a problem with what stands here. */
  void refuse(String code, String what, String why, String fix) {
    problems.add(new RuleProblem(code, path, what, why, fix));
  }

  void notOneOf(String written, List<String> choices) {
    String fix =
        Suggestion.closest(written, choices)
            .map("Did you mean '%s'?"::formatted)
            .orElseGet(() -> "Use one of: %s.".formatted(String.join(", ", choices)));
    problems.add(
        new RuleProblem("AUT-007", path, "is '%s'.".formatted(written), "It has no meaning.", fix));
  }

  private void wrongType(String wanted, String fix) {
    problems.add(
        new RuleProblem(
            "AUT-005",
            path,
            "is not %s.".formatted(wanted),
            "It cannot be understood otherwise.",
            fix));
  }

  private String pathOf(String name) {
    return path.isEmpty() ? name : path + "." + name;
  }
}
