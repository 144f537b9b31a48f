package io.mooring.volumeagent;

import io.mooring.schemas.FileSystem;
import io.mooring.schemas.VolumeGrown;
import io.mooring.schemas.VolumeMounted;
import io.mooring.volumeagent.staging.AttachedVolume;
import io.mooring.volumeagent.staging.StagingListener;
import io.mooring.volumeagent.staging.VolumeFacts;
import io.mooring.volumeagent.volumes.KnownVolume;
import io.mooring.volumeagent.volumes.VolumeDirectory;
import io.mooring.volumeagent.volumes.VolumeReports;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.apache.avro.specific.SpecificRecord;

/**
 * Joins staging with the control topics: what it may know of a volume, and what is told about it.
 */
final class StagingReports implements VolumeFacts, StagingListener {

  private final VolumeDirectory directory;
  private final VolumeReports reports;

  StagingReports(VolumeDirectory directory, VolumeReports reports) {
    this.directory = directory;
    this.reports = reports;
  }

  @Override
  public Optional<FileSystem> fileSystem(String volumeId) {
    return directory.find(volumeId).map(volume -> volume.state().getSpec().getFs());
  }

  @Override
  public Optional<Long> sizeBytes(String volumeId) {
    return directory.find(volumeId).map(volume -> volume.state().getSizeBytes());
  }

  @Override
  public void onMounted(AttachedVolume volume, Path path, Duration took) {
    report(volume, new VolumeMounted(path.toString(), took.toMillis()));
  }

  @Override
  public void onGrown(AttachedVolume volume, long fsBytes) {
    report(volume, new VolumeGrown(volume.sizeBytes(), fsBytes));
  }

  private void report(AttachedVolume volume, SpecificRecord detail) {
    Optional<KnownVolume> known = directory.find(volume.volumeId());
    reports.report(
        volume.volumeId(),
        new VolumeReports.Basis(
            volume.epoch(), known.map(state -> state.state().getGeneration()).orElse(0L)),
        detail,
        known.map(KnownVolume::headers).orElse(null));
  }
}
