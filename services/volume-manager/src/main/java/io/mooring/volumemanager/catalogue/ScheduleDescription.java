package io.mooring.volumemanager.catalogue;

import io.mooring.schemas.SnapshotRecurrence;
import io.mooring.schemas.SnapshotScheduleState;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A schedule of snapshots as every instance knows it, and as it is shown.
 *
 * @param intervalMinutes of an interval
 * @param at time of day in UTC, of all others
 * @param day of a week, 1 is Monday, or of a month
 * @param dueAt newest occasion that was acted on, null if none was
 * @param setId set of that occasion
 */
public record ScheduleDescription(
    String id,
    SnapshotRecurrence recurrence,
    int intervalMinutes,
    String at,
    int day,
    int retain,
    List<String> volumes,
    String group,
    boolean suspended,
    @Nullable Instant dueAt,
    @Nullable String setId,
    List<String> commands,
    String requestedBy,
    Instant since,
    String correlationId) {

  private static final int MINUTES_AN_HOUR = 60;

  static ScheduleDescription of(SnapshotScheduleState state) {
    int minutes = state.getPlan().getMinuteOfDay();
    return new ScheduleDescription(
        state.getScheduleId(),
        state.getPlan().getRecurrence(),
        state.getPlan().getIntervalMinutes(),
        "%02d:%02d".formatted(minutes / MINUTES_AN_HOUR, minutes % MINUTES_AN_HOUR),
        state.getPlan().getDay(),
        state.getPlan().getRetain(),
        List.copyOf(state.getPlan().getVolumeIds()),
        state.getPlan().getGroup(),
        state.getPlan().getSuspended(),
        state.getDueAt(),
        state.getSetId(),
        List.copyOf(state.getCommands()),
        state.getRequestedBy(),
        state.getSince(),
        state.getCorrelationId());
  }
}
