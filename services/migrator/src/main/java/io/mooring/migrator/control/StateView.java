package io.mooring.migrator.control;

import io.mooring.migrator.work.Workshop;
import io.mooring.schemas.ClusterPairState;
import io.mooring.schemas.MigrationKind;
import io.mooring.schemas.MigrationRuleState;
import io.mooring.schemas.MigrationState;
import io.mooring.schemas.MigrationVolume;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Migrations, pairs and rules as this instance has read them; a moment behind whoever decides. */
public final class StateView implements Workshop.Records {

  private final Map<String, MigrationState> migrations = new ConcurrentHashMap<>();
  private final Map<String, ClusterPairState> pairs = new ConcurrentHashMap<>();
  private final Map<String, MigrationRuleState> rules = new ConcurrentHashMap<>(BuiltInRules.ALL);

  void put(MigrationState state) {
    migrations.merge(
        state.getName(), state, (old, read) -> old.getRevision() > read.getRevision() ? old : read);
  }

  void removeMigration(String name) {
    migrations.remove(name);
  }

  void put(ClusterPairState pair) {
    pairs.put(pair.getName(), pair);
  }

  void removePair(String name) {
    pairs.remove(name);
  }

  void put(MigrationRuleState rule) {
    rules.put(rule.getName(), rule);
  }

  void removeRule(String name) {
    rules.remove(name);
  }

  /** Whether a rule comes with the service. */
  public static boolean isBuiltIn(String rule) {
    return BuiltInRules.ALL.containsKey(rule);
  }

  public Collection<MigrationRuleState> rules() {
    return rules.values().stream()
        .sorted(Comparator.comparing(MigrationRuleState::getName))
        .toList();
  }

  public Optional<MigrationRuleState> rule(String name) {
    return Optional.ofNullable(rules.get(name));
  }

  /** Newest first. */
  public List<MigrationState> migrations() {
    return migrations.values().stream()
        .sorted(Comparator.comparing(MigrationState::getCreatedAt).reversed())
        .toList();
  }

  public Optional<MigrationState> migration(String name) {
    return Optional.ofNullable(migrations.get(name));
  }

  public Collection<ClusterPairState> pairs() {
    return pairs.values().stream().sorted(Comparator.comparing(ClusterPairState::getName)).toList();
  }

  @Override
  public Optional<ClusterPairState> pair(String name) {
    return Optional.ofNullable(pairs.get(name));
  }

  @Override
  public Optional<MigrationVolume> last(String volume, String butNot) {
    return migrations().stream()
        .filter(state -> state.getKind() == MigrationKind.RESTORE)
        .filter(state -> !state.getName().equals(butNot))
        .flatMap(state -> state.getVolumes().stream())
        .filter(made -> made.getName().equals(volume))
        .findFirst();
  }
}
