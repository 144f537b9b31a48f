package io.mooring.migrator.decision;

import io.mooring.schemas.CutTaken;
import io.mooring.schemas.MigrationCommand;
import io.mooring.schemas.MigrationEnded;
import io.mooring.schemas.MigrationEvent;
import io.mooring.schemas.MigrationKind;
import io.mooring.schemas.MigrationRefused;
import io.mooring.schemas.MigrationStage;
import io.mooring.schemas.MigrationStarted;
import io.mooring.schemas.MigrationState;
import io.mooring.schemas.MigrationStatus;
import io.mooring.schemas.MigrationStep;
import io.mooring.schemas.MigrationVolume;
import io.mooring.schemas.StartMigration;
import io.mooring.schemas.StepEntered;
import io.mooring.schemas.TaskRepeated;
import io.mooring.schemas.TransferReport;
import io.mooring.schemas.TransferStatus;
import io.mooring.schemas.VolumeMoved;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * Decides what a migration does next. Every input may come twice and late: what was decided before
 * is not decided again.
 *
 * <p>A step is done by one task, or by one for each volume. A task that fails is tried again after
 * a pause, {@value #ATTEMPTS_MAX} times at most; then the migration has failed, its snapshots are
 * released, and nothing of it is presented as a backup or a volume. An application that was stopped
 * here is started again, unless it may run on the target.
 */
public final class MigrationMachine {

  static final int ATTEMPTS_MAX = 5;

  /** An application that is down is worth more patience. */
  static final int REVIVALS_MAX = 60;

  private static final Duration PAUSE_MAX = Duration.ofMinutes(1);
  private static final int DOUBLINGS_MAX = 10;
  private static final Duration PAUSE_FIRST = Duration.ofSeconds(2);

  private MigrationMachine() {}

  /**
   * A migration is asked for.
   *
   * @param all migrations that there are
   */
  public static Decision start(
      MigrationCommand command,
      StartMigration wanted,
      Collection<MigrationState> all,
      String correlationId,
      Instant now) {
    if (isRepeated(command, all)) {
      return Decision.NOTHING;
    }
    Optional<String> refusal = refusal(command, wanted, all, now);
    if (refusal.isPresent()) {
      return refuse(command, wanted.getKind(), refusal.get(), now);
    }
    Draft draft = new Draft(begin(command, wanted, all, correlationId, now), now);
    draft.tell(new MigrationStarted(command.getRequestedBy(), draft.state().getBase()));
    draft.enter(Steps.first(wanted.getKind(), wanted.getSpec()));
    return draft.decision();
  }

  private static boolean isRepeated(MigrationCommand command, Collection<MigrationState> all) {
    return all.stream()
        .filter(state -> state.getName().equals(command.getName()))
        .anyMatch(state -> state.getCommandId().equals(command.getIdempotencyKey()));
  }

  /** Why a migration would not be begun: code, what, why and what to do. */
  public static Optional<String> refusal(
      MigrationCommand command,
      StartMigration wanted,
      Collection<MigrationState> all,
      Instant now) {
    if (all.stream().anyMatch(state -> state.getName().equals(command.getName()))) {
      return Optional.of(Refusals.nameTaken(command.getName()));
    }
    if (now.isAfter(command.getExpiresAt())) {
      return Optional.of(Refusals.expired(command.getName()));
    }
    Optional<String> unfit =
        Rules.refusal(command.getName(), wanted)
            .or(() -> Failovers.refusal(command.getName(), wanted, all));
    if (unfit.isPresent()) {
      return unfit;
    }
    return Selection.running(all, wanted.getKind(), wanted.getSpec())
        .map(running -> Refusals.running(command.getName(), running.getName()));
  }

  private static MigrationState begin(
      MigrationCommand command,
      StartMigration wanted,
      Collection<MigrationState> all,
      String correlationId,
      Instant now) {
    Optional<MigrationState> last = Selection.base(all, wanted.getKind(), wanted.getSpec());
    Optional<MigrationState> base =
        last.filter(state -> Selection.isIncremental(state, wanted.getPairMode()));
    return MigrationState.newBuilder()
        .setName(command.getName())
        .setKind(wanted.getKind())
        .setSpec(wanted.getSpec())
        .setStage(MigrationStage.INITIAL)
        .setStatus(MigrationStatus.IN_PROGRESS)
        .setStep(Steps.first(wanted.getKind(), wanted.getSpec()))
        .setBase(base.map(MigrationState::getName).orElse(""))
        .setBaseSet(last.map(MigrationState::getSnapshotSet).orElse(""))
        .setSinceFull(base.map(state -> state.getSinceFull() + 1).orElse(0))
        .setPreRule(wanted.getPreRule())
        .setPostRule(wanted.getPostRule())
        .setCommandId(command.getIdempotencyKey())
        .setRequestedBy(command.getRequestedBy())
        .setCorrelationId(correlationId)
        .setCreatedAt(now)
        .setUpdatedAt(now)
        .setRevision(0)
        .build();
  }

  private static Decision refuse(
      MigrationCommand command, MigrationKind kind, String message, Instant now) {
    MigrationEvent event =
        MigrationEvent.newBuilder()
            .setName(command.getName())
            .setKind(kind)
            .setAt(now)
            .setDetail(new MigrationRefused(command.getIdempotencyKey(), message))
            .build();
    return new Decision(Optional.empty(), List.of(), List.of(event));
  }

  /** Somebody wants it to end. */
  public static Decision cancel(MigrationState state, String by, Instant now) {
    if (isOver(state) || !state.getReason().isEmpty()) {
      return Decision.NOTHING;
    }
    Draft draft = Draft.of(state, now);
    fail(draft, TransferStatus.CANCELLED, Refusals.cancelled(state.getName(), by));
    return draft.decision();
  }

  /** Its backup was deleted, and nobody needs to know of it any more. */
  public static Decision purge(MigrationState state, Instant now) {
    if (!isOver(state)) {
      return Decision.NOTHING;
    }
    MigrationEnded purged =
        new MigrationEnded(
            MigrationStatus.PURGED, "", 0, state.getVolumes().size(), 0, state.getResourcesTotal());
    return new Decision(
        Optional.empty(),
        List.of(new Order.Forget(state.getName())),
        List.of(Draft.event(state, now, purged)));
  }

  /** Somebody who works on a task tells about it. */
  public static Decision report(MigrationState state, TransferReport report, Instant now) {
    if (!isOpen(state, report.getTaskId(), report.getAttempt())) {
      return Decision.NOTHING;
    }
    Draft draft = Draft.of(state, now);
    String volume = volumeOf(state, report.getTaskId());
    switch (report.getOutcome()) {
      case PROGRESS -> progress(draft, report);
      case DONE -> done(draft, report, volume);
      case FAILED -> failed(draft, report, volume);
      case REFUSED -> givenUp(draft, report, volume);
    }
    return draft.decision();
  }

  /**
   * Whether a try of a task is what the migration waits for. A report of another one says nothing,
   * and its work must not be begun: what is over may be in use.
   */
  public static boolean isOpen(MigrationState state, String taskId, int attempt) {
    String volume = volumeOf(state, taskId);
    if (isOver(state) || !taskId.equals(Steps.taskId(state.getName(), state.getStep(), volume))) {
      return false;
    }
    if (!Steps.isPerVolume(state.getStep())) {
      return attempt == state.getAttempt();
    }
    if (volume.isEmpty()) {
      return state.getPostRuleOpen() && attempt == state.getAttempt();
    }
    return state.getVolumes().stream()
        .filter(open -> open.getName().equals(volume))
        .filter(open ->
            open.getStatus() == TransferStatus.QUEUED
                || open.getStatus() == TransferStatus.IN_PROGRESS)
        .anyMatch(open -> open.getAttempt() == attempt);
  }

  private static String volumeOf(MigrationState state, String taskId) {
    String prefix = Steps.taskId(state.getName(), state.getStep(), "") + "/";
    return taskId.startsWith(prefix) && Steps.isPerVolume(state.getStep())
        ? taskId.substring(prefix.length())
        : "";
  }

  private static boolean isOver(MigrationState state) {
    return state.getStep() == MigrationStep.END;
  }

  private static void progress(Draft draft, TransferReport report) {
    MigrationState state = draft.state();
    merge(state, report, TransferStatus.IN_PROGRESS);
    boolean told =
        state.getStep() == MigrationStep.HANDOVER || state.getStep() == MigrationStep.SNAPSHOT;
    if (told && state.getStage() != report.getStage()) {
      state.setStage(report.getStage());
      draft.tell(new StepEntered(state.getStage(), state.getStep()));
    }
  }

  private static void done(Draft draft, TransferReport report, String volume) {
    MigrationState state = draft.state();
    MigrationStep step = state.getStep();
    draft.withdraw(report.getTaskId());
    switch (step) {
      case SNAPSHOT, PLAN -> {
        state.setVolumes(
            report.getVolumes().stream()
                .map(found -> MigrationVolume.newBuilder(found).build())
                .toList());
        state.setSnapshotSet(report.getSnapshotSet());
        state.setCut(report.getCut());
        resources(state, report);
        if (step == MigrationStep.SNAPSHOT) {
          draft.tell(taken(state));
        }
      }
      case UPLOAD, FILL, HANDOVER -> {
        if (volume.isEmpty()) {
          state.setPostRuleOpen(false);
        }
        merge(state, report, TransferStatus.COMPLETE);
        draft
            .volume(volume)
            .ifPresent(moved ->
                draft.tell(
                    new VolumeMoved(moved.getName(), moved.getSizeBytes(), moved.getMovedBytes())));
      }
      case RELEASE -> released(state);
      case STOP, SEAL, RECALL, ACTIVATE, DEACTIVATE, REVIVE, OBJECTS, END ->
          resources(state, report);
    }
    leave(state, report.getMessage());
    if (!Steps.isPerVolume(step) || draft.isComplete()) {
      draft.enter(Steps.after(state, step));
    }
  }

  /** What is asked for has arrived; something else could not be done. */
  private static void leave(MigrationState state, String message) {
    state.setLeftBehind((state.getLeftBehind() + " " + message).strip());
  }

  /** Snapshots that are kept are the base of the next one, unless this one failed. */
  private static void released(MigrationState state) {
    if (!state.getSpec().getKeepSnapshots() || !state.getReason().isEmpty()) {
      state.setSnapshotSet("");
    }
  }

  private static CutTaken taken(MigrationState state) {
    return new CutTaken(
        state.getSnapshotSet(),
        state.getCut(),
        state.getVolumes().size(),
        state.getVolumes().stream().mapToLong(MigrationVolume::getSizeBytes).sum());
  }

  private static void failed(Draft draft, TransferReport report, String volume) {
    int next = report.getAttempt() + 1;
    boolean revival = draft.state().getStep() == MigrationStep.REVIVE;
    if (next > (revival ? REVIVALS_MAX : ATTEMPTS_MAX)) {
      givenUp(draft, report, volume);
      return;
    }
    if (volume.isEmpty()) {
      draft.state().setAttempt(next);
      draft.state().setStage(Steps.stage(draft.state(), draft.state().getStep()));
    } else {
      MigrationVolume subject = draft.volume(volume).orElseThrow();
      subject.setAttempt(next);
      subject.setStatus(TransferStatus.QUEUED);
      subject.setReason(report.getMessage());
    }
    draft.tell(new TaskRepeated(report.getTaskId(), next, report.getMessage()));
    draft.assign(volume, next, draft.now().plus(pauseBefore(next)));
  }

  static Duration pauseBefore(int attempt) {
    Duration pause = PAUSE_FIRST.multipliedBy(1L << Math.min(attempt - 2, DOUBLINGS_MAX));
    return pause.compareTo(PAUSE_MAX) > 0 ? PAUSE_MAX : pause;
  }

  private static void givenUp(Draft draft, TransferReport report, String volume) {
    MigrationState state = draft.state();
    if (Steps.clearsUp(state.getStep())) {
      // What is asked for has arrived, or has failed already: neither changes by what is left.
      draft.withdraw(report.getTaskId());
      leave(state, report.getMessage());
      if (state.getStep() == MigrationStep.DEACTIVATE) {
        state.setLeftBehind(state.getLeftBehind() + " " + Refusals.leftStopped(state.getName()));
      }
      draft.enter(Steps.afterLeaving(state, state.getStep()));
      return;
    }
    draft
        .volume(volume)
        .ifPresent(subject -> {
          subject.setStatus(TransferStatus.FAILED);
          subject.setReason(report.getMessage());
        });
    fail(draft, TransferStatus.CANCELLED, report.getMessage());
  }

  /** Ends the step and clears up. */
  private static void fail(Draft draft, TransferStatus others, String reason) {
    MigrationState state = draft.state();
    MigrationStep step = state.getStep();
    if (Steps.isPerVolume(step)) {
      state.getVolumes().forEach(volume -> draft.withdraw(draft.taskId(volume.getName())));
    }
    if (!Steps.isPerVolume(step) || state.getPostRuleOpen()) {
      draft.withdraw(draft.taskId(""));
    }
    for (MigrationVolume volume : state.getVolumes()) {
      if (volume.getStatus() == TransferStatus.QUEUED
          || volume.getStatus() == TransferStatus.IN_PROGRESS) {
        volume.setStatus(others);
      }
    }
    state.setReason(reason);
    // Who is cancelled while snapshots are released keeps none for the next one.
    draft.enter(step == MigrationStep.RELEASE ? step : Steps.after(state, step));
  }

  private static void merge(MigrationState state, TransferReport report, TransferStatus status) {
    for (MigrationVolume news : report.getVolumes()) {
      for (MigrationVolume volume : state.getVolumes()) {
        if (volume.getName().equals(news.getName())) {
          volume.setStatus(state.getStep() == MigrationStep.HANDOVER ? news.getStatus() : status);
          volume.setDoneBytes(news.getDoneBytes());
          volume.setMovedBytes(news.getMovedBytes());
          volume.setBytesPerSecond(news.getBytesPerSecond());
          volume.setLeftSeconds(news.getLeftSeconds());
          if (state.getKind() == MigrationKind.RESTORE) {
            volume.setVolumeId(news.getVolumeId());
            volume.setEpoch(news.getEpoch());
          }
        }
      }
    }
    resources(state, report);
  }

  private static void resources(MigrationState state, TransferReport report) {
    if (report.getResourcesTotal() >= 0) {
      state.setResourcesTotal(report.getResourcesTotal());
      state.setResourcesDone(report.getResourcesDone());
    }
  }
}
