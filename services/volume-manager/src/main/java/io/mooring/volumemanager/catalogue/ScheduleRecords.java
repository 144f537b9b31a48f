package io.mooring.volumemanager.catalogue;

import io.mooring.schedules.RecurrenceFields;
import io.mooring.schemas.SnapshotSchedulePlan;
import io.mooring.schemas.SnapshotScheduleState;
import io.mooring.volumemanager.schedule.Schedule;
import io.mooring.volumemanager.volume.VolumeId;
import java.util.List;
import java.util.Optional;

/** Schedules as records of the control topics, both ways. */
public final class ScheduleRecords {

  /** One less than a volume may have, so that the new one is there before the oldest goes. */
  public static final int RETAIN_MAX = 63;

  private ScheduleRecords() {}

  static SnapshotScheduleState state(Schedule schedule) {
    Schedule.Run run = schedule.run();
    return SnapshotScheduleState.newBuilder()
        .setScheduleId(schedule.id())
        .setPlan(plan(schedule.plan()))
        .setDueAt(run == null ? null : run.dueAt())
        .setSetId(run == null ? null : schedule.setOf(run.dueAt()).value())
        .setCommands(schedule.origin().commands())
        .setRequestedBy(schedule.origin().requestedBy())
        .setSince(schedule.origin().since())
        .setCorrelationId(schedule.origin().cause().correlationId().toString())
        .build();
  }

  /** A plan as it is written. */
  public static SnapshotSchedulePlan plan(Schedule.Plan plan) {
    RecurrenceFields fields = RecurrenceFields.of(plan.recurrence());
    return SnapshotSchedulePlan.newBuilder()
        .setRecurrence(fields.kind())
        .setIntervalMinutes(fields.intervalMinutes())
        .setMinuteOfDay(fields.minuteOfDay())
        .setDay(fields.day())
        .setRetain(plan.retain())
        .setVolumeIds(plan.volumes().stream().map(VolumeId::value).toList())
        .setGroup(plan.group())
        .setSuspended(plan.suspended())
        .build();
  }

  /** The plan that is written, or nothing if it cannot be followed. */
  static Optional<Schedule.Plan> read(SnapshotSchedulePlan plan) {
    boolean usable =
        plan.getRetain() >= 1
            && plan.getRetain() <= RETAIN_MAX
            && !(plan.getVolumeIds().isEmpty() && plan.getGroup().isEmpty())
            && plan.getVolumeIds().stream().allMatch(VolumeId::isId);
    if (!usable) {
      return Optional.empty();
    }
    List<VolumeId> volumes = plan.getVolumeIds().stream().map(VolumeId::new).toList();
    return new RecurrenceFields(
            plan.getRecurrence(), plan.getIntervalMinutes(), plan.getMinuteOfDay(), plan.getDay())
        .recurrence()
        .map(recurrence ->
            new Schedule.Plan(
                recurrence, plan.getRetain(), volumes, plan.getGroup(), plan.getSuspended()));
  }
}
