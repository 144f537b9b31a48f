package io.mooring.migrator.decision;

import io.mooring.schemas.MigrationEnded;
import io.mooring.schemas.MigrationEvent;
import io.mooring.schemas.MigrationState;
import io.mooring.schemas.MigrationStatus;
import io.mooring.schemas.MigrationStep;
import io.mooring.schemas.MigrationVolume;
import io.mooring.schemas.StepEntered;
import io.mooring.schemas.TransferStatus;
import io.mooring.schemas.TransferTask;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A decision while it is made. Tasks show the state that comes of it, so they are made last. */
final class Draft {

  /** A task to be given out. */
  private record Wanted(String volume, int attempt, Instant notBefore) {}

  private final MigrationState state;
  private final Instant now;
  private final List<String> withdrawn = new ArrayList<>();
  private final List<Wanted> wanted = new ArrayList<>();
  private final List<Object> events = new ArrayList<>();

  /**
   * @param state a copy that is the draft's own
   */
  Draft(MigrationState state, Instant now) {
    this.state = state;
    this.now = now;
  }

  static Draft of(MigrationState state, Instant now) {
    return new Draft(MigrationState.newBuilder(state).build(), now);
  }

  MigrationState state() {
    return state;
  }

  Instant now() {
    return now;
  }

  Optional<MigrationVolume> volume(String name) {
    return state.getVolumes().stream().filter(volume -> volume.getName().equals(name)).findFirst();
  }

  String taskId(String volume) {
    return Steps.taskId(state.getName(), state.getStep(), volume);
  }

  void withdraw(String taskId) {
    withdrawn.add(taskId);
  }

  void assign(String volume, int attempt, Instant notBefore) {
    wanted.add(new Wanted(volume, attempt, notBefore));
  }

  void tell(Object detail) {
    events.add(detail);
  }

  /** Goes to a step, and on from it if there is nothing to do. */
  void enter(MigrationStep step) {
    state.setStep(step);
    state.setStage(Steps.stage(state, step));
    state.setAttempt(1);
    state.setPostRuleOpen(step == MigrationStep.UPLOAD && !state.getPostRule().isEmpty());
    if (step == MigrationStep.END) {
      finish();
      return;
    }
    tell(new StepEntered(state.getStage(), step));
    if (Steps.movesNothing(state)) {
      state.getVolumes().forEach(Draft::complete);
    } else if (step == MigrationStep.UPLOAD
        || step == MigrationStep.FILL
        || step == MigrationStep.HANDOVER) {
      state.getVolumes().forEach(Draft::queue);
    }
    if (!Steps.isPerVolume(step)) {
      assign("", 1, now);
      return;
    }
    if (state.getPostRuleOpen()) {
      assign("", 1, now);
    }
    if (!Steps.movesNothing(state)) {
      state.getVolumes().forEach(volume -> assign(volume.getName(), 1, now));
    }
    if (isComplete()) {
      enter(Steps.after(state, step));
    }
  }

  private static void complete(MigrationVolume volume) {
    volume.setStatus(TransferStatus.COMPLETE);
    volume.setDoneBytes(volume.getSizeBytes());
  }

  private static void queue(MigrationVolume volume) {
    volume.setStatus(TransferStatus.QUEUED);
    volume.setAttempt(1);
    volume.setDoneBytes(0);
    volume.setMovedBytes(0);
    volume.setBytesPerSecond(0);
    volume.setLeftSeconds(0);
  }

  private void finish() {
    state.setStatus(
        !state.getReason().isEmpty()
            ? MigrationStatus.FAILED
            : state.getLeftBehind().isEmpty()
                ? MigrationStatus.SUCCESSFUL
                : MigrationStatus.PARTIAL_SUCCESS);
    state.setFinishedAt(now);
    tell(
        new MigrationEnded(
            state.getStatus(),
            (state.getReason() + " " + state.getLeftBehind()).strip(),
            Math.toIntExact(complete()),
            state.getVolumes().size(),
            state.getResourcesDone(),
            state.getResourcesTotal()));
  }

  private long complete() {
    return state.getVolumes().stream()
        .filter(volume -> volume.getStatus() == TransferStatus.COMPLETE)
        .count();
  }

  boolean isComplete() {
    return complete() == state.getVolumes().size() && !state.getPostRuleOpen();
  }

  Decision decision() {
    state.setUpdatedAt(now);
    state.setRevision(state.getRevision() + 1);
    List<Order> orders = new ArrayList<>();
    withdrawn.forEach(id -> orders.add(new Order.Withdraw(id)));
    for (Wanted task : wanted) {
      orders.add(
          new Order.Assign(
              new TransferTask(
                  taskId(task.volume()),
                  task.attempt(),
                  task.volume(),
                  task.notBefore(),
                  MigrationState.newBuilder(state).build())));
    }
    return new Decision(
        Optional.of(state),
        orders,
        events.stream().map(detail -> event(state, now, detail)).toList());
  }

  static MigrationEvent event(MigrationState state, Instant now, Object detail) {
    return MigrationEvent.newBuilder()
        .setName(state.getName())
        .setKind(state.getKind())
        .setPair(state.getSpec().getPair())
        .setAt(now)
        .setDetail(detail)
        .build();
  }
}
