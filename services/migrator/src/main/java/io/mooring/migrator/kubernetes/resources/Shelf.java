package io.mooring.migrator.kubernetes.resources;

import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.mooring.migrator.control.Letters;
import io.mooring.migrator.control.StateView;
import io.mooring.schemas.ClusterPairState;
import io.mooring.schemas.MigrationRuleState;
import io.mooring.schemas.MigrationScheduleState;
import java.time.Instant;
import java.util.Collection;
import java.util.function.BiPredicate;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * A state topic on which what resources of a kind say is kept under names.
 *
 * @param all everything on it, whoever owns it
 * @param same whether two say the same; when they were written is no difference
 */
record Shelf<T>(
    ResourceDefinitionContext kind,
    Function<StateView, Collection<T>> all,
    Function<T, String> name,
    Function<T, String> owner,
    BiPredicate<T, T> same,
    Consumer<T> put,
    Consumer<String> remove) {

  static Shelf<ClusterPairState> pairs(Letters letters) {
    return new Shelf<>(
        Kinds.PAIR,
        StateView::pairs,
        ClusterPairState::getName,
        ClusterPairState::getRequestedBy,
        (one, other) -> timeless(one).equals(timeless(other)),
        letters::pair,
        letters::removePair);
  }

  static Shelf<MigrationRuleState> rules(Letters letters) {
    return new Shelf<>(
        Kinds.RULE,
        StateView::rules,
        MigrationRuleState::getName,
        MigrationRuleState::getRequestedBy,
        (one, other) -> timeless(one).equals(timeless(other)),
        letters::rule,
        letters::removeRule);
  }

  static Shelf<MigrationScheduleState> schedules(Letters letters) {
    return new Shelf<>(
        Kinds.SCHEDULE,
        StateView::schedules,
        MigrationScheduleState::getName,
        MigrationScheduleState::getRequestedBy,
        (one, other) -> timeless(one).equals(timeless(other)),
        letters::schedule,
        letters::removeSchedule);
  }

  private static ClusterPairState timeless(ClusterPairState pair) {
    return ClusterPairState.newBuilder(pair).setUpdatedAt(Instant.EPOCH).build();
  }

  private static MigrationRuleState timeless(MigrationRuleState rule) {
    return MigrationRuleState.newBuilder(rule).setUpdatedAt(Instant.EPOCH).build();
  }

  private static MigrationScheduleState timeless(MigrationScheduleState schedule) {
    return MigrationScheduleState.newBuilder(schedule).setUpdatedAt(Instant.EPOCH).build();
  }
}
