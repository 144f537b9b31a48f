package io.mooring.volumeagent.staging;

import io.mooring.storage.linux.Mounts;
import io.mooring.volumeagent.staging.StagingException.Reason;
import java.io.IOException;
import java.nio.file.Path;

/** Shows staged volumes to pods. */
public final class VolumePublishing {

  private final StagedVolumes volumes;

  public VolumePublishing(StagedVolumes volumes) {
    this.volumes = volumes;
  }

  /** Shows a staged volume to a pod. */
  public void publish(PublishRequest request) throws StagingException, IOException {
    StagedVolume volume = volumes.enter(request.volumeId());
    try {
      StagingRecord record = staged(volume, request);
      boolean known = record.targets().contains(request.targetPath());
      boolean taken = Mounts.at(request.targetPath()).isPresent();
      if (taken && !known) {
        throw new StagingException(
            Reason.CONFLICT,
            "CSI-028",
            "Something else is mounted at " + request.targetPath() + ".",
            "It was not published by this agent for volume " + request.volumeId() + ".",
            "Unmount it, or use another path.");
      }
      if (request.exclusive()
          && record.targets().stream().anyMatch(t -> !t.equals(request.targetPath()))) {
        throw new StagingException(
            Reason.PRECONDITION,
            "CSI-029",
            "Volume " + request.volumeId() + " is published at " + record.targets() + ".",
            "Its access mode allows one pod only.",
            "Unpublish it there first.");
      }
      StagingRecord wanted = record.with(request.targetPath());
      volumes.remember(volume, wanted);
      Mounter.bind(source(volume, request), request.targetPath(), request.access());
    } finally {
      volumes.leave(request.volumeId(), volume);
    }
  }

  private static StagingRecord staged(StagedVolume volume, PublishRequest request)
      throws StagingException {
    StagingRecord record = volume.record().orElse(null);
    if (record == null
        || volume.attached().isEmpty()
        || !record.stagingPath().equals(request.stagingPath())) {
      throw new StagingException(
          Reason.PRECONDITION,
          "CSI-026",
          "Volume " + request.volumeId() + " is not staged at " + request.stagingPath() + ".",
          "A volume is attached and mounted once per node before pods see it.",
          "Call NodeStageVolume first.");
    }
    if (record.fileSystem().isPresent() != request.access() instanceof Access.Mounted) {
      throw new StagingException(
          Reason.CONFLICT,
          "CSI-028",
          "Volume " + request.volumeId() + " is staged in another way than it is to be published.",
          "One is a block device, the other a file system.",
          "Use the same access type in both calls.");
    }
    return record;
  }

  private static Path source(StagedVolume volume, PublishRequest request) {
    return switch (request.access()) {
      case Access.Mounted _ -> request.stagingPath();
      case Access.Block _ -> volume.attached().orElseThrow().device();
    };
  }

  /** Takes a volume away from a pod. A target where nothing is mounted is done. */
  public void unpublish(String volumeId, Path target) throws StagingException, IOException {
    StagedVolume volume = volumes.enter(volumeId);
    try {
      Mounter.unmount(target);
      Mounter.removeTarget(target);
      StagingRecord record = volume.record().orElse(null);
      if (record != null) {
        volumes.remember(volume, record.without(target));
      }
    } finally {
      volumes.leave(volumeId, volume);
    }
  }
}
