package io.mooring.autopilot.rule;

import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Reads {@code spec.actions}. */
final class ActionReader {

  private static final ResizeAction NONE = new ResizeAction(BigDecimal.ONE, OptionalLong.empty());
  private static final List<String> POOL_ACTIONS =
      List.of(
          "openstorage.io.action.storagepool/expand",
          "openstorage.io.action.storagepool/rebalance");
  private static final BigDecimal PERCENTAGE_MAX = BigDecimal.valueOf(10_000);

  private ActionReader() {}

  static ResizeAction read(RuleNode spec) {
    Optional<RuleNode> actions = spec.required("actions", "Add the action to take.");
    if (actions.isEmpty()) {
      return NONE;
    }
    List<RuleNode> items = actions.get().items();
    if (actions.get().node().isArray() && items.size() != 1) {
      spec.problems()
          .add(
              new RuleProblem(
                  "AUT-012",
                  actions.get().path(),
                  "has %d actions.".formatted(items.size()),
                  "One rule takes one action, so that each trigger has one outcome.",
                  "Write one rule per action."));
    }
    return items.size() == 1 ? action(items.getFirst()) : NONE;
  }

  private static ResizeAction action(RuleNode item) {
    if (!item.isMappingOf(List.of("name", "params"))) {
      return NONE;
    }
    Optional<RuleNode> name =
        item.required("name", "Name the action: %s.".formatted(ResizeAction.NAME));
    if (name.isEmpty() || !isResize(name.get())) {
      return NONE;
    }
    Optional<RuleNode> params = item.required("params", "Add 'params:' with 'scalepercentage:'.");
    if (params.isEmpty() || !params.get().isMappingOf(List.of("scalepercentage", "maxsize"))) {
      return NONE;
    }
    return new ResizeAction(scalePercentage(params.get()), maxSize(params.get()));
  }

  private static boolean isResize(RuleNode name) {
    String written = name.text();
    if (written.equals(ResizeAction.NAME)) {
      return true;
    }
    boolean ofPool = POOL_ACTIONS.contains(written);
    name.refuse(
        "AUT-012",
        "Action '%s' is not available.".formatted(written),
        ofPool
            ? "Pools are directories on drives that Mooring was given; it adds none."
            : "Nobody carries it out.",
        "Use %s.".formatted(ResizeAction.NAME));
    return false;
  }

  private static BigDecimal scalePercentage(RuleNode params) {
    Optional<RuleNode> node =
        params.required("scalepercentage", "Say by how much to grow, such as \"100\".");
    if (node.isEmpty()) {
      return BigDecimal.ONE;
    }
    String written = node.get().text().strip();
    if (written.matches("[0-9]{1,5}(\\.[0-9]{1,3})?")) {
      BigDecimal percentage = new BigDecimal(written);
      if (percentage.signum() > 0 && percentage.compareTo(PERCENTAGE_MAX) <= 0) {
        return percentage;
      }
    }
    node.get()
        .refuse(
            "AUT-013",
            "is '%s'.".formatted(written),
            "It is the growth in percent of the current size, more than 0 and up to %s."
                .formatted(PERCENTAGE_MAX),
            "Write a number without '%', such as \"100\".");
    return BigDecimal.ONE;
  }

  private static OptionalLong maxSize(RuleNode params) {
    Optional<RuleNode> node = params.field("maxsize");
    if (node.isEmpty()) {
      return OptionalLong.empty();
    }
    String written = node.get().text();
    OptionalLong bytes = Quantity.bytes(written);
    if (bytes.isEmpty() || bytes.getAsLong() == 0) {
      node.get()
          .refuse(
              "AUT-013",
              "is '%s'.".formatted(written),
              "It is a quantity of bytes: a number with k, M, G, T (decimal) or Ki, Mi, Gi, Ti"
                  + " (binary).",
              "Write it like 1Ti or 1T, without a B.");
    }
    return bytes;
  }
}
