package io.mooring.autopilot.rule;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.mooring.autopilot.rule.ConditionExpression.Operator;
import io.mooring.testsupport.StructuralSchema;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The API server accepts what the reader of rules accepts, and refuses what it can know to be
 * wrong.
 */
class RuleDefinitionTest {

  private static final Path CRDS = Path.of("../../k8s/crds");
  private static final YAMLMapper YAML = new YAMLMapper();
  private static final QueryTerms TERMS =
      new QueryTerms(true, Duration.ofSeconds(10), Duration.ofMinutes(5));

  /** Every field that a rule can have. */
  private static final String EVERYTHING =
      """
      apiVersion: autopilot.libopenstorage.org/v1alpha1
      kind: AutopilotRule
      metadata:
        name: all-fields
      spec:
        weight: 7
        pollInterval: 2
        enforcement: approvalRequired
        selector:
          matchLabels: {app: kafka}
          matchExpressions:
            - {key: tier, operator: In, values: [gold, silver]}
        namespaceSelector:
          matchLabels: {team: streaming}
          matchExpressions:
            - {key: env, operator: Exists, values: []}
        conditions:
          type: monitoring
          provider: prometheus
          for: 60
          requiredMatches: 1
          expressions:
            - key: "100 * (px_volume_usage_bytes / px_volume_capacity_bytes)"
              operator: Gt
              values: ["80"]
        actions:
          - name: openstorage.io.action.volume/resize
            params: {scalepercentage: "100", maxsize: "1Ti"}
        actionsCoolDownPeriod: 300
      """;

  @Test
  void everyFieldOfTheDefinitionIsReadAndEveryFieldThatIsReadIsDefined() throws IOException {
    StructuralSchema schema = schema("autopilotrules");
    JsonNode rule = YAML.readTree(EVERYTHING);
    assertThat(schema.problems(rule)).isEmpty();
    assertThat(RuleReader.read(EVERYTHING, TERMS))
        .singleElement()
        .isInstanceOf(RuleOutcome.Valid.class);
    // An alias is defined, so that the reader's answer reaches its author.
    assertThat(schema.fieldsOf("spec"))
        .containsExactlyInAnyOrderElementsOf(
            Stream.concat(
                    StructuralSchema.fieldsOf(rule.get("spec"), "spec").stream(),
                    Stream.of("spec.conditions.expressions[].keyAlias"))
                .toList());
  }

  @Test
  void theWordsThatMeanSomethingAreThose() throws IOException {
    StructuralSchema schema = schema("autopilotrules");
    assertThat(schema.choices("spec.conditions.expressions[].operator"))
        .containsExactlyInAnyOrderElementsOf(
            Stream.of(Operator.values()).map(Operator::written).toList());
    assertThat(schema.choices("spec.selector.matchExpressions[].operator"))
        .containsExactlyInAnyOrderElementsOf(
            Stream.of(LabelSelector.Operator.values())
                .map(LabelSelector.Operator::written)
                .toList())
        .containsExactlyElementsOf(
            schema.choices("spec.namespaceSelector.matchExpressions[].operator"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "weight: -1",
        "pollInterval: 0",
        "enforcement: preferred",
        "actionsCoolDownPeriod: -1",
        "actions: []",
        "actionsCoolDown: 3"
      })
  void whatTheDefinitionRefusesTheReaderRefuses(String field) throws IOException {
    ObjectNode rule = (ObjectNode) YAML.readTree(EVERYTHING);
    ((ObjectNode) rule.get("spec")).setAll((ObjectNode) YAML.readTree(field));
    assertThat(schema("autopilotrules").problems(rule)).isNotEmpty();
    assertThat(RuleReader.read(YAML.writeValueAsString(rule), TERMS))
        .singleElement()
        .isInstanceOf(RuleOutcome.Invalid.class);
  }

  @ParameterizedTest
  @CsvSource({
    "autopilotrules, Cluster, AutopilotRule, ar",
    "autopilotruleobjects, Namespaced, AutopilotRuleObject, aro",
    "actionapprovals, Namespaced, ActionApproval, ''"
  })
  void theDefinitionsAreKnownByTheNamesThatPeopleUse(
      String plural, String scope, String kind, String shortName) throws IOException {
    JsonNode definition = YAML.readTree(CRDS.resolve(plural + ".yaml").toFile());
    assertThat(definition.at("/metadata/name").asText())
        .isEqualTo(plural + ".autopilot.libopenstorage.org");
    assertThat(definition.at("/spec/scope").asText()).isEqualTo(scope);
    assertThat(definition.at("/spec/names/kind").asText()).isEqualTo(kind);
    assertThat(definition.at("/spec/names/shortNames/0").asText()).isEqualTo(shortName);
    assertThat(definition.at("/spec/versions/0/name").asText()).isEqualTo("v1alpha1");
    assertThat(definition.at("/spec/versions/0/subresources/status").isObject()).isTrue();
    assertThat(schema(plural).problems(YAML.valueToTree(Map.of("spec", 5)))).isNotEmpty();
  }

  @Test
  void everySchemaIsStructural() throws IOException {
    for (String plural : List.of("autopilotrules", "autopilotruleobjects", "actionapprovals")) {
      assertThat(schema(plural).partsWithoutType()).isEmpty();
    }
  }

  private static StructuralSchema schema(String plural) throws IOException {
    JsonNode definition = YAML.readTree(CRDS.resolve(plural + ".yaml").toFile());
    return new StructuralSchema(definition.at("/spec/versions/0/schema/openAPIV3Schema"));
  }
}
