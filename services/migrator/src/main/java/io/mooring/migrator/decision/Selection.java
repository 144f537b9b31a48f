package io.mooring.migrator.decision;

import io.mooring.schemas.MigrationKind;
import io.mooring.schemas.MigrationSpec;
import io.mooring.schemas.MigrationState;
import io.mooring.schemas.MigrationStatus;
import io.mooring.schemas.PairMode;
import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** Which earlier migration a new one follows. */
final class Selection {

  /** With a full one before it: every seventh reads everything. */
  static final int INCREMENTALS_MAX = 6;

  private Selection() {}

  /** The newest that kept its snapshots and that no later one has taken them from. */
  static Optional<MigrationState> base(
      Collection<MigrationState> all, MigrationKind kind, MigrationSpec spec) {
    boolean sends = kind == MigrationKind.BACKUP || kind == MigrationKind.MIGRATION;
    if (!sends || spec.getSkipSource()) {
      return Optional.empty();
    }
    return all.stream()
        .filter(Selection::isComplete)
        .filter(earlier -> earlier.getKind() == kind && isSameChoice(earlier.getSpec(), spec))
        .filter(earlier -> earlier.getSpec().getKeepSnapshots())
        .filter(earlier -> !earlier.getSnapshotSet().isEmpty())
        .filter(earlier -> all.stream().noneMatch(later -> hasReleased(later, earlier)))
        .max(Comparator.comparing(MigrationState::getCreatedAt));
  }

  static boolean hasArrived(MigrationState state) {
    return state.getKind() != MigrationKind.RESTORE
        && (state.getStatus() == MigrationStatus.SUCCESSFUL
            || state.getStatus() == MigrationStatus.PARTIAL_SUCCESS);
  }

  /**
   * Whether its backup is complete. One that failed and has its snapshots still was past them: it
   * was the other side that did not restore.
   */
  private static boolean isComplete(MigrationState state) {
    boolean handedOver =
        state.getStatus() == MigrationStatus.FAILED
            && !state.getSnapshotSet().isEmpty()
            && state.getLeftBehind().isEmpty();
    return hasArrived(state) || handedOver;
  }

  private static boolean hasReleased(MigrationState later, MigrationState earlier) {
    return isComplete(later) && later.getBaseSet().equals(earlier.getSnapshotSet());
  }

  /** Whether a migration after this one reads only what changed. */
  static boolean isIncremental(MigrationState base, PairMode mode) {
    return switch (mode) {
      case DEFAULT -> base.getSinceFull() < INCREMENTALS_MAX;
      case DISASTER_RECOVERY -> true;
      case ONE_TIME_MIGRATION -> false;
    };
  }

  /** Two of the same choice never run at the same time. */
  static Optional<MigrationState> running(
      Collection<MigrationState> all, MigrationKind kind, MigrationSpec spec) {
    return all.stream()
        .filter(other -> other.getStatus() == MigrationStatus.IN_PROGRESS)
        .filter(other -> other.getKind() == kind && isSameChoice(other.getSpec(), spec))
        .findFirst();
  }

  private static boolean isSameChoice(MigrationSpec one, MigrationSpec other) {
    return one.getPair().equals(other.getPair())
        && one.getBackup().equals(other.getBackup())
        && one.getGroup().equals(other.getGroup())
        && one.getLabels().equals(other.getLabels())
        && one.getVolumes().equals(other.getVolumes())
        && one.getNamespace().equals(other.getNamespace())
        && one.getNamespaces().equals(other.getNamespaces())
        && one.getIncludeVolumes() == other.getIncludeVolumes();
  }
}
