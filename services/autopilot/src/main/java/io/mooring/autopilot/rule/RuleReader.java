package io.mooring.autopilot.rule;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.mooring.autopilot.rule.AutopilotRule.Selection;
import io.mooring.autopilot.rule.AutopilotRule.Timing;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Reads rules from YAML. One file may hold several, separated by {@code ---}; a bad one stops no
 * other.
 */
public final class RuleReader {

  static final String API_VERSION = "autopilot.libopenstorage.org/v1alpha1";
  static final String KIND = "AutopilotRule";

  /** Annotation that allows resizes to be sized by observed growth. */
  public static final String FORECAST_ANNOTATION = "mooring.io/forecast";

  private static final long SECONDS_MAX = Duration.ofDays(365).toSeconds();
  private static final int NAME_LENGTH_MAX = 253;
  private static final List<String> SPEC_FIELDS =
      List.of(
          "weight",
          "pollInterval",
          "enforcement",
          "selector",
          "namespaceSelector",
          "conditions",
          "actions",
          "actionsCoolDownPeriod");
  private static final String APPROVAL_REQUIRED = "approvalRequired";

  private static final ObjectReader YAML =
      YAMLMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .build()
          .readerFor(JsonNode.class);

  private RuleReader() {}

  /** Reads every rule of a document, where nobody answers queries. */
  public static List<RuleOutcome> read(String yaml) {
    return read(yaml, QueryTerms.NONE);
  }

  /** Reads every rule of a document; what is not YAML ends it with one invalid rule. */
  public static List<RuleOutcome> read(String yaml, QueryTerms terms) {
    List<RuleOutcome> outcomes = new ArrayList<>();
    try (MappingIterator<JsonNode> documents = YAML.readValues(yaml)) {
      while (documents.hasNextValue()) {
        JsonNode document = documents.nextValue();
        if (document != null && !document.isNull() && !document.isMissingNode()) {
          outcomes.add(readOne(document, terms));
        }
      }
    } catch (JsonProcessingException e) {
      outcomes.add(notYaml(e));
    } catch (IOException e) {
      throw new UncheckedIOException("a string could not be read", e);
    }
    return outcomes;
  }

  private static RuleOutcome notYaml(JsonProcessingException e) {
    String where =
        e.getLocation() == null
            ? "document"
            : "line %d, column %d"
                .formatted(e.getLocation().getLineNr(), e.getLocation().getColumnNr());
    return new RuleOutcome.Invalid(
        "",
        List.of(
            new RuleProblem(
                "AUT-001",
                where,
                "This is not YAML: %s.".formatted(e.getOriginalMessage().strip()),
                "Rules are YAML, and every name appears once in its mapping.",
                "Correct the place; it is often the indentation.")));
  }

  private static RuleOutcome readOne(JsonNode document, QueryTerms terms) {
    List<RuleProblem> problems = new ArrayList<>();
    RuleNode root = new RuleNode(document, "", problems);
    if (!document.isObject()) {
      problems.add(
          new RuleProblem(
              "AUT-001",
              "document",
              "is not a mapping.",
              "A rule begins with 'apiVersion: %s'.".formatted(API_VERSION),
              "Write a rule, or remove the document."));
      return new RuleOutcome.Invalid("", problems);
    }
    root.isMappingOf(List.of("apiVersion", "kind", "metadata", "spec", "status"));
    checkKind(root);
    Optional<RuleNode> metadata =
        root.required("metadata", "Add 'metadata:' with a 'name:'.").filter(RuleNode::isMapping);
    Optional<RuleNode> spec =
        root.required("spec", "Add 'spec:' with conditions and actions.")
            .filter(RuleNode::isMapping);
    String name =
        metadata
            .flatMap(node -> node.required("name", "Give the rule a unique name."))
            .map(RuleReader::checkedName)
            .orElse("");
    boolean forecast = metadata.map(RuleReader::forecast).orElse(false);
    Optional<AutopilotRule> rule = spec.map(node -> rule(name, node, forecast, terms));
    return problems.isEmpty() && rule.isPresent()
        ? new RuleOutcome.Valid(rule.get())
        : new RuleOutcome.Invalid(name, problems);
  }

  private static void checkKind(RuleNode root) {
    mustBe(root, "apiVersion", API_VERSION);
    mustBe(root, "kind", KIND);
  }

  private static void mustBe(RuleNode root, String field, String expected) {
    root.required(field, "Add '%s: %s'.".formatted(field, expected))
        .filter(node -> !node.text().equals(expected))
        .ifPresent(node ->
            root.problems()
                .add(
                    new RuleProblem(
                        "AUT-002",
                        node.path(),
                        "is '%s'.".formatted(node.node().asText()),
                        "Only AutopilotRules of this version are read.",
                        "Write '%s: %s'.".formatted(field, expected))));
  }

  private static String checkedName(RuleNode node) {
    String name = node.text();
    if (name.length() > NAME_LENGTH_MAX || !name.matches("[a-z0-9]([-a-z0-9.]*[a-z0-9])?")) {
      node.refuse(
          "AUT-014",
          "is '%s'.".formatted(name),
          "Names have up to %d lower-case letters, digits, '-' and '.'.".formatted(NAME_LENGTH_MAX),
          "Choose such a name.");
    }
    return name;
  }

  private static boolean forecast(RuleNode metadata) {
    Optional<RuleNode> annotation =
        metadata
            .field("annotations")
            .map(RuleNode::entries)
            .map(entries -> entries.get(FORECAST_ANNOTATION));
    return annotation.map(RuleReader::flag).orElse(false);
  }

  private static boolean flag(RuleNode node) {
    String written = node.text();
    if (!written.equals("true") && !written.equals("false")) {
      node.notOneOf(written, List.of("true", "false"));
    }
    return written.equals("true");
  }

  private static AutopilotRule rule(
      String name, RuleNode spec, boolean forecast, QueryTerms terms) {
    spec.isMappingOf(SPEC_FIELDS);
    Duration pollInterval = seconds(spec, "pollInterval", 1, AutopilotRule.DEFAULT_POLL_INTERVAL);
    Conditions conditions =
        new ConditionsReader(terms, pollInterval, ActionReader.subject(spec)).read(spec);
    return new AutopilotRule(
        name,
        spec.field("weight")
            .map(node -> node.wholeNumber(0, Integer.MAX_VALUE))
            .flatMap(RuleReader::boxed)
            .orElse(0L),
        approvalRequired(spec),
        new Selection(
            SelectorReader.read(spec.field("selector")),
            SelectorReader.read(spec.field("namespaceSelector"))),
        conditions,
        withDeviation(ActionReader.read(spec), conditions),
        new Timing(
            pollInterval,
            seconds(spec, "actionsCoolDownPeriod", 0, AutopilotRule.DEFAULT_COOL_DOWN)),
        forecast);
  }

  private static RuleAction withDeviation(RuleAction action, Conditions conditions) {
    return switch (action) {
      case ResizeAction resize -> resize;
      case ExpandAction expand -> expand;
      case RebalanceAction _ -> new RebalanceAction(PoolAlias.deviationFor(conditions));
    };
  }

  private static boolean approvalRequired(RuleNode spec) {
    Optional<RuleNode> enforcement = spec.field("enforcement");
    if (enforcement.isEmpty()) {
      return false;
    }
    String written = enforcement.get().text();
    if (!written.equals(APPROVAL_REQUIRED)) {
      enforcement.get().notOneOf(written, List.of(APPROVAL_REQUIRED));
    }
    return true;
  }

  static Duration seconds(RuleNode parent, String field, long min, Duration fallback) {
    return parent
        .field(field)
        .map(node -> node.wholeNumber(min, SECONDS_MAX))
        .flatMap(RuleReader::boxed)
        .map(Duration::ofSeconds)
        .orElse(fallback);
  }

  static Optional<Long> boxed(OptionalLong value) {
    return value.isPresent() ? Optional.of(value.getAsLong()) : Optional.empty();
  }
}
