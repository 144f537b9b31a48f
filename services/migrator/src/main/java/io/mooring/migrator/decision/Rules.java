package io.mooring.migrator.decision;

import io.mooring.schemas.MigrationRuleAction;
import io.mooring.schemas.MigrationRuleItem;
import io.mooring.schemas.MigrationSpec;
import io.mooring.schemas.StartMigration;
import java.util.List;
import java.util.Optional;

/** Whether the rules of a migration can be followed. It carries them itself, so that they stay. */
final class Rules {

  private Rules() {}

  static Optional<String> refusal(String name, StartMigration wanted) {
    MigrationSpec spec = wanted.getSpec();
    boolean any = !wanted.getPreRule().isEmpty() || !wanted.getPostRule().isEmpty();
    if (any && spec.getNamespace().isEmpty()) {
      return Optional.of(Refusals.ruleWithoutNamespace(name));
    }
    return hasBackground(wanted.getPostRule())
        ? Optional.of(Refusals.backgroundAfterwards(name, spec.getPostExecRule()))
        : Optional.empty();
  }

  private static boolean hasBackground(List<MigrationRuleItem> rule) {
    return rule.stream()
        .flatMap(item -> item.getActions().stream())
        .anyMatch(MigrationRuleAction::getBackground);
  }
}
