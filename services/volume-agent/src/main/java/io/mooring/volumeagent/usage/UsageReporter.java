package io.mooring.volumeagent.usage;

import io.mooring.schemas.ControlTopic;
import io.mooring.schemas.VolumeUsage;
import io.mooring.storage.linux.FilesystemUsage;
import io.mooring.storage.linux.Filesystems;
import io.mooring.volumeagent.control.TelemetrySender;
import io.mooring.volumeagent.node.PeriodicThread;
import io.mooring.volumeagent.staging.AttachedVolume;
import io.mooring.volumeagent.staging.StagedVolumes;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToLongFunction;
import org.jboss.logging.Logger;

/** Tells how full every volume is that is attached here, as its file system and its pool see it. */
public final class UsageReporter implements AutoCloseable {

  private static final Logger LOG = Logger.getLogger(UsageReporter.class);
  private static final long NONE = -1;

  private final String nodeId;
  private final StagedVolumes volumes;
  private final ToLongFunction<String> allocatedBytes;
  private final TelemetrySender telemetry;
  private final PeriodicThread thread;
  private volatile Map<String, VolumeUsage> newest = Map.of();

  /**
   * @param allocatedBytes bytes that the local replica of a volume takes, -1 if there is none
   */
  public UsageReporter(
      String nodeId,
      StagedVolumes volumes,
      ToLongFunction<String> allocatedBytes,
      TelemetrySender telemetry,
      Duration interval) {
    this.nodeId = nodeId;
    this.volumes = volumes;
    this.allocatedBytes = allocatedBytes;
    this.telemetry = telemetry;
    this.thread = PeriodicThread.start("usage", interval, this::report);
  }

  /** The newest measurement of a volume that is attached here. */
  public Optional<VolumeUsage> newest(String volumeId) {
    return Optional.ofNullable(newest.get(volumeId));
  }

  private void report() {
    Map<String, VolumeUsage> measured = new HashMap<>();
    for (AttachedVolume volume : volumes.attached()) {
      VolumeUsage usage = measure(volume);
      measured.put(volume.volumeId(), usage);
      telemetry.send(ControlTopic.VOLUME_USAGE, volume.volumeId(), usage);
    }
    newest = Map.copyOf(measured);
  }

  private VolumeUsage measure(AttachedVolume volume) {
    Optional<FilesystemUsage> usage = volumes.mountPoint(volume.volumeId()).flatMap(this::usage);
    return VolumeUsage.newBuilder()
        .setVolumeId(volume.volumeId())
        .setNodeId(nodeId)
        .setAt(Instant.now())
        .setCapacityBytes(volume.sizeBytes())
        .setFsSizeBytes(usage.map(FilesystemUsage::totalBytes).orElse(NONE))
        .setFsUsedBytes(usage.map(FilesystemUsage::usedBytes).orElse(NONE))
        .setInodesTotal(usage.map(FilesystemUsage::totalInodes).orElse(NONE))
        .setInodesUsed(usage.map(FilesystemUsage::usedInodes).orElse(NONE))
        .setAllocatedBytes(allocatedBytes.applyAsLong(volume.volumeId()))
        .build();
  }

  private Optional<FilesystemUsage> usage(Path mountPoint) {
    try {
      return Optional.of(Filesystems.usage(mountPoint));
    } catch (IOException e) {
      LOG.debugf("A file system cannot be measured. path=%s cause=%s", mountPoint, e.getMessage());
      return Optional.empty();
    }
  }

  @Override
  public void close() {
    thread.close();
  }
}
