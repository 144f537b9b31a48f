package io.mooring.migrator.control;

import io.mooring.migrator.decision.ScheduleFindings;
import io.mooring.migrator.work.Workshop;
import io.mooring.schemas.ClusterPairState;
import io.mooring.schemas.MigrationKind;
import io.mooring.schemas.MigrationRuleItem;
import io.mooring.schemas.MigrationRuleState;
import io.mooring.schemas.MigrationScheduleState;
import io.mooring.schemas.MigrationState;
import io.mooring.schemas.MigrationStatus;
import io.mooring.schemas.MigrationVolume;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Migrations, schedules, pairs and rules as this instance has read them; a moment behind whoever
 * decides.
 */
public final class StateView implements Workshop.Records {

  private final Map<String, MigrationState> migrations = new ConcurrentHashMap<>();
  private final Map<String, ClusterPairState> pairs = new ConcurrentHashMap<>();
  private final Map<String, MigrationScheduleState> schedules = new ConcurrentHashMap<>();
  private final Map<String, MigrationScheduleState> findings = new ConcurrentHashMap<>();
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

  /** A schedule, or what was found about it: the key tells which. */
  void putSchedule(String key, MigrationScheduleState schedule) {
    ScheduleFindings.scheduleOf(key)
        .ifPresentOrElse(name -> findings.put(name, schedule), () -> schedules.put(key, schedule));
  }

  void removeSchedule(String key) {
    ScheduleFindings.scheduleOf(key).ifPresentOrElse(findings::remove, () -> schedules.remove(key));
  }

  public Collection<MigrationScheduleState> schedules() {
    return schedules.values().stream()
        .map(this::withFindings)
        .sorted(Comparator.comparing(MigrationScheduleState::getName))
        .toList();
  }

  public Optional<MigrationScheduleState> schedule(String name) {
    return Optional.ofNullable(schedules.get(name)).map(this::withFindings);
  }

  private MigrationScheduleState withFindings(MigrationScheduleState said) {
    return ScheduleFindings.merged(said, Optional.ofNullable(findings.get(said.getName())));
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

  /** What a rule does; nothing, if none is named. Empty if there is none of this name. */
  public Optional<List<MigrationRuleItem>> ruleItems(String name) {
    return name.isEmpty() ? Optional.of(List.of()) : rule(name).map(MigrationRuleState::getItems);
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
  public Optional<Left> last(String volume, String butNot) {
    return migrations().stream()
        .filter(state -> state.getKind() == MigrationKind.RESTORE || hasGivenUp(state))
        .filter(state -> !state.getName().equals(butNot))
        .flatMap(state ->
            state.getVolumes().stream()
                .filter(left -> left.getName().equals(volume))
                .map(left -> left(state, left)))
        .findFirst();
  }

  private static Left left(MigrationState state, MigrationVolume volume) {
    boolean restored = state.getKind() == MigrationKind.RESTORE;
    return new Left(volume, !restored, restored ? Workshop.purposeOf(state) : "");
  }

  private static boolean hasGivenUp(MigrationState state) {
    return state.getKind() == MigrationKind.MIGRATION
        && state.getSpec().getFailover()
        && (state.getStatus() == MigrationStatus.SUCCESSFUL
            || state.getStatus() == MigrationStatus.PARTIAL_SUCCESS);
  }
}
