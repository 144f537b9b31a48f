package io.mooring.migrator.decision;

import io.mooring.schemas.MigrationKind;
import io.mooring.schemas.MigrationSpec;
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

  private static final List<MigrationStep> FAILOVER =
      List.of(
          MigrationStep.STOP,
          MigrationStep.SNAPSHOT,
          MigrationStep.UPLOAD,
          MigrationStep.SEAL,
          MigrationStep.RELEASE,
          MigrationStep.HANDOVER,
          MigrationStep.ACTIVATE,
          MigrationStep.END);

  private static final List<MigrationStep> ACTIVATION =
      List.of(MigrationStep.ACTIVATE, MigrationStep.END);

  private static final List<MigrationStep> RESTORE =
      List.of(MigrationStep.PLAN, MigrationStep.FILL, MigrationStep.OBJECTS, MigrationStep.END);

  /** Of the rule afterwards UPLOAD has a task, of the volumes it has none. */
  private static final List<MigrationStep> SNAPSHOT =
      List.of(MigrationStep.SNAPSHOT, MigrationStep.UPLOAD, MigrationStep.SEAL, MigrationStep.END);

  private Steps() {}

  private static List<MigrationStep> of(MigrationKind kind, MigrationSpec spec) {
    if (spec.getFailover() && (spec.getSkipSource() || kind == MigrationKind.RESTORE)) {
      return ACTIVATION;
    }
    return switch (kind) {
      case BACKUP -> BACKUP;
      case MIGRATION -> spec.getFailover() ? FAILOVER : MIGRATION;
      case RESTORE -> RESTORE;
      case SNAPSHOT -> SNAPSHOT;
    };
  }

  static MigrationStep first(MigrationKind kind, MigrationSpec spec) {
    return of(kind, spec).getFirst();
  }

  /** What follows a step that is over: on the way, or on the way back once something has failed. */
  static MigrationStep after(MigrationState state, MigrationStep step) {
    if (!state.getReason().isEmpty()) {
      return back(state, step);
    }
    List<MigrationStep> steps = of(state.getKind(), state.getSpec());
    return steps.get(steps.indexOf(step) + 1);
  }

  /**
   * The way back: neither snapshots, attachments, restores of the other side nor stopped
   * applications are left. Applications are never started here while they may run on the target.
   */
  private static MigrationStep back(MigrationState state, MigrationStep step) {
    boolean stopped = isMove(state);
    MigrationStep last = stopped ? MigrationStep.REVIVE : MigrationStep.END;
    return switch (step) {
      case SNAPSHOT, UPLOAD, SEAL, FILL -> MigrationStep.RELEASE;
      case HANDOVER -> MigrationStep.RECALL;
      case ACTIVATE -> stopped ? MigrationStep.DEACTIVATE : MigrationStep.END;
      case STOP, RELEASE, RECALL, DEACTIVATE -> last;
      case PLAN, OBJECTS, REVIVE, END -> MigrationStep.END;
    };
  }

  /** Whether the application is stopped here on the way. */
  private static boolean isMove(MigrationState state) {
    return state.getKind() == MigrationKind.MIGRATION
        && state.getSpec().getFailover()
        && !state.getSpec().getSkipSource();
  }

  /** What follows a step of the way back, or the release, that could not be done. */
  static MigrationStep afterLeaving(MigrationState state, MigrationStep step) {
    return step == MigrationStep.DEACTIVATE ? MigrationStep.END : after(state, step);
  }

  /** Steps that clear up: if they fail, something is left behind, and that is all. */
  static boolean clearsUp(MigrationStep step) {
    return switch (step) {
      case RELEASE, RECALL, DEACTIVATE, REVIVE -> true;
      case STOP, SNAPSHOT, UPLOAD, SEAL, HANDOVER, ACTIVATE, PLAN, FILL, OBJECTS, END -> false;
    };
  }

  /** Where somebody stands who has come to a step. */
  static MigrationStage stage(MigrationState state, MigrationStep step) {
    return switch (step) {
      case SNAPSHOT ->
          state.getPreRule().isEmpty() ? MigrationStage.VOLUMES : MigrationStage.PRE_EXEC_RULE;
      case UPLOAD, SEAL, RELEASE, HANDOVER, RECALL, PLAN, FILL -> MigrationStage.VOLUMES;
      case STOP, ACTIVATE, DEACTIVATE, REVIVE, OBJECTS -> MigrationStage.APPLICATIONS;
      case END -> MigrationStage.FINAL;
    };
  }

  /** Whether each volume has a task of its own. */
  static boolean isPerVolume(MigrationStep step) {
    return step == MigrationStep.UPLOAD || step == MigrationStep.FILL;
  }

  /** Whether the volumes are done with once they are known: their snapshots stay where they are. */
  static boolean movesNothing(MigrationState state) {
    return state.getKind() == MigrationKind.SNAPSHOT;
  }

  static String taskId(String migration, MigrationStep step, String volume) {
    String id = migration + "/" + step;
    return volume.isEmpty() ? id : id + "/" + volume;
  }
}
