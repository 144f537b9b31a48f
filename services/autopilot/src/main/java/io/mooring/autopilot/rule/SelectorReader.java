package io.mooring.autopilot.rule;

import io.mooring.autopilot.rule.LabelSelector.Operator;
import io.mooring.autopilot.rule.LabelSelector.Requirement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Reads {@code selector} and {@code namespaceSelector}. */
final class SelectorReader {

  private static final List<String> OPERATORS =
      Stream.of(Operator.values()).map(Operator::written).toList();

  private SelectorReader() {}

  static LabelSelector read(Optional<RuleNode> selector) {
    if (selector.isEmpty()
        || !selector.get().isMappingOf(List.of("matchLabels", "matchExpressions"))) {
      return LabelSelector.ALL;
    }
    Map<String, String> labels = new LinkedHashMap<>();
    selector
        .get()
        .field("matchLabels")
        .map(RuleNode::entries)
        .orElse(Map.of())
        .forEach((key, value) -> labels.put(key, value.text()));
    List<Requirement> requirements = new ArrayList<>();
    selector
        .get()
        .field("matchExpressions")
        .map(RuleNode::items)
        .orElse(List.of())
        .forEach(item -> requirement(item).ifPresent(requirements::add));
    return new LabelSelector(labels, requirements);
  }

  private static Optional<Requirement> requirement(RuleNode item) {
    if (!item.isMappingOf(List.of("key", "operator", "values"))) {
      return Optional.empty();
    }
    String key = item.required("key", "Name the label.").map(RuleNode::text).orElse("");
    Optional<Operator> operator =
        item.required("operator", "Use one of: %s.".formatted(String.join(", ", OPERATORS)))
            .flatMap(node -> node.oneOf(List.of(Operator.values()), Operator::written));
    List<String> values =
        item.field("values")
            .map(node -> node.items().stream().map(RuleNode::text).toList())
            .orElse(List.of());
    if (operator.isPresent() && operator.get().takesValues() == values.isEmpty()) {
      item.problems()
          .add(
              new RuleProblem(
                  "AUT-008",
                  item.path() + ".values",
                  "has %d values.".formatted(values.size()),
                  "%s takes %s."
                      .formatted(
                          operator.get().written(),
                          operator.get().takesValues() ? "at least one value" : "no values"),
                  "Correct the list, or choose another operator."));
    }
    return operator.map(found -> new Requirement(key, found, values));
  }
}
