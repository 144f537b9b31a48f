package io.mooring.autopilot.rule;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * One document of a file of rules, as it was written and as it was understood.
 *
 * @param text the document alone
 */
public record RuleDocument(String text, RuleOutcome outcome) {

  private static final Pattern SEPARATOR = Pattern.compile("(?m)^---(?=\\s|\\z)");

  /** Every document of a file, where nobody answers queries. */
  public static List<RuleDocument> allOf(String yaml) {
    return allOf(yaml, QueryTerms.NONE);
  }

  /** Every document of a file that is not empty; a bad one stops no other. */
  public static List<RuleDocument> allOf(String yaml, QueryTerms terms) {
    List<RuleDocument> documents = new ArrayList<>();
    int linesBefore = 0;
    for (String part : SEPARATOR.split(yaml)) {
      // Leading lines stand for the documents before, so that problems name lines of the file.
      List<RuleOutcome> outcomes = RuleReader.read("\n".repeat(linesBefore) + part, terms);
      if (!outcomes.isEmpty()) {
        RuleOutcome outcome = outcomes.size() == 1 ? outcomes.getFirst() : notOne(outcomes.size());
        documents.add(new RuleDocument(part.strip() + "\n", outcome));
      }
      linesBefore += (int) part.chars().filter(c -> c == '\n').count();
    }
    return documents;
  }

  /** The one document of a text that must hold the rule of that name and nothing else. */
  public static RuleDocument only(String name, String yaml, QueryTerms terms) {
    List<RuleDocument> documents = allOf(yaml, terms);
    if (documents.size() != 1) {
      return new RuleDocument(yaml, notOne(documents.size()));
    }
    RuleDocument document = documents.getFirst();
    return switch (document.outcome()) {
      case RuleOutcome.Valid(AutopilotRule rule) when !rule.name().equals(name) ->
          new RuleDocument(document.text(), otherName(name, rule.name()));
      case RuleOutcome.Valid _, RuleOutcome.Invalid _ -> document;
    };
  }

  private static RuleOutcome notOne(int count) {
    return new RuleOutcome.Invalid(
        "",
        List.of(
            new RuleProblem(
                "AUT-001",
                "document",
                "holds %d rules.".formatted(count),
                "Exactly one rule is expected here.",
                "Write each rule on its own.")));
  }

  private static RuleOutcome otherName(String expected, String found) {
    return new RuleOutcome.Invalid(
        found,
        List.of(
            new RuleProblem(
                "AUT-021",
                "metadata.name",
                "is '%s', the rule is addressed as '%s'.".formatted(found, expected),
                "A rule is known by one name.",
                "Use the same name in both places.")));
  }
}
