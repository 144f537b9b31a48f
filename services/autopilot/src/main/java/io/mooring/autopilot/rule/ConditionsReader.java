package io.mooring.autopilot.rule;

import io.mooring.autopilot.expression.ExpressionParser;
import io.mooring.autopilot.expression.Metric;
import io.mooring.autopilot.expression.Metric.Subject;
import io.mooring.autopilot.expression.MetricExpression;
import io.mooring.autopilot.rule.ConditionExpression.Operator;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads {@code spec.conditions}. */
final class ConditionsReader {

  private static final List<String> OPERATORS =
      Stream.of(Operator.values()).map(Operator::written).toList();
  private static final Conditions NONE = new Conditions(List.of(), 0, Duration.ZERO);
  private static final int NUMBER_LENGTH_MAX = 40;

  private static final int QUERY_LENGTH_MAX = 1000;

  private final QueryTerms terms;
  private final Duration pollInterval;
  private final Subject subject;

  /**
   * @param terms whether keys may be queries
   * @param pollInterval how often the rule's author wants them to be asked
   * @param subject what the rule acts on
   */
  ConditionsReader(QueryTerms terms, Duration pollInterval, Subject subject) {
    this.terms = terms;
    this.pollInterval = pollInterval;
    this.subject = subject;
  }

  Conditions read(RuleNode spec) {
    Optional<RuleNode> conditions =
        spec.required("conditions", "Add 'conditions:' with 'expressions:'.");
    if (conditions.isEmpty()
        || !conditions
            .get()
            .isMappingOf(List.of("type", "provider", "for", "requiredMatches", "expressions"))) {
      return NONE;
    }
    RuleNode node = conditions.get();
    checkWord(node, "type", "monitoring");
    checkWord(node, "provider", "prometheus");
    List<RuleNode> written =
        node.required("expressions", "Add at least one expression.")
            .map(RuleNode::items)
            .orElse(List.of());
    List<ConditionExpression> expressions = new ArrayList<>();
    written.forEach(item -> expression(item).ifPresent(expressions::add));
    if (node.field("expressions").isPresent() && written.isEmpty()) {
      node.problems()
          .add(
              new RuleProblem(
                  "AUT-004",
                  node.path() + ".expressions",
                  "is empty.",
                  "Without a condition the rule would act all the time.",
                  "Add at least one expression."));
    }
    int count = Math.max(1, written.size());
    int requiredMatches =
        node.field("requiredMatches")
            .map(field -> field.wholeNumber(1, count))
            .flatMap(RuleReader::boxed)
            .orElse((long) count)
            .intValue();
    return new Conditions(
        expressions, requiredMatches, RuleReader.seconds(node, "for", 0, Duration.ZERO));
  }

  /** The provider is named by rules for other systems; usage events answer the same questions. */
  private static void checkWord(RuleNode conditions, String field, String only) {
    conditions
        .field(field)
        .filter(node -> !node.text().equals(only))
        .ifPresent(node -> node.notOneOf(node.node().asText(), List.of(only)));
  }

  private Optional<ConditionExpression> expression(RuleNode item) {
    if (!item.isMappingOf(List.of("key", "keyAlias", "operator", "values"))) {
      return Optional.empty();
    }
    Optional<RuleNode> alias = item.field("keyAlias");
    Optional<RuleNode> key = alias.isPresent() ? alias : key(item);
    Optional<MetricExpression> expression =
        alias.isPresent() ? alias(alias.get()) : key.flatMap(this::looksAt);
    Optional<Operator> operator =
        item.required("operator", "Use one of: %s.".formatted(String.join(", ", OPERATORS)))
            .flatMap(node -> node.oneOf(List.of(Operator.values()), Operator::written));
    List<BigDecimal> values = new ArrayList<>();
    List<RuleNode> written = item.field("values").map(RuleNode::items).orElse(List.of());
    written.forEach(node -> number(node).ifPresent(values::add));
    if (expression.isEmpty() || operator.isEmpty() || values.size() < written.size()) {
      return Optional.empty();
    }
    if (operator.get() == Operator.DOES_NOT_EXIST
        && expression.get() instanceof MetricExpression.Query) {
      item.problems().add(absenceOfAnswer(item));
      return Optional.empty();
    }
    if (!operator.get().takes(values.size()) || isBackwards(operator.get(), values)) {
      item.problems()
          .add(
              new RuleProblem(
                  "AUT-008",
                  item.path() + ".values",
                  "is %s.".formatted(written.stream().map(RuleNode::text).toList()),
                  "%s takes %s.".formatted(operator.get().written(), operator.get().valuesTaken()),
                  "Correct the list, or choose another operator."));
      return Optional.empty();
    }
    return Optional.of(
        new ConditionExpression(key.get().text(), expression.get(), operator.get(), values));
  }

  private static boolean isBackwards(Operator operator, List<BigDecimal> values) {
    return switch (operator) {
      case IN_RANGE, NOT_IN_RANGE -> values.getFirst().compareTo(values.getLast()) > 0;
      case IN, NOT_IN, EXISTS, DOES_NOT_EXIST, GT, GT_EQ, LT, LT_EQ -> false;
    };
  }

  private static Optional<RuleNode> key(RuleNode item) {
    return item.required("key", "Name what is looked at, such as px_volume_usage_bytes.");
  }

  private Optional<MetricExpression> alias(RuleNode node) {
    String name = node.text();
    Optional<PoolAlias> alias = PoolAlias.named(name);
    if (alias.isEmpty()) {
      node.refuse(
          "AUT-010",
          "'%s' is not known.".formatted(name),
          "Aliases exist only for the deviations of pools: %s."
              .formatted(String.join(", ", PoolAlias.names())),
          "Write the expression itself under 'key'.");
      return Optional.empty();
    }
    return about(node, alias.get().expression(), name);
  }

  private Optional<MetricExpression> looksAt(RuleNode key) {
    return switch (ExpressionParser.parse(key.text())) {
      case ExpressionParser.Outcome.Parsed(MetricExpression expression) ->
          about(key, expression, null);
      case ExpressionParser.Outcome.Malformed _ when isQuery(key) -> query(key);
      case ExpressionParser.Outcome.Malformed(int column, String what) -> {
        unreadable(key, column, what);
        yield Optional.empty();
      }
      // A slip of the pen in a name that Mooring knows is no query that never has an answer.
      case ExpressionParser.Outcome.UnknownMetric(String name)
          when isQuery(key) && Suggestion.closest(name, Metric.allNames()).isEmpty() ->
          query(key);
      case ExpressionParser.Outcome.UnknownMetric(String name) -> {
        key.problems().add(unknownMetric(key, name));
        yield Optional.empty();
      }
    };
  }

  private void unreadable(RuleNode key, int column, String what) {
    String why = "Keys are arithmetic over metric names: + - * /, numbers and parentheses.";
    String whatWasRead = "cannot be read at column %d: %s.".formatted(column, what);
    String example =
        switch (subject) {
          case VOLUME -> "100 * (px_volume_usage_bytes / px_volume_capacity_bytes)";
          case POOL -> "100 * (px_pool_stats_used_bytes / px_pool_stats_total_bytes)";
        };
    key.refuse(
        "AUT-009",
        whatWasRead,
        terms.answered()
            ? why
            : why + " Any other query needs a Prometheus server; none is configured.",
        terms.answered()
            ? "Write at most %d characters.".formatted(QUERY_LENGTH_MAX)
            : "Write it like %s, or set mooring.autopilot.prometheus.url.".formatted(example));
  }

  private boolean isQuery(RuleNode key) {
    return terms.answered() && !key.text().isBlank() && key.text().length() <= QUERY_LENGTH_MAX;
  }

  private Optional<MetricExpression> query(RuleNode key) {
    return Optional.of(terms.query(key.text(), pollInterval));
  }

  private static RuleProblem absenceOfAnswer(RuleNode item) {
    return new RuleProblem(
        "AUT-008",
        item.path() + ".operator",
        "is DoesNotExist, and the key is a query.",
        "An answer without the volume is missing data, and missing data never leads to anything.",
        "Ask for a number, and compare it.");
  }

  private static RuleProblem unknownMetric(RuleNode key, String name) {
    List<String> known = Metric.allNames();
    return new RuleProblem(
        "AUT-010",
        key.path(),
        "Metric '%s' is not known.".formatted(name),
        "Nobody measures it, so the rule could never trigger.",
        Suggestion.closest(name, known)
            .map("Did you mean '%s'?"::formatted)
            .orElseGet(() -> "Use one of: %s.".formatted(String.join(", ", known))));
  }

  /** A rule looks at one kind of object: that which it acts on. */
  private Optional<MetricExpression> about(
      RuleNode node, MetricExpression found, @Nullable String alias) {
    Optional<Metric> other =
        found.metrics().stream().filter(metric -> metric.subject() != subject).findFirst();
    if (other.isEmpty()) {
      return Optional.of(found);
    }
    String name = alias == null ? other.get().canonicalName() : alias;
    switch (subject) {
      case VOLUME ->
          node.refuse(
              "AUT-011",
              "'%s' describes a storage pool.".formatted(name),
              "The rule acts on volumes, and a volume has no such value.",
              "Use a metric of volumes, such as px_volume_usage_bytes.");
      case POOL ->
          node.refuse(
              "AUT-011",
              "'%s' describes a volume.".formatted(name),
              "The rule acts on pools, and a pool has no such value.",
              "Use a metric of pools, such as px_pool_stats_provisioned_bytes.");
    }
    return Optional.empty();
  }

  private static Optional<BigDecimal> number(RuleNode node) {
    String written = node.text().strip();
    if (written.length() <= NUMBER_LENGTH_MAX
        && written.matches("[+-]?[0-9]+(\\.[0-9]+)?([eE][+-]?[0-9]{1,2})?")) {
      return Optional.of(new BigDecimal(written));
    }
    node.refuse(
        "AUT-008",
        "is '%s'.".formatted(written),
        "Values are compared with numbers.",
        "Write a number without a unit, such as 80.");
    return Optional.empty();
  }
}
