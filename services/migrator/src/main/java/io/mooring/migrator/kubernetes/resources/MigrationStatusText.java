package io.mooring.migrator.kubernetes.resources;

import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.mooring.schemas.MigrationStage;
import io.mooring.schemas.MigrationState;
import io.mooring.schemas.MigrationStatus;
import io.mooring.schemas.MigrationVolume;
import io.mooring.schemas.TransferStatus;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** How a migration stands, in the words of the resource's status. */
final class MigrationStatusText {

  /** So often the elapsed time of what is under way is told anew; each time is a write. */
  private static final long ELAPSED_STEP_SECONDS = 10;

  private static final long MINUTE = 60;
  private static final long HOUR = 3600;

  private MigrationStatusText() {}

  /**
   * The status but for its resources.
   *
   * @param claims of volumes, by the volume's id
   * @param notes what of the resource is not followed
   */
  static Map<String, Object> of(
      MigrationState state,
      Map<String, PersistentVolumeClaim> claims,
      List<String> notes,
      Instant now) {
    Map<String, Object> status = new TreeMap<>();
    status.put("name", state.getName());
    status.put("stage", stage(state.getStage()));
    status.put("status", status(state.getStatus()));
    status.put(
        "volumes", state.getVolumes().stream().map(volume -> volume(volume, claims)).toList());
    status.put("summary", summary(state, now));
    if (state.getFinishedAt() != null) {
      status.put("finishTimestamp", moment(state.getFinishedAt()));
    }
    List<String> problems = new ArrayList<>();
    for (String problem : List.of(state.getReason(), state.getLeftBehind())) {
      if (!problem.isEmpty()) {
        problems.add(problem);
      }
    }
    problems.addAll(notes);
    status.put(StatusBoard.PROBLEMS, problems);
    return status;
  }

  static String moment(Instant at) {
    return at.truncatedTo(ChronoUnit.SECONDS).toString();
  }

  private static Map<String, Object> volume(
      MigrationVolume volume, Map<String, PersistentVolumeClaim> claims) {
    Map<String, Object> text = new TreeMap<>();
    PersistentVolumeClaim claim = claims.get(volume.getVolumeId());
    if (claim != null) {
      text.put("persistentVolumeClaim", claim.getMetadata().getName());
      text.put("namespace", claim.getMetadata().getNamespace());
    }
    text.put("volume", volume.getName());
    text.put("status", status(volume.getStatus()));
    text.put("bytesTotal", volume.getSizeBytes());
    text.put("bytesDone", volume.getDoneBytes());
    text.put("reason", volume.getReason());
    return text;
  }

  private static Map<String, Object> summary(MigrationState state, Instant now) {
    long done =
        state.getVolumes().stream()
            .filter(volume -> volume.getStatus() == TransferStatus.COMPLETE)
            .count();
    long total = state.getVolumes().size();
    Map<String, Object> summary = new TreeMap<>();
    summary.put("totalNumberOfVolumes", total);
    summary.put("numOfMigratedVolumes", done);
    summary.put("totalNumberOfResources", state.getResourcesTotal());
    summary.put("numOfMigratedResources", state.getResourcesDone());
    summary.put(
        "totalBytesMigrated",
        state.getVolumes().stream().mapToLong(MigrationVolume::getDoneBytes).sum());
    summary.put("volumes", "%d/%d".formatted(done, total));
    summary.put(
        "resources", "%d/%d".formatted(state.getResourcesDone(), state.getResourcesTotal()));
    summary.put("elapsed", elapsed(state, now));
    return summary;
  }

  static String elapsed(MigrationState state, Instant now) {
    if (state.getFinishedAt() != null) {
      return text(Duration.between(state.getCreatedAt(), state.getFinishedAt()).toSeconds());
    }
    long seconds = Duration.between(state.getCreatedAt(), now).toSeconds();
    return text(seconds / ELAPSED_STEP_SECONDS * ELAPSED_STEP_SECONDS);
  }

  /** Such as 6m39s. */
  private static String text(long elapsed) {
    long seconds = Math.max(0, elapsed);
    String text = seconds % MINUTE + "s";
    if (seconds >= MINUTE) {
      text = seconds % HOUR / MINUTE + "m" + text;
    }
    return seconds >= HOUR ? seconds / HOUR + "h" + text : text;
  }

  static String stage(MigrationStage stage) {
    return switch (stage) {
      case INITIAL -> "";
      case PRE_EXEC_RULE -> "PreExecRule";
      case VOLUMES -> "Volumes";
      case APPLICATIONS -> "Applications";
      case FINAL -> "Final";
    };
  }

  static String status(MigrationStatus status) {
    return switch (status) {
      case PENDING -> "Pending";
      case IN_PROGRESS -> "InProgress";
      case SUCCESSFUL -> "Successful";
      case PARTIAL_SUCCESS -> "PartialSuccess";
      case FAILED -> "Failed";
      case PURGED -> "Purged";
    };
  }

  private static String status(TransferStatus status) {
    return switch (status) {
      case QUEUED -> "Pending";
      case IN_PROGRESS -> "InProgress";
      case COMPLETE -> "Successful";
      case FAILED, CANCELLED -> "Failed";
    };
  }
}
