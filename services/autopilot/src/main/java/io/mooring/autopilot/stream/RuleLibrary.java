package io.mooring.autopilot.stream;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.mooring.autopilot.decision.RuleBook;
import io.mooring.autopilot.rule.AutopilotRule;
import io.mooring.autopilot.rule.QueryTerms;
import io.mooring.autopilot.rule.RuleDocument;
import io.mooring.autopilot.rule.RuleOutcome;
import io.mooring.autopilot.rule.RuleProblem;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * All rules, as they were written and as they were understood. One thread changes it, all others
 * read. A rule that cannot be used is kept with its problems and stops no other.
 */
public final class RuleLibrary {

  /**
   * A rule as it was written.
   *
   * @param origin where it came from
   * @param problems why it is not used; empty if it is
   */
  public record Shelved(
      String name,
      String document,
      String origin,
      Instant updatedAt,
      @Nullable AutopilotRule rule,
      List<RuleProblem> problems) {
    public Shelved {
      problems = List.copyOf(problems);
    }
  }

  private final QueryTerms terms;
  private volatile Map<String, Shelved> shelf = Map.of();
  private volatile RuleBook book = RuleBook.EMPTY;

  public RuleLibrary(QueryTerms terms) {
    this.terms = terms;
  }

  /** On which terms rules are read. */
  public QueryTerms terms() {
    return terms;
  }

  /** The rules in use. */
  public RuleBook book() {
    return book;
  }

  /** All rules, by name. */
  public List<Shelved> all() {
    return new TreeMap<>(shelf).values().stream().toList();
  }

  public Optional<Shelved> named(String name) {
    return Optional.ofNullable(shelf.get(name));
  }

  synchronized Shelved put(String name, String document, String origin, Instant updatedAt) {
    Shelved shelved = understand(name, document, origin, updatedAt);
    Map<String, Shelved> changed = new TreeMap<>(shelf);
    changed.put(name, shelved);
    replace(changed);
    return shelved;
  }

  synchronized void remove(String name) {
    Map<String, Shelved> changed = new TreeMap<>(shelf);
    changed.remove(name);
    replace(changed);
  }

  private void replace(Map<String, Shelved> changed) {
    shelf = Map.copyOf(changed);
    book =
        RuleBook.of(
            changed.values().stream()
                .flatMap(shelved ->
                    Optional.ofNullable(shelved.rule()).stream()
                        .map(rule -> new RuleBook.Entry(rule, version(shelved.document()))))
                .toList());
  }

  private Shelved understand(String name, String document, String origin, Instant updatedAt) {
    return switch (RuleDocument.only(name, document, terms).outcome()) {
      case RuleOutcome.Valid(AutopilotRule rule) ->
          new Shelved(name, document, origin, updatedAt, rule, List.of());
      case RuleOutcome.Invalid(String _, List<RuleProblem> problems) ->
          new Shelved(name, document, origin, updatedAt, null, problems);
    };
  }

  /** Version of a rule under which its states are reached. */
  public static String version(String document) {
    return UUID.nameUUIDFromBytes(document.getBytes(UTF_8)).toString();
  }
}
