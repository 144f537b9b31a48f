package io.mooring.benchmarks.autopilot;

import io.mooring.autopilot.decision.RuleBook;
import io.mooring.autopilot.rule.RuleDocument;
import io.mooring.autopilot.rule.RuleOutcome;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Rules as their authors write them. */
final class BenchRules {

  private static final String USAGE = "100 * (px_volume_usage_bytes / px_volume_capacity_bytes)";
  private static final List<String> KEYS =
      List.of(
          USAGE,
          "100 * mooring_volume_used_bytes / mooring_volume_fs_size_bytes",
          "mooring_volume_capacity_bytes - mooring_volume_used_bytes",
          "100 * mooring_volume_inodes_used / mooring_volume_inodes_total");

  private BenchRules() {}

  static RuleBook keeping(
      double threshold, double percentage, int coolDownSeconds, boolean forecast) {
    return book(
        rule(
            "keep",
            USAGE,
            "Gt",
            Double.toString(threshold),
            Double.toString(percentage),
            coolDownSeconds,
            forecast));
  }

  /** So many rules with different conditions that nothing ordinary meets. */
  static String many(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> {
          String key = KEYS.get(i % KEYS.size());
          boolean difference = key.contains(" - ");
          return rule(
              "rule-" + i,
              key,
              difference ? "Lt" : "Gt",
              difference ? "1000000" : Integer.toString(85 + i),
              "50",
              300,
              i % 2 == 0);
        })
        .collect(Collectors.joining("---\n"));
  }

  static String rule(
      String name,
      String key,
      String operator,
      String value,
      String percentage,
      int coolDownSeconds,
      boolean forecast) {
    return """
    apiVersion: autopilot.libopenstorage.org/v1alpha1
    kind: AutopilotRule
    metadata:
      name: %s
      annotations:
        mooring.io/forecast: "%s"
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
            maxsize: "1Ti"
      actionsCoolDownPeriod: %d
    """
        .formatted(name, forecast, key, operator, value, percentage, coolDownSeconds);
  }

  static RuleBook book(String yaml) {
    return RuleBook.of(
        RuleDocument.allOf(yaml).stream()
            .map(document ->
                switch (document.outcome()) {
                  case RuleOutcome.Valid(var rule) -> new RuleBook.Entry(rule, document.text());
                  case RuleOutcome.Invalid invalid ->
                      throw new IllegalStateException(invalid.problems().toString());
                })
            .toList());
  }
}
