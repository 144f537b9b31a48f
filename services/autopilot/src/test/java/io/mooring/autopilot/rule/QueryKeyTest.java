package io.mooring.autopilot.rule;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.autopilot.expression.MetricExpression;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys that are more than arithmetic over what agents measure. */
class QueryKeyTest {

  private static final Duration LOOK_BACK = Duration.ofMinutes(5);
  private static final QueryTerms SERVER = new QueryTerms(true, Duration.ofSeconds(10), LOOK_BACK);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "predict_linear(px_volume_usage_bytes[1h], 3600) / px_volume_capacity_bytes",
        "px_volume_usage_bytes{cluster='a'}",
        "kubelet_volume_stats_used_bytes",
        "max by (volumeid) (px_volume_usage_bytes)"
      })
  void isAQueryIfAServerIsConfiguredAndAProblemOtherwise(String key) {
    assertThat(expression(key, "Gt", "pollInterval: 30", SERVER))
        .isEqualTo(
            new MetricExpression.Query(
                key, Duration.ofSeconds(30), Duration.ofSeconds(60), LOOK_BACK));
    assertThat(problems(key, "Gt", QueryTerms.NONE))
        .singleElement()
        .extracting(RuleProblem::code)
        .isIn("AUT-009", "AUT-010");
  }

  @Test
  void withoutAServerTheProblemSaysHowToGetOne() {
    assertThat(problems("rate(px_volume_usage_bytes[5m])", "Gt", QueryTerms.NONE).getFirst())
        .satisfies(problem -> assertThat(problem.why()).contains("no", "Prometheus server"))
        .satisfies(
            problem -> assertThat(problem.fix()).contains("mooring.autopilot.prometheus.url"));
  }

  @Test
  void arithmeticOverWhatIsMeasuredIsNeverAskedOfAServer() {
    assertThat(
            expression(
                "100 * (px_volume_usage_bytes / px_volume_capacity_bytes)", "Gt", "", SERVER))
        .isInstanceOf(MetricExpression.Combined.class);
  }

  @Test
  void aSlipOfThePenIsNoQuery() {
    assertThat(problems("px_volume_usge_bytes", "Gt", SERVER).getFirst())
        .satisfies(problem -> assertThat(problem.code()).isEqualTo("AUT-010"))
        .satisfies(problem -> assertThat(problem.fix()).contains("px_volume_usage_bytes"));
  }

  @Test
  void missingDataCannotBeAskedFor() {
    assertThat(problems("count(up)", "DoesNotExist", SERVER).getFirst().code())
        .isEqualTo("AUT-008");
  }

  @Test
  void aServerIsAskedAboutPoolsToo() {
    assertThat(poolRule("avg_over_time(px_pool_stats_used_bytes[1h])", SERVER))
        .isInstanceOf(RuleOutcome.Valid.class);
    assertThat(poolRule("100 * px_pool_stats_used_bytes / px_pool_stats_total_bytes", SERVER))
        .isInstanceOf(RuleOutcome.Valid.class);
    assertThat(((RuleOutcome.Invalid) poolRule("count(up)", QueryTerms.NONE)).problems())
        .singleElement()
        .satisfies(problem -> assertThat(problem.fix()).contains("px_pool_stats_used_bytes"))
        .satisfies(problem -> assertThat(problem.fix()).contains("prometheus.url"));
    assertThat(((RuleOutcome.Invalid) poolRule("px_pool_stats_usd_bytes", SERVER)).problems())
        .singleElement()
        .satisfies(problem -> assertThat(problem.code()).isEqualTo("AUT-010"));
  }

  private static RuleOutcome poolRule(String key, QueryTerms terms) {
    return RuleReader.read(
            """
            apiVersion: autopilot.libopenstorage.org/v1alpha1
            kind: AutopilotRule
            metadata:
              name: queried-pools
            spec:
              conditions:
                expressions:
                  - key: "%s"
                    operator: Gt
                    values: ["1"]
              actions:
                - name: openstorage.io.action.storagepool/rebalance
            """
                .formatted(key),
            terms)
        .getFirst();
  }

  @Test
  void nobodyAsksMoreOftenThanTheConfigurationAllows() {
    assertThat(expression("count(up)", "Gt", "pollInterval: 2", SERVER))
        .isEqualTo(
            new MetricExpression.Query(
                "count(up)", Duration.ofSeconds(10), Duration.ofSeconds(30), LOOK_BACK));
  }

  private static MetricExpression expression(
      String key, String operator, String moreSpec, QueryTerms terms) {
    return ((RuleOutcome.Valid) read(key, operator, moreSpec, terms))
        .rule()
        .conditions()
        .expressions()
        .getFirst()
        .expression();
  }

  private static List<RuleProblem> problems(String key, String operator, QueryTerms terms) {
    return ((RuleOutcome.Invalid) read(key, operator, "", terms)).problems();
  }

  private static RuleOutcome read(String key, String operator, String moreSpec, QueryTerms terms) {
    String yaml =
        """
        apiVersion: autopilot.libopenstorage.org/v1alpha1
        kind: AutopilotRule
        metadata:
          name: queried
        spec:
          conditions:
            expressions:
              - key: "%s"
                operator: %s
                values: %s
          actions:
            - name: openstorage.io.action.volume/resize
              params:
                scalepercentage: "100"
          %s
        """
            .formatted(key, operator, operator.equals("DoesNotExist") ? "[]" : "[\"1\"]", moreSpec);
    return RuleReader.read(yaml, terms).getFirst();
  }
}
