package io.mooring.autopilot.rule;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.assertj.core.groups.Tuple;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RuleReaderTest {

  /** As it is printed in the white paper, comments included. */
  static final String PAPER =
      """
      apiVersion: autopilot.libopenstorage.org/v1alpha1
      kind: AutopilotRule
      metadata:
        name: kafka-resize
      spec:
        ##### selector filters the objects affected by this rule given labels
        selector:
          matchLabels:
            app: kafka
        pollInterval: 2
        ##### conditions are the symptoms to evaluate. All conditions are AND'ed
        conditions:
          # volume usage should be greater than 80%
          expressions:
            - key: "100 * (px_volume_usage_bytes / px_volume_capacity_bytes)"
              operator: Gt
              values:
                - "80"
          ##### action to perform when condition is true
        actions:
          - name: openstorage.io.action.volume/resize
            params:
              # resize volume by scalepercentage of current size
              scalepercentage: "100"
              maxsize: "1Ti"
      """;

  private static final String EVERYTHING =
      """
      apiVersion: autopilot.libopenstorage.org/v1alpha1
      kind: AutopilotRule
      metadata:
        name: all-fields
        uid: 6f2c
        annotations:
          mooring.io/forecast: "true"
      spec:
        weight: 7
        enforcement: approvalRequired
        namespaceSelector:
          matchExpressions:
            - key: kubernetes.io/metadata.name
              operator: NotIn
              values: [kube-system, default]
        selector:
          matchExpressions:
            - {key: tier, operator: In, values: [gold, silver]}
            - {key: app, operator: Exists}
        conditions:
          type: monitoring
          provider: prometheus
          for: 30
          requiredMatches: 1
          expressions:
            - key: px_volume_capacity_bytes / 1000000000
              operator: LtEq
              values: [10.5]
            - key: mooring_volume_inodes_used
              operator: NotInRange
              values: ["-20", "20"]
        actions:
          - name: openstorage.io.action.volume/resize
            params:
              scalepercentage: 12.5
        actionsCoolDownPeriod: 60
      status: {}
      """;

  @Test
  void thePapersRuleIsReadWordForWord() {
    AutopilotRule rule = valid(PAPER);

    assertThat(rule.name()).isEqualTo("kafka-resize");
    assertThat(rule.selection().objects().matches(Map.of("app", "kafka", "x", "y"))).isTrue();
    assertThat(rule.selection().objects().matches(Map.of("app", "other"))).isFalse();
    assertThat(rule.selection().namespaces().selectsAll()).isTrue();
    assertThat(rule.timing().pollInterval()).hasSeconds(2);
    assertThat(rule.timing().coolDown()).hasMinutes(5);
    assertThat(rule.conditions().holdFor()).isZero();
    assertThat(rule.conditions().requiredMatches()).isEqualTo(1);
    assertThat(rule.action())
        .isEqualTo(new ResizeAction(new BigDecimal("100"), OptionalLong.of(1L << 40)));
    assertThat(rule.approvalRequired()).isFalse();
    assertThat(rule.forecast()).isFalse();
    assertThat(rule.weight()).isZero();
  }

  @Test
  void everyFieldIsRead() {
    AutopilotRule rule = valid(EVERYTHING);

    assertThat(rule.weight()).isEqualTo(7);
    assertThat(rule.approvalRequired()).isTrue();
    assertThat(rule.forecast()).isTrue();
    assertThat(rule.timing().coolDown()).hasSeconds(60);
    assertThat(rule.timing().pollInterval()).isEqualTo(AutopilotRule.DEFAULT_POLL_INTERVAL);
    assertThat(rule.conditions().holdFor()).isEqualTo(Duration.ofSeconds(30));
    assertThat(rule.conditions().requiredMatches()).isEqualTo(1);
    assertThat(rule.conditions().expressions())
        .extracting(ConditionExpression::operator, ConditionExpression::values)
        .containsExactly(
            Tuple.tuple(ConditionExpression.Operator.LT_EQ, List.of(new BigDecimal("10.5"))),
            Tuple.tuple(
                ConditionExpression.Operator.NOT_IN_RANGE,
                List.of(new BigDecimal("-20"), new BigDecimal("20"))));
    assertThat(rule.action())
        .isEqualTo(new ResizeAction(new BigDecimal("12.5"), OptionalLong.empty()));
    assertThat(rule.selection().objects().matches(Map.of("tier", "gold", "app", "a"))).isTrue();
    assertThat(rule.selection().objects().matches(Map.of("tier", "tin", "app", "a"))).isFalse();
    assertThat(rule.selection().objects().matches(Map.of("tier", "gold"))).isFalse();
    assertThat(rule.selection().namespaces().matches(Map.of())).isTrue();
    assertThat(
            rule.selection().namespaces().matches(Map.of("kubernetes.io/metadata.name", "default")))
        .isFalse();
  }

  @Test
  void allProblemsOfARuleAreToldAtOnceEachWithItsPath() {
    var problems =
        problems(
            """
            apiVersion: v1
            kind: AutopilotRule
            metadata:
              name: Bad_Name
              annotations: {mooring.io/forecast: maybe}
            spec:
              weight: heavy
              polInterval: 2
              enforcement: required
              selector:
                matchLabels: kafka
                matchExpressions: [{key: a, operator: In}]
              conditions:
                requiredMatches: 9
                expressions:
                  - {key: px_volume_usage_byte, operator: Gt, values: ["80"]}
                  - {key: "1 +", operator: Gt, values: ["80"]}
                  - {key: px_pool_stats_total_bytes, operator: Gt, values: ["80"]}
                  - {keyAlias: PoolProvDeviationPerc, operator: Gt, values: ["80"]}
                  - {key: px_volume_usage_bytes, operator: Greater, values: ["80"]}
                  - {key: px_volume_usage_bytes, operator: Gt, values: ["80", "90"]}
                  - {key: px_volume_usage_bytes, operator: Gt, values: [80%]}
                  - {key: px_volume_usage_bytes, operator: InRange, values: [9, 1]}
                  - {operator: Exists}
              actions:
                - name: openstorage.io.action.volume/resize
                  params: {scalepercentage: "0", maxsize: 1TB, minsize: 1}
            """);

    assertThat(problems)
        .extracting(RuleProblem::code, RuleProblem::path)
        .containsExactlyInAnyOrder(
            Tuple.tuple("AUT-002", "apiVersion"),
            Tuple.tuple("AUT-014", "metadata.name"),
            Tuple.tuple("AUT-007", "metadata.annotations[\"mooring.io/forecast\"]"),
            Tuple.tuple("AUT-006", "spec.weight"),
            Tuple.tuple("AUT-003", "spec.polInterval"),
            Tuple.tuple("AUT-007", "spec.enforcement"),
            Tuple.tuple("AUT-005", "spec.selector.matchLabels"),
            Tuple.tuple("AUT-008", "spec.selector.matchExpressions[0].values"),
            Tuple.tuple("AUT-010", "spec.conditions.expressions[0].key"),
            Tuple.tuple("AUT-009", "spec.conditions.expressions[1].key"),
            Tuple.tuple("AUT-011", "spec.conditions.expressions[2].key"),
            Tuple.tuple("AUT-011", "spec.conditions.expressions[3].keyAlias"),
            Tuple.tuple("AUT-007", "spec.conditions.expressions[4].operator"),
            Tuple.tuple("AUT-008", "spec.conditions.expressions[5].values"),
            Tuple.tuple("AUT-008", "spec.conditions.expressions[6].values[0]"),
            Tuple.tuple("AUT-008", "spec.conditions.expressions[7].values"),
            Tuple.tuple("AUT-004", "spec.conditions.expressions[8].key"),
            Tuple.tuple("AUT-013", "spec.actions[0].params.scalepercentage"),
            Tuple.tuple("AUT-013", "spec.actions[0].params.maxsize"),
            Tuple.tuple("AUT-003", "spec.actions[0].params.minsize"));
    assertThat(problems)
        .filteredOn(problem -> problem.code().equals("AUT-010"))
        .singleElement()
        .satisfies(problem ->
            assertThat(problem.fix()).isEqualTo("Did you mean 'px_volume_usage_bytes'?"));
    assertThat(problems)
        .filteredOn(problem -> problem.path().equals("spec.polInterval"))
        .singleElement()
        .satisfies(problem -> assertThat(problem.fix()).isEqualTo("Did you mean 'pollInterval'?"));
  }

  @Test
  void requiredMatchesMayNotExceedTheNumberOfExpressions() {
    assertThat(
            problems(PAPER.replace("    expressions:", "    requiredMatches: 2\n    expressions:")))
        .extracting(RuleProblem::path)
        .containsExactly("spec.conditions.requiredMatches");
  }

  private static String expandRule(String params) {
    return """
    apiVersion: autopilot.libopenstorage.org/v1alpha1
    kind: AutopilotRule
    metadata:
      name: grow-pools
    spec:
      conditions:
        expressions:
          - key: "100 * ( px_pool_stats_available_bytes/ px_pool_stats_total_bytes)"
            operator: Lt
            values: ["50"]
          - key: "px_pool_stats_total_bytes/(1024*1024*1024)"
            operator: Lt
            values: ["2000"]
      actions:
        - name: openstorage.io.action.storagepool/expand
          params: %s
    """
        .formatted(params);
  }

  private static ExpandAction expansion(String params) {
    return (ExpandAction)
        ((RuleOutcome.Valid) RuleReader.read(expandRule(params)).getFirst()).rule().action();
  }

  @Test
  void poolsGrowByAShareOrByASizeAsPeopleWriteIt() {
    assertThat(expansion("{scalepercentage: \"50\", scaletype: resize-drive}"))
        .isEqualTo(
            new ExpandAction(
                new ExpandAction.Growth.Percentage(new BigDecimal("50")), OptionalLong.empty()));
    assertThat(expansion("{scalesize: 64Gi, scaletype: auto, maxsize: 4T}"))
        .isEqualTo(
            new ExpandAction(
                new ExpandAction.Growth.Bytes(64L << 30), OptionalLong.of(4_000_000_000_000L)));
    assertThat(expansion("{scalesize: 64Gi, scaletype: resize-disk}").growth())
        .isEqualTo(new ExpandAction.Growth.Bytes(64L << 30));
  }

  @Test
  void growingAPoolByDrivesOrInTwoWaysAtOnceIsRefusedWithTheReason() {
    assertThat(problems(expandRule("{scalepercentage: \"50\", scaletype: add-drive}")))
        .singleElement()
        .satisfies(problem -> {
          assertThat(problem.code()).isEqualTo("AUT-013");
          assertThat(problem.path()).isEqualTo("spec.actions[0].params.scaletype");
          assertThat(problem.why()).contains("Another drive is another pool");
        });
    assertThat(problems(expandRule("{scalepercentage: \"50\", scalesize: 1Gi}")))
        .extracting(RuleProblem::path)
        .containsExactly("spec.actions[0].params.scalesize");
    assertThat(problems(expandRule("{scalesize: 64GB}")))
        .extracting(RuleProblem::code)
        .containsExactly("AUT-013");
    assertThat(problems(expandRule("{scaletype: resize-drives, scalesize: 64G}")))
        .extracting(RuleProblem::code)
        .containsExactly("AUT-007");
    assertThat(problems(expandRule("{}"))).extracting(RuleProblem::code).containsExactly("AUT-004");
  }

  @Test
  void aRuleLooksAtWhatItActsOn() {
    String rebalance =
        PAPER
            .replace(
                "openstorage.io.action.volume/resize",
                "openstorage.io.action.storagepool/rebalance")
            .replaceAll("(?s) +params:.*", "");
    assertThat(problems(rebalance))
        .extracting(RuleProblem::code, RuleProblem::path)
        .containsExactly(Tuple.tuple("AUT-011", "spec.conditions.expressions[0].key"));
    String ofPools =
        rebalance
            .replace("px_volume_usage_bytes", "px_pool_stats_used_bytes")
            .replace("px_volume_capacity_bytes", "px_pool_stats_total_bytes");
    assertThat(RuleReader.read(ofPools))
        .singleElement()
        .isInstanceOfSatisfying(
            RuleOutcome.Valid.class,
            valid -> assertThat(valid.rule().action()).isEqualTo(new RebalanceAction(5)));
  }

  @Test
  void missingPartsAreNamed() {
    assertThat(problems("apiVersion: autopilot.libopenstorage.org/v1alpha1\nkind: AutopilotRule\n"))
        .extracting(RuleProblem::path)
        .containsExactly("metadata", "spec");
    assertThat(problems(PAPER.replaceAll("(?s)  conditions:.*", "")))
        .extracting(RuleProblem::path)
        .containsExactly("spec.conditions", "spec.actions");
  }

  @Test
  void aBadRuleStopsNoOtherInTheFile() {
    var outcomes = RuleReader.read(PAPER + "---\nkind: Pod\n---\n" + EVERYTHING + "---\n");

    assertThat(outcomes).hasSize(3);
    assertThat(outcomes.get(0)).isInstanceOf(RuleOutcome.Valid.class);
    assertThat(outcomes.get(1)).isInstanceOf(RuleOutcome.Invalid.class);
    assertThat(outcomes.get(2)).isInstanceOf(RuleOutcome.Valid.class);
  }

  @Test
  void whatIsNotYamlIsReportedWithItsPlace() {
    assertThat(problems("spec: [1,\n  2"))
        .singleElement()
        .satisfies(problem -> {
          assertThat(problem.code()).isEqualTo("AUT-001");
          assertThat(problem.path()).startsWith("line ");
        });
    assertThat(problems("kind: A\nkind: B\n")).extracting(RuleProblem::code).contains("AUT-001");
    assertThat(problems("just text")).extracting(RuleProblem::code).containsExactly("AUT-001");
    assertThat(RuleReader.read("")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "1Ti, 1099511627776",
    "1T, 1000000000000",
    "20Gi, 21474836480",
    "1.5G, 1500000000",
    "1e12, 1000000000000",
    "42, 42",
    "1.9, 1",
    "8Ei, ",
    "1TB, ",
    "-1Gi, ",
    "Gi, "
  })
  void quantitiesAreDecimalOrBinary(String text, Long bytes) {
    assertThat(Quantity.bytes(text))
        .isEqualTo(bytes == null ? OptionalLong.empty() : OptionalLong.of(bytes));
  }

  static AutopilotRule valid(String yaml) {
    RuleOutcome outcome = RuleReader.read(yaml).getFirst();
    assertThat(outcome).isInstanceOf(RuleOutcome.Valid.class);
    return ((RuleOutcome.Valid) outcome).rule();
  }

  private static List<RuleProblem> problems(String yaml) {
    RuleOutcome outcome = RuleReader.read(yaml).getFirst();
    assertThat(outcome).isInstanceOf(RuleOutcome.Invalid.class);
    return ((RuleOutcome.Invalid) outcome).problems();
  }
}
