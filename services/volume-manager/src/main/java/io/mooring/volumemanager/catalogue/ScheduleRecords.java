package io.mooring.volumemanager.catalogue;

import io.mooring.schemas.SnapshotRecurrence;
import io.mooring.schemas.SnapshotSchedulePlan;
import io.mooring.schemas.SnapshotScheduleState;
import io.mooring.volumemanager.schedule.Recurrence;
import io.mooring.volumemanager.schedule.Schedule;
import io.mooring.volumemanager.volume.VolumeId;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.LocalTime;
import java.util.List;
import java.util.Optional;

/** Schedules as records of the control topics, both ways. */
public final class ScheduleRecords {

  private static final int INTERVAL_MAX_MINUTES = 60 * 24 * 366;
  private static final int MINUTES_A_DAY = 60 * 24;
  private static final int MINUTES_AN_HOUR = 60;
  private static final int DAYS_A_WEEK = 7;
  private static final int DAYS_A_MONTH = 31;

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
    SnapshotSchedulePlan.Builder builder =
        SnapshotSchedulePlan.newBuilder()
            .setRetain(plan.retain())
            .setVolumeIds(plan.volumes().stream().map(VolumeId::value).toList())
            .setGroup(plan.group())
            .setSuspended(plan.suspended());
    return switch (plan.recurrence()) {
      case Recurrence.Interval(Duration every) ->
          builder
              .setRecurrence(SnapshotRecurrence.INTERVAL)
              .setIntervalMinutes((int) every.toMinutes())
              .build();
      case Recurrence.Daily(LocalTime at) ->
          builder.setRecurrence(SnapshotRecurrence.DAILY).setMinuteOfDay(minutes(at)).build();
      case Recurrence.Weekly(DayOfWeek day, LocalTime at) ->
          builder
              .setRecurrence(SnapshotRecurrence.WEEKLY)
              .setDay(day.getValue())
              .setMinuteOfDay(minutes(at))
              .build();
      case Recurrence.Monthly(int day, LocalTime at) ->
          builder
              .setRecurrence(SnapshotRecurrence.MONTHLY)
              .setDay(day)
              .setMinuteOfDay(minutes(at))
              .build();
    };
  }

  private static int minutes(LocalTime at) {
    return at.getHour() * MINUTES_AN_HOUR + at.getMinute();
  }

  /** The plan that is written, or nothing if it cannot be followed. */
  static Optional<Schedule.Plan> read(SnapshotSchedulePlan plan) {
    boolean usable =
        plan.getRetain() >= 1
            && plan.getRetain() <= RETAIN_MAX
            && plan.getMinuteOfDay() >= 0
            && plan.getMinuteOfDay() < MINUTES_A_DAY
            && !(plan.getVolumeIds().isEmpty() && plan.getGroup().isEmpty())
            && plan.getVolumeIds().stream().allMatch(VolumeId::isId)
            && isDay(plan);
    if (!usable) {
      return Optional.empty();
    }
    LocalTime at = LocalTime.ofSecondOfDay(plan.getMinuteOfDay() * 60L);
    Recurrence recurrence =
        switch (plan.getRecurrence()) {
          case INTERVAL -> new Recurrence.Interval(Duration.ofMinutes(plan.getIntervalMinutes()));
          case DAILY -> new Recurrence.Daily(at);
          case WEEKLY -> new Recurrence.Weekly(DayOfWeek.of(plan.getDay()), at);
          case MONTHLY -> new Recurrence.Monthly(plan.getDay(), at);
        };
    List<VolumeId> volumes = plan.getVolumeIds().stream().map(VolumeId::new).toList();
    return Optional.of(
        new Schedule.Plan(
            recurrence, plan.getRetain(), volumes, plan.getGroup(), plan.getSuspended()));
  }

  private static boolean isDay(SnapshotSchedulePlan plan) {
    return switch (plan.getRecurrence()) {
      case INTERVAL ->
          plan.getIntervalMinutes() >= 1 && plan.getIntervalMinutes() <= INTERVAL_MAX_MINUTES;
      case DAILY -> true;
      case WEEKLY -> plan.getDay() >= 1 && plan.getDay() <= DAYS_A_WEEK;
      case MONTHLY -> plan.getDay() >= 1 && plan.getDay() <= DAYS_A_MONTH;
    };
  }
}
