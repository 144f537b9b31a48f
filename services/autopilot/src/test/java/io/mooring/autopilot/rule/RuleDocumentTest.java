package io.mooring.autopilot.rule;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class RuleDocumentTest {

  private static final String RULE = RuleReaderTest.PAPER;

  @Test
  void aFileIsTakenApartAndEachDocumentKeepsItsText() {
    String other = RULE.replace("kafka-resize", "other");
    List<RuleDocument> documents =
        RuleDocument.allOf("# rules\n---\n" + RULE + "---   # the next\n" + other + "---\n");

    assertThat(documents)
        .extracting(RuleDocument::text)
        .containsExactly(RULE, "# the next\n" + other);
    assertThat(documents)
        .extracting(RuleDocument::outcome)
        .allMatch(RuleOutcome.Valid.class::isInstance);
  }

  @Test
  void aDocumentThatIsNotYamlStopsNoOtherAndIsFoundInTheFile() {
    List<RuleDocument> documents =
        RuleDocument.allOf("a: 1\na: 2\n---\n" + RULE + "---\nspec: [1,\n");

    assertThat(documents).hasSize(3);
    assertThat(documents.get(1).outcome()).isInstanceOf(RuleOutcome.Valid.class);
    int lineOfTheLast = 3 + RULE.split("\n").length + 2;
    assertThat(problem(documents.get(0)).path()).startsWith("line 2,");
    assertThat(problem(documents.get(2)).path())
        .matches("line (%d|%d),.*".formatted(lineOfTheLast, lineOfTheLast + 1));
  }

  @Test
  void whereOneRuleIsExpectedAnotherOrSeveralAreRefused() {
    assertThat(only("kafka-resize", RULE).outcome()).isInstanceOf(RuleOutcome.Valid.class);
    assertThat(problem(only("other", RULE)).code()).isEqualTo("AUT-021");
    assertThat(problem(only("kafka-resize", RULE + "---\n" + RULE)).code()).isEqualTo("AUT-001");
    assertThat(problem(only("kafka-resize", "")).code()).isEqualTo("AUT-001");
  }

  private static RuleDocument only(String name, String yaml) {
    return RuleDocument.only(name, yaml, QueryTerms.NONE);
  }

  private static RuleProblem problem(RuleDocument document) {
    return ((RuleOutcome.Invalid) document.outcome()).problems().getFirst();
  }
}
