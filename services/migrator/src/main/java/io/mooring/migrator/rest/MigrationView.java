package io.mooring.migrator.rest;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.mooring.migrator.objects.ObjectFields;
import io.mooring.schemas.MigrationState;
import io.mooring.schemas.MigrationVolume;
import io.mooring.schemas.TransferStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A backup, restore or migration as it is shown.
 *
 * @param pair empty for a backup or a restore
 * @param volumesDone volumes that are complete
 * @param totalBytes logical size of all volumes
 * @param doneBytes of them that are dealt with
 * @param movedBytes that went to or came from the object store
 * @param leftSeconds longest estimate of a volume; 0 if there is none
 * @param cut the moment that all of it shows
 * @param base earlier backup to which only changes are read; empty if all is read
 * @param schedule that began it; empty if none
 * @param failover applications move with it
 * @param objects which of them go along, and how they are changed on the way
 * @param preExecRule rule that ran before the snapshots; empty if none
 * @param postExecRule rule that ran after them; empty if none
 */
public record MigrationView(
    String name,
    String kind,
    String pair,
    String backup,
    String stage,
    String status,
    String step,
    int volumesDone,
    int volumesTotal,
    int resourcesDone,
    int resourcesTotal,
    long totalBytes,
    long doneBytes,
    long movedBytes,
    long bytesPerSecond,
    long leftSeconds,
    String cut,
    String base,
    String schedule,
    boolean failover,
    @JsonUnwrapped ObjectFields objects,
    String preExecRule,
    String postExecRule,
    String reason,
    String leftBehind,
    String requestedBy,
    Instant createdAt,
    Instant updatedAt,
    @Nullable Instant finishedAt,
    long elapsedSeconds,
    String correlationId,
    List<VolumeView> volumes) {

  /** One of its volumes. */
  public record VolumeView(
      String name,
      String volumeId,
      String status,
      int attempt,
      long sizeBytes,
      long doneBytes,
      long movedBytes,
      long bytesPerSecond,
      long leftSeconds,
      String reason) {

    static VolumeView of(MigrationVolume volume) {
      return new VolumeView(
          volume.getName(),
          volume.getVolumeId(),
          volume.getStatus().name(),
          volume.getAttempt(),
          volume.getSizeBytes(),
          volume.getDoneBytes(),
          volume.getMovedBytes(),
          volume.getBytesPerSecond(),
          volume.getLeftSeconds(),
          volume.getReason());
    }
  }

  static MigrationView of(MigrationState state, Instant now) {
    List<MigrationVolume> volumes = state.getVolumes();
    Instant end = state.getFinishedAt() == null ? now : state.getFinishedAt();
    return new MigrationView(
        state.getName(),
        state.getKind().name(),
        state.getSpec().getPair(),
        state.getSpec().getBackup(),
        state.getStage().name(),
        state.getStatus().name(),
        state.getStep().name(),
        (int)
            volumes.stream()
                .filter(volume -> volume.getStatus() == TransferStatus.COMPLETE)
                .count(),
        volumes.size(),
        state.getResourcesDone(),
        state.getResourcesTotal(),
        volumes.stream().mapToLong(MigrationVolume::getSizeBytes).sum(),
        volumes.stream().mapToLong(MigrationVolume::getDoneBytes).sum(),
        volumes.stream().mapToLong(MigrationVolume::getMovedBytes).sum(),
        volumes.stream()
            .filter(volume -> volume.getStatus() == TransferStatus.IN_PROGRESS)
            .mapToLong(MigrationVolume::getBytesPerSecond)
            .sum(),
        volumes.stream()
            .filter(volume -> volume.getStatus() == TransferStatus.IN_PROGRESS)
            .mapToLong(MigrationVolume::getLeftSeconds)
            .max()
            .orElse(0),
        state.getCut(),
        state.getBase(),
        state.getSpec().getSchedule(),
        state.getSpec().getFailover(),
        ObjectFields.of(state.getSpec()),
        state.getSpec().getPreExecRule(),
        state.getSpec().getPostExecRule(),
        state.getReason(),
        state.getLeftBehind(),
        state.getRequestedBy(),
        state.getCreatedAt(),
        state.getUpdatedAt(),
        state.getFinishedAt(),
        Math.max(0, Duration.between(state.getCreatedAt(), end).toSeconds()),
        state.getCorrelationId(),
        volumes.stream().map(VolumeView::of).toList());
  }
}
