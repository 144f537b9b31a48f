package io.mooring.autopilot.rule;

import io.mooring.autopilot.expression.Metric.Subject;
import io.mooring.autopilot.rule.ExpandAction.Growth;
import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Reads {@code spec.actions}. */
final class ActionReader {

  private static final ResizeAction NONE = new ResizeAction(BigDecimal.ONE, OptionalLong.empty());
  private static final ExpandAction NO_EXPANSION =
      new ExpandAction(new Growth.Percentage(BigDecimal.ONE), OptionalLong.empty());
  private static final String ALL =
      "%s, %s or %s".formatted(ResizeAction.NAME, ExpandAction.NAME, RebalanceAction.NAME);

  /** As Portworx's documents and its tests write it. */
  private static final List<String> SCALE_TYPES = List.of("auto", "resize-drive", "resize-disk");

  private static final List<String> SCALE_BY_DRIVES = List.of("add-drive", "add-disk");
  private static final BigDecimal PERCENTAGE_MAX = BigDecimal.valueOf(10_000);

  private ActionReader() {}

  /** What the rule acts on, as far as it can be told before the actions are checked. */
  static Subject subject(RuleNode spec) {
    String name = spec.node().path("actions").path(0).path("name").asText();
    return name.equals(RebalanceAction.NAME) || name.equals(ExpandAction.NAME)
        ? Subject.POOL
        : Subject.VOLUME;
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
    Optional<RuleNode> name = item.required("name", "Name the action: %s.".formatted(ALL));
    if (name.isEmpty()) {
      return NONE;
    }
    return switch (name.get().text()) {
      case ResizeAction.NAME -> resize(item);
      case ExpandAction.NAME -> expand(item);
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
    return new ResizeAction(scalePercentage(params.get()), size(params.get(), "maxsize"));
  }

  private static ExpandAction expand(RuleNode item) {
    Optional<RuleNode> params =
        item.required("params", "Add 'params:' with 'scalepercentage:' or 'scalesize:'.");
    if (params.isEmpty()
        || !params
            .get()
            .isMappingOf(List.of("scalepercentage", "scalesize", "scaletype", "maxsize"))) {
      return NO_EXPANSION;
    }
    params.get().field("scaletype").ifPresent(ActionReader::checkScaleType);
    return new ExpandAction(growth(params.get()), size(params.get(), "maxsize"));
  }

  /** One drive more would be one pool more, and the pool that triggered would stay as full. */
  private static void checkScaleType(RuleNode node) {
    String written = node.text();
    if (SCALE_BY_DRIVES.contains(written)) {
      node.refuse(
          "AUT-013",
          "is '%s'.".formatted(written),
          "A pool is one file system on one drive. Another drive is another pool, and leaves this one as full as it was.",
          "Use 'auto' or 'resize-drive'; add a pool on another drive by the agent's configuration.");
    } else if (!SCALE_TYPES.contains(written)) {
      node.notOneOf(written, SCALE_TYPES);
    }
  }

  private static Growth growth(RuleNode params) {
    Optional<RuleNode> size = params.field("scalesize");
    boolean byPercentage = params.field("scalepercentage").isPresent();
    if (size.isPresent() && byPercentage) {
      size.get()
          .refuse(
              "AUT-013",
              "is written beside 'scalepercentage'.",
              "A drive grows by a share of its size or by so many bytes, not by both.",
              "Keep one of them.");
    }
    return size.isPresent()
        ? new Growth.Bytes(size(params, "scalesize").orElse(1))
        : new Growth.Percentage(scalePercentage(params));
  }

  private static void unavailable(RuleNode name) {
    String written = name.text();
    name.refuse(
        "AUT-012",
        "Action '%s' is not available.".formatted(written),
        "Nobody carries it out.",
        "Use %s.".formatted(ALL));
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

  private static OptionalLong size(RuleNode params, String field) {
    Optional<RuleNode> node = params.field(field);
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
