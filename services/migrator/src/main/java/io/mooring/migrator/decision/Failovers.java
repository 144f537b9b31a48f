package io.mooring.migrator.decision;

import io.mooring.schemas.MigrationKind;
import io.mooring.schemas.MigrationSpec;
import io.mooring.schemas.MigrationState;
import io.mooring.schemas.MigrationStatus;
import io.mooring.schemas.StartMigration;
import io.mooring.schemas.TransferStatus;
import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** Whether an application may move to what was restored. */
public final class Failovers {

  private Failovers() {}

  static Optional<String> refusal(
      String name, StartMigration wanted, Collection<MigrationState> all) {
    MigrationSpec spec = wanted.getSpec();
    if (!spec.getFailover()) {
      return Optional.empty();
    }
    if (spec.getNamespace().isEmpty()) {
      return Optional.of(Refusals.failoverOfNothing(name));
    }
    return wanted.getKind() == MigrationKind.RESTORE
        ? notRestored(spec.getSchedule(), all)
        : Optional.empty();
  }

  /**
   * Why the application must not be started on what a schedule has restored here: volumes that are
   * being filled, or that a restore left half filled, are no application's data.
   *
   * @param all migrations and restores of this side
   */
  public static Optional<String> notRestored(String schedule, Collection<MigrationState> all) {
    Optional<MigrationState> newest = newestRestore(schedule, all);
    if (newest.isEmpty()) {
      return Optional.of(Refusals.notRestored(schedule, "Nothing of it was restored here"));
    }
    if (newest.get().getStatus() == MigrationStatus.IN_PROGRESS) {
      return Optional.of(
          Refusals.notRestored(
              schedule, "Restore '%s' is under way".formatted(newest.get().getName())));
    }
    boolean whole =
        newest.get().getSpec().getIncludeVolumes()
            ? newest.get().getVolumes().stream()
                .allMatch(volume -> volume.getStatus() == TransferStatus.COMPLETE)
            : newest.get().getReason().isEmpty();
    return whole
        ? Optional.empty()
        : Optional.of(
            Refusals.notRestored(
                schedule,
                "Restore '%s' has not %s"
                    .formatted(
                        newest.get().getName(),
                        newest.get().getSpec().getIncludeVolumes()
                            ? "filled all volumes"
                            : "brought the objects")));
  }

  /** The newest that may have touched volumes: one that only looked at them has touched none. */
  public static Optional<MigrationState> newestRestore(
      String schedule, Collection<MigrationState> all) {
    return all.stream()
        .filter(state -> state.getKind() == MigrationKind.RESTORE)
        .filter(state -> !state.getSpec().getFailover())
        .filter(state -> state.getSpec().getSchedule().equals(schedule))
        .filter(state ->
            state.getStatus() == MigrationStatus.IN_PROGRESS
                || !state.getVolumes().isEmpty()
                || !state.getSpec().getIncludeVolumes())
        .max(Comparator.comparing(MigrationState::getCreatedAt));
  }
}
