package io.mooring.autopilot.rule;

import io.mooring.autopilot.expression.Metric.Subject;
import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Reads {@code spec.actions}. */
final class ActionReader {

  private static final ResizeAction NONE = new ResizeAction(BigDecimal.ONE, OptionalLong.empty());
  private static final String POOL_EXPAND = "openstorage.io.action.storagepool/expand";
  private static final BigDecimal PERCENTAGE_MAX = BigDecimal.valueOf(10_000);

  private ActionReader() {}

  /** What the rule acts on, as far as it can be told before the actions are checked. */
  static Subject subject(RuleNode spec) {
    String name = spec.node().path("actions").path(0).path("name").asText();
    return name.equals(RebalanceAction.NAME) ? Subject.POOL : Subject.VOLUME;
  }

  /** The deviation of a rebalance is not known before the conditions are. */
  static RuleAction read(RuleNode spec) {
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

  private static RuleAction action(RuleNode item) {
    if (!item.isMappingOf(List.of("name", "params"))) {
      return NONE;
    }
    Optional<RuleNode> name =
        item.required(
            "name",
            "Name the action: %s or %s.".formatted(ResizeAction.NAME, RebalanceAction.NAME));
    if (name.isEmpty()) {
      return NONE;
    }
    return switch (name.get().text()) {
      case ResizeAction.NAME -> resize(item);
      case RebalanceAction.NAME -> {
        item.field("params").ifPresent(params -> params.isMappingOf(List.of()));
        yield new RebalanceAction(0);
      }
      default -> {
        unavailable(name.get());
        yield NONE;
      }
    };
  }

  private static RuleAction resize(RuleNode item) {
    Optional<RuleNode> params = item.required("params", "Add 'params:' with 'scalepercentage:'.");
    if (params.isEmpty() || !params.get().isMappingOf(List.of("scalepercentage", "maxsize"))) {
      return NONE;
    }
    return new ResizeAction(scalePercentage(params.get()), maxSize(params.get()));
  }

  private static void unavailable(RuleNode name) {
    String written = name.text();
    name.refuse(
        "AUT-012",
        "Action '%s' is not available.".formatted(written),
        written.equals(POOL_EXPAND)
            ? "Pools are directories on drives that Mooring was given; it adds none."
            : "Nobody carries it out.",
        "Use %s for volumes or %s for pools.".formatted(ResizeAction.NAME, RebalanceAction.NAME));
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
