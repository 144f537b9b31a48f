package io.mooring.migrator.kubernetes.resources;

import io.fabric8.kubernetes.client.utils.Serialization;
import io.mooring.kubernetes.Failures;
import io.mooring.migrator.control.ResourceOwner;
import io.mooring.migrator.control.StateView;
import io.mooring.migrator.rest.RuleDocument;
import io.mooring.schemas.MigrationRuleItem;
import io.mooring.schemas.MigrationRuleState;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Rules of the cluster are kept as those that come over REST, and checked in the same way. */
final class RuleSync {

  private static final String RULES = "rules";

  private final Keeper<MigrationRuleState> keeper;
  private final StatusBoard statuses;
  private final ControlNames names;
  private final Clock clock;

  RuleSync(
      Keeper<MigrationRuleState> keeper, StatusBoard statuses, ControlNames names, Clock clock) {
    this.keeper = keeper;
    this.statuses = statuses;
    this.names = names;
    this.clock = clock;
  }

  void pass(List<Manifest> manifests, StateView topics) {
    Map<String, ResourceOwner> owners = new HashMap<>();
    Failures failures = new Failures();
    keeper.begin(topics);
    for (Manifest manifest : manifests) {
      failures.attempt(manifest, one -> follow(one, owners));
    }
    keeper.sweep(owners, failures);
    failures.rethrow();
  }

  private void follow(Manifest manifest, Map<String, ResourceOwner> owners) {
    String name = names.rule(manifest.namespace(), manifest.name());
    var refusal = keeper.claim(manifest, name);
    if (refusal.isPresent()) {
      show(manifest, name, false, List.of(refusal.get()));
      return;
    }
    owners.put(name, manifest.owner());
    List<MigrationRuleItem> items;
    try {
      items = RuleDocument.read(Serialization.asJson(written(manifest)));
    } catch (IllegalArgumentException e) {
      String problem =
          "MIG-105 Rule '%s' was not kept. Something is wrong with it: %s.%s Correct it."
              .formatted(
                  manifest.name(),
                  e.getMessage(),
                  keeper.present(name).isPresent() ? " What it said before is in use." : "");
      show(manifest, name, keeper.present(name).isPresent(), List.of(problem));
      return;
    }
    if (keeper.keep(
        new MigrationRuleState(name, items, manifest.owner().toString(), clock.instant()))) {
      show(manifest, name, true, List.of());
    }
  }

  private static Map<String, Object> written(Manifest manifest) {
    Map<String, Object> document = new TreeMap<>();
    document.put(RULES, manifest.resource().getAdditionalProperties().get(RULES));
    return document;
  }

  private void show(Manifest manifest, String name, boolean inUse, List<String> problems) {
    statuses.show(manifest, Map.of("name", name, "inUse", inUse, StatusBoard.PROBLEMS, problems));
  }
}
