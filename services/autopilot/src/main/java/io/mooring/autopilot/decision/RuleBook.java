package io.mooring.autopilot.decision;

import io.mooring.autopilot.rule.AutopilotRule;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** All rules in the order in which they are asked: the heaviest first, then by name. */
public record RuleBook(List<Entry> entries) {

  public static final RuleBook EMPTY = new RuleBook(List.of());

  /**
   * A rule in use.
   *
   * @param version changes whenever the rule's text does
   */
  public record Entry(AutopilotRule rule, String version) {}

  public RuleBook {
    entries = List.copyOf(entries);
  }

  public static RuleBook of(Collection<Entry> entries) {
    return new RuleBook(
        entries.stream()
            .sorted(
                Comparator.comparingLong((Entry entry) -> -entry.rule().weight())
                    .thenComparing(entry -> entry.rule().name()))
            .toList());
  }

  Optional<Entry> named(String name) {
    for (Entry entry : entries) {
      if (entry.rule().name().equals(name)) {
        return Optional.of(entry);
      }
    }
    return Optional.empty();
  }
}
