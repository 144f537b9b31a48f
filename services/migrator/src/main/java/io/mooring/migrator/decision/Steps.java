package io.mooring.migrator.decision;

import io.mooring.schemas.MigrationKind;
import io.mooring.schemas.MigrationStage;
import io.mooring.schemas.MigrationState;
import io.mooring.schemas.MigrationStep;
import java.util.List;

/** Which steps there are for whom, and in which order. */
public final class Steps {

  private static final List<MigrationStep> BACKUP =
      List.of(
          MigrationStep.SNAPSHOT,
          MigrationStep.UPLOAD,
          MigrationStep.SEAL,
          MigrationStep.RELEASE,
          MigrationStep.END);

  private static final List<MigrationStep> MIGRATION =
      List.of(
          MigrationStep.SNAPSHOT,
          MigrationStep.UPLOAD,
          MigrationStep.SEAL,
          MigrationStep.RELEASE,
          MigrationStep.HANDOVER,
          MigrationStep.END);

  private static final List<MigrationStep> RESTORE =
      List.of(MigrationStep.PLAN, MigrationStep.FILL, MigrationStep.OBJECTS, MigrationStep.END);

  private Steps() {}

  static List<MigrationStep> of(MigrationKind kind) {
    return switch (kind) {
      case BACKUP -> BACKUP;
      case MIGRATION -> MIGRATION;
      case RESTORE -> RESTORE;
    };
  }

  static MigrationStep first(MigrationKind kind) {
    return of(kind).getFirst();
  }

  static MigrationStep after(MigrationKind kind, MigrationStep step) {
    List<MigrationStep> steps = of(kind);
    return steps.get(steps.indexOf(step) + 1);
  }

  /** Where a failure leads: neither snapshots nor attachments are left behind. */
  static MigrationStep afterFailure(MigrationStep step) {
    return switch (step) {
      case SNAPSHOT, UPLOAD, SEAL, FILL -> MigrationStep.RELEASE;
      case RELEASE, HANDOVER, PLAN, OBJECTS, END -> MigrationStep.END;
    };
  }

  /** Where somebody stands who has come to a step. */
  static MigrationStage stage(MigrationState state, MigrationStep step) {
    return switch (step) {
      case SNAPSHOT ->
          state.getPreRule().isEmpty() ? MigrationStage.VOLUMES : MigrationStage.PRE_EXEC_RULE;
      case UPLOAD, SEAL, RELEASE, HANDOVER, PLAN, FILL -> MigrationStage.VOLUMES;
      case OBJECTS -> MigrationStage.APPLICATIONS;
      case END -> MigrationStage.FINAL;
    };
  }

  /** Whether each volume has a task of its own. */
  static boolean isPerVolume(MigrationStep step) {
    return step == MigrationStep.UPLOAD || step == MigrationStep.FILL;
  }

  static String taskId(String migration, MigrationStep step, String volume) {
    String id = migration + "/" + step;
    return volume.isEmpty() ? id : id + "/" + volume;
  }
}
