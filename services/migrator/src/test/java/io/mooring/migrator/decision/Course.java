package io.mooring.migrator.decision;

import io.mooring.schemas.CancelMigration;
import io.mooring.schemas.MigrationCommand;
import io.mooring.schemas.MigrationEvent;
import io.mooring.schemas.MigrationKind;
import io.mooring.schemas.MigrationSpec;
import io.mooring.schemas.MigrationState;
import io.mooring.schemas.MigrationVolume;
import io.mooring.schemas.PairMode;
import io.mooring.schemas.StartMigration;
import io.mooring.schemas.TaskOutcome;
import io.mooring.schemas.TransferReport;
import io.mooring.schemas.TransferStatus;
import io.mooring.schemas.TransferTask;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Migrations as they go, with the tasks that are open and the events that were told. */
final class Course {

  static final MigrationSpec BROKERS =
      MigrationSpec.newBuilder().setPair("west").setGroup("kafka").build();

  final Map<String, MigrationState> states = new LinkedHashMap<>();
  final Map<String, TransferTask> tasks = new LinkedHashMap<>();
  final List<MigrationEvent> events = new ArrayList<>();
  private Instant now = Instant.parse("2026-01-31T08:00:00Z");

  Decision start(String name, MigrationKind kind, MigrationSpec spec, PairMode mode) {
    return start(name, kind, spec, mode, name + "-key");
  }

  Decision start(String name, MigrationKind kind, MigrationSpec spec, PairMode mode, String key) {
    now = now.plusSeconds(1);
    return start(
        name,
        key,
        StartMigration.newBuilder().setKind(kind).setSpec(spec).setPairMode(mode).build());
  }

  Decision start(String name, String key, StartMigration wanted) {
    return follow(
        MigrationMachine.start(command(name, key, wanted), wanted, states.values(), "c", now));
  }

  MigrationCommand command(String name, String key, Object detail) {
    return new MigrationCommand(name, key, now.plusSeconds(60), "ann", detail);
  }

  Decision purge(String name) {
    return follow(MigrationMachine.purge(states.get(name), now));
  }

  Decision cancel(String name) {
    command(name, "cancel", new CancelMigration());
    return follow(MigrationMachine.cancel(states.get(name), "ann", now));
  }

  Decision report(TransferTask task, TaskOutcome outcome, List<MigrationVolume> volumes) {
    return report(task, outcome, volumes, outcome == TaskOutcome.DONE ? "" : "MIG-004 It failed.");
  }

  /** It is done, and something was left. */
  Decision done(TransferTask task, String left) {
    return report(task, TaskOutcome.DONE, List.of(), left);
  }

  private Decision report(
      TransferTask task, TaskOutcome outcome, List<MigrationVolume> volumes, String message) {
    now = now.plusSeconds(1);
    TransferReport report =
        TransferReport.newBuilder()
            .setMigration(task.getMigration().getName())
            .setTaskId(task.getTaskId())
            .setAttempt(task.getAttempt())
            .setOutcome(outcome)
            .setMessage(message)
            .setVolumes(volumes)
            .setSnapshotSet(task.getTaskId().endsWith("SNAPSHOT") ? "set-" + name(task) : "")
            .setCut("cut")
            .setAt(now)
            .build();
    MigrationState before = states.get(name(task));
    MigrationState copy = MigrationState.newBuilder(before).build();
    Decision decision = MigrationMachine.report(before, report, now);
    if (!before.equals(copy)) {
      throw new AssertionError("an input was changed");
    }
    return follow(decision);
  }

  private static String name(TransferTask task) {
    return task.getMigration().getName();
  }

  /** The open task whose id ends so. */
  TransferTask task(String end) {
    return tasks.values().stream()
        .filter(task -> task.getTaskId().endsWith(end))
        .findFirst()
        .orElseThrow(() -> new AssertionError(end + " is not open: " + tasks.keySet()));
  }

  /** Everything that is open succeeds, until nothing is. */
  void finish(String name) {
    while (!openOf(name).isEmpty()) {
      for (TransferTask task : openOf(name)) {
        report(task, TaskOutcome.DONE, found(task));
      }
    }
  }

  Collection<TransferTask> openOf(String name) {
    return tasks.values().stream().filter(task -> name(task).equals(name)).toList();
  }

  static List<MigrationVolume> found(TransferTask task) {
    return switch (task.getMigration().getStep()) {
      case SNAPSHOT, PLAN -> List.of(volume("data-0"), volume("data-1"));
      case UPLOAD, FILL ->
          task.getVolume().isEmpty() ? List.of() : List.of(volume(task.getVolume()));
      case HANDOVER ->
          task.getMigration().getVolumes().stream()
              .map(volume ->
                  MigrationVolume.newBuilder(volume).setStatus(TransferStatus.COMPLETE).build())
              .toList();
      case STOP, SEAL, RELEASE, RECALL, ACTIVATE, DEACTIVATE, REVIVE, OBJECTS, END -> List.of();
    };
  }

  static MigrationVolume volume(String name) {
    return MigrationVolume.newBuilder()
        .setName(name)
        .setVolumeId("id-" + name)
        .setSizeBytes(100)
        .setDoneBytes(100)
        .setMovedBytes(40)
        .setStatus(TransferStatus.QUEUED)
        .setEpoch(7)
        .build();
  }

  private Decision follow(Decision decision) {
    decision.next().ifPresent(state -> states.put(state.getName(), state));
    for (Order order : decision.orders()) {
      switch (order) {
        case Order.Assign(TransferTask task) -> tasks.put(task.getTaskId(), task);
        case Order.Withdraw(String id) -> tasks.remove(id);
        case Order.Forget(String name) -> states.remove(name);
      }
    }
    events.addAll(decision.events());
    return decision;
  }
}
