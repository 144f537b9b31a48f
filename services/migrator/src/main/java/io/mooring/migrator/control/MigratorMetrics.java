package io.mooring.migrator.control;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.mooring.migrator.decision.ScheduleRules;
import io.mooring.schemas.MigrationEnded;
import io.mooring.schemas.MigrationEvent;
import io.mooring.schemas.MigrationScheduleState;
import io.mooring.schemas.MigrationState;
import io.mooring.schemas.MigrationStatus;
import io.mooring.schemas.MigrationVolume;
import io.mooring.schemas.TaskRepeated;
import io.mooring.schemas.TransferStatus;
import io.mooring.schemas.VolumeMoved;
import java.time.Instant;
import java.util.Locale;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;

/** What operators see of the migrator. */
final class MigratorMetrics {

  private final MeterRegistry meters;

  MigratorMetrics(MeterRegistry meters, StateView view) {
    this.meters = meters;
    for (MigrationStatus status : MigrationStatus.values()) {
      Gauge.builder("mooring.migrations", view, known -> count(known, status))
          .description("Backups, restores and migrations that this instance knows")
          .tag("status", status.name().toLowerCase(Locale.ROOT))
          .register(meters);
    }
    Gauge.builder("mooring.migration.left.bytes", view, MigratorMetrics::left)
        .description("Bytes of volumes that are to be moved and are not yet")
        .register(meters);
    Gauge.builder(
            "mooring.migration.bytes.per.second",
            view,
            known -> sum(known, MigrationVolume::getBytesPerSecond))
        .description("Rate at which volumes are dealt with, all instances together")
        .register(meters);
    Gauge.builder("mooring.migration.schedule.age.seconds", view, MigratorMetrics::age)
        .description("Age of the oldest copy on a target, of schedules that are not suspended")
        .register(meters);
    Gauge.builder(
            "mooring.migration.schedules.suspended",
            view,
            known ->
                known.schedules().stream().filter(MigrationScheduleState::getSuspended).count())
        .description("Schedules that begin nothing")
        .register(meters);
  }

  void tasks(TaskRunner runner) {
    Gauge.builder("mooring.migration.tasks", runner, TaskRunner::count)
        .description("Tasks that this instance works on or has waiting")
        .register(meters);
  }

  private static long count(StateView view, MigrationStatus status) {
    return view.migrations().stream().filter(state -> state.getStatus() == status).count();
  }

  private static long age(StateView view) {
    Instant now = Instant.now();
    return view.schedules().stream()
        .filter(schedule -> !schedule.getSuspended())
        .mapToLong(schedule -> ScheduleRules.age(schedule, view.migrations(), now).toSeconds())
        .max()
        .orElse(0);
  }

  private static long left(StateView view) {
    return sum(view, volume -> volume.getSizeBytes() - volume.getDoneBytes());
  }

  private static long sum(StateView view, ToLongFunction<MigrationVolume> figure) {
    Stream<MigrationState> running =
        view.migrations().stream()
            .filter(state -> state.getStatus() == MigrationStatus.IN_PROGRESS);
    return running
        .flatMap(state -> state.getVolumes().stream())
        .filter(volume ->
            volume.getStatus() == TransferStatus.QUEUED
                || volume.getStatus() == TransferStatus.IN_PROGRESS)
        .mapToLong(figure)
        .sum();
  }

  void followed(Decider.Output output) {
    if (output.value() instanceof MigrationEvent event) {
      switch (event.getDetail()) {
        case MigrationEnded ended ->
            meters
                .counter(
                    "mooring.migration.ended",
                    "kind",
                    event.getKind().name().toLowerCase(Locale.ROOT),
                    "status",
                    ended.getStatus().name().toLowerCase(Locale.ROOT))
                .increment();
        case VolumeMoved moved ->
            meters.counter("mooring.migration.moved.bytes").increment(moved.getMovedBytes());
        case TaskRepeated _ -> meters.counter("mooring.migration.tasks.repeated").increment();
        default -> {}
      }
    }
  }

  /** A decision whose transaction was not committed. */
  void repeated() {
    meters.counter("mooring.migration.decisions.repeated").increment();
  }
}
