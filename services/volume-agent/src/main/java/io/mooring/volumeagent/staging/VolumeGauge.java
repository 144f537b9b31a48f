package io.mooring.volumeagent.staging;

import io.mooring.storage.linux.FilesystemUsage;
import io.mooring.storage.linux.Filesystems;
import io.mooring.volumeagent.staging.StagingException.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Measures staged volumes. */
public final class VolumeGauge {

  private final StagedVolumes volumes;

  public VolumeGauge(StagedVolumes volumes) {
    this.volumes = volumes;
  }

  /** How full a staged volume is. */
  public VolumeStats stats(String volumeId, Path path) throws StagingException, IOException {
    StagedVolume volume = volumes.find(volumeId).orElseThrow(() -> unknown(volumeId, path));
    AttachedVolume attached = volume.attached().orElseThrow(() -> unknown(volumeId, path));
    if (!Files.exists(path)) {
      throw unknown(volumeId, path);
    }
    AttachedVolume.Health health = attached.health();
    if (volume.record().flatMap(StagingRecord::fileSystem).isEmpty()) {
      long size = attached.sizeBytes();
      return new VolumeStats(
          new VolumeStats.Counts(size, 0, 0),
          Optional.empty(),
          health.abnormal(),
          health.condition());
    }
    FilesystemUsage usage = Filesystems.usage(path);
    return new VolumeStats(
        new VolumeStats.Counts(usage.totalBytes(), usage.usedBytes(), usage.availableBytes()),
        Optional.of(
            new VolumeStats.Counts(usage.totalInodes(), usage.usedInodes(), usage.freeInodes())),
        health.abnormal(),
        health.condition());
  }

  static StagingException unknown(String volumeId, Path path) {
    return new StagingException(
        Reason.NOT_FOUND,
        "CSI-027",
        "Volume " + volumeId + " is not in use at " + path + ".",
        "It was not staged on this node, or the path is gone.",
        "Stage and publish it first.");
  }
}
