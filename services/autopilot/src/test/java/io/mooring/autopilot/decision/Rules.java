package io.mooring.autopilot.decision;

import io.mooring.autopilot.rule.AutopilotRule;
import io.mooring.autopilot.rule.QueryTerms;
import io.mooring.autopilot.rule.RuleOutcome;
import io.mooring.autopilot.rule.RuleReader;
import java.util.stream.Stream;

/** Rules for tests, written as their authors write them. */
public final class Rules {

  public static final String USAGE = "100 * (px_volume_usage_bytes / px_volume_capacity_bytes)";

  private Rules() {}

  /** The white paper's rule, with another maximum and more fields of the spec. */
  public static String paper(String maxSize, String moreSpec) {
    return rule("kafka-resize", USAGE, "Gt", "80", "100", maxSize, moreSpec);
  }

  public static String rule(
      String name,
      String key,
      String operator,
      String value,
      String percentage,
      String maxSize,
      String moreSpec) {
    return """
    apiVersion: autopilot.libopenstorage.org/v1alpha1
    kind: AutopilotRule
    metadata:
      name: %s
    spec:
      selector:
        matchLabels:
          app: kafka
      conditions:
        expressions:
          - key: "%s"
            operator: %s
            values: ["%s"]
      actions:
        - name: openstorage.io.action.volume/resize
          params:
            scalepercentage: "%s"
    %s%s
    """
        .formatted(
            name,
            key,
            operator,
            value,
            percentage,
            maxSize.isEmpty() ? "" : "        maxsize: \"" + maxSize + "\"\n",
            moreSpec.indent(2));
  }

  public static RuleBook book(String... yamls) {
    return book(QueryTerms.NONE, yamls);
  }

  public static RuleBook book(QueryTerms terms, String... yamls) {
    return RuleBook.of(
        Stream.of(yamls)
            .map(
                yaml -> new RuleBook.Entry(read(yaml, terms), Integer.toHexString(yaml.hashCode())))
            .toList());
  }

  public static AutopilotRule read(String yaml) {
    return read(yaml, QueryTerms.NONE);
  }

  public static AutopilotRule read(String yaml, QueryTerms terms) {
    return switch (RuleReader.read(yaml, terms).getFirst()) {
      case RuleOutcome.Valid(AutopilotRule rule) -> rule;
      case RuleOutcome.Invalid invalid -> throw new AssertionError(invalid.problems());
    };
  }
}
