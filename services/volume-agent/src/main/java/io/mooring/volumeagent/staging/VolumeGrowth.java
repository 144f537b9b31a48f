package io.mooring.volumeagent.staging;

import io.mooring.storage.linux.FilesystemException;
import io.mooring.storage.linux.FilesystemType;
import io.mooring.storage.linux.Filesystems;
import io.mooring.volumeagent.staging.StagingException.Reason;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * Grows volumes that are in use: replicas, then the device, then the file system. The size in the
 * volume's state is the wish; whoever notices first, the follower of states or the orchestrator's
 * call, grows.
 */
public final class VolumeGrowth {

  private static final Logger LOG = Logger.getLogger(VolumeGrowth.class);
  private static final Duration STATE_POLL = Duration.ofMillis(50);

  private final StagedVolumes volumes;
  private final VolumeFacts facts;
  private final StagingListener listener;

  public VolumeGrowth(StagedVolumes volumes, VolumeFacts facts, StagingListener listener) {
    this.volumes = volumes;
    this.facts = facts;
    this.listener = listener;
  }

  /**
   * Grows a volume to the size in its state, which must be at least the one that is asked for.
   *
   * @return the size
   */
  public long expand(String volumeId, Path path, long requiredBytes, Duration limit)
      throws StagingException, IOException, InterruptedException {
    long deadline = System.nanoTime() + limit.toNanos();
    awaitState(volumeId, requiredBytes, deadline);
    StagedVolume volume = volumes.enter(volumeId);
    try {
      AttachedVolume attached =
          volume.attached().orElseThrow(() -> VolumeGauge.unknown(volumeId, path));
      grow(volume, attached, Duration.ofNanos(deadline - System.nanoTime()));
      return attached.sizeBytes();
    } finally {
      volumes.leave(volumeId, volume);
    }
  }

  /**
   * Grows a volume if its state asks for more than it has, or an earlier attempt was cut short.
   * Does nothing while another request works on the volume: this is called again.
   */
  public void growIfWanted(String volumeId, Duration limit) throws InterruptedException {
    StagedVolume volume = volumes.find(volumeId).orElse(null);
    if (volume == null || !volume.lock.tryLock()) {
      return;
    }
    try {
      // A lost one is about to be taken away, which needs this lock.
      Optional<AttachedVolume> attached = volume.attached().filter(each -> !each.isLost());
      if (attached.isPresent()
          && (volume.isGrowing() || wanted(attached.get()) > attached.get().sizeBytes())) {
        grow(volume, attached.get(), limit);
      }
    } catch (StagingException | IOException e) {
      LOG.errorf("Volume did not grow. volume=%s cause=%s", volumeId, e.getMessage());
    } finally {
      volumes.leave(volumeId, volume);
    }
  }

  /** Why the newest attempt to grow a volume's file system failed. */
  public Optional<String> problem(String volumeId) {
    return volumes.find(volumeId).flatMap(StagedVolume::growProblem);
  }

  private void grow(StagedVolume volume, AttachedVolume attached, Duration limit)
      throws StagingException, IOException, InterruptedException {
    volume.growthBegins();
    long deviceBefore = attached.sizeBytes();
    attached.grow(wanted(attached), limit);
    boolean deviceGrew = attached.sizeBytes() > deviceBefore;
    Optional<StagingRecord> mounted =
        volume.record().filter(record -> record.fileSystem().isPresent());
    if (mounted.isEmpty()) {
      volume.growthEnds(null);
      if (deviceGrew) {
        listener.onGrown(attached, 0);
      }
      return;
    }
    Path path = mounted.get().stagingPath();
    FilesystemType type = mounted.get().fileSystem().orElseThrow();
    long before = Filesystems.usage(path).totalBytes();
    try {
      Filesystems.grow(attached.device(), path, type, limit);
      volume.growthEnds(null);
    } catch (FilesystemException e) {
      StagingException coded = growthRefused(attached, type, e);
      volume.growthEnds(coded.getMessage());
      throw coded;
    } finally {
      long now = Filesystems.usage(path).totalBytes();
      if (deviceGrew || now > before) {
        listener.onGrown(attached, now);
      }
    }
  }

  private long wanted(AttachedVolume attached) {
    return Math.max(
        attached.sizeBytes(), facts.sizeBytes(attached.volumeId()).orElse(attached.sizeBytes()));
  }

  private static StagingException growthRefused(
      AttachedVolume attached, FilesystemType type, FilesystemException e) {
    boolean capability = e.reason() == FilesystemException.Reason.CAPABILITY_MISSING;
    return new StagingException(
        capability ? Reason.PRECONDITION : Reason.FAILED,
        capability ? "CSI-036" : "CSI-037",
        "Volume "
            + attached.volumeId()
            + " has grown, its "
            + type.kernelName()
            + " file system has not.",
        String.valueOf(e.getMessage()),
        capability
            ? "Give the agent CAP_SYS_RESOURCE, or use xfs."
            : "See what the tool says; the call may be repeated.",
        e);
  }

  private void awaitState(String volumeId, long requiredBytes, long deadline)
      throws StagingException, InterruptedException {
    while (facts.sizeBytes(volumeId).orElse(0L) < requiredBytes) {
      if (System.nanoTime() > deadline) {
        throw new StagingException(
            Reason.UNAVAILABLE,
            "CSI-038",
            "Volume " + volumeId + " is not known to have " + requiredBytes + " bytes.",
            "The controller raises the size first, and this node has not heard of it.",
            "Call ControllerExpandVolume, or repeat the call when the control topics can be reached.");
      }
      Thread.sleep(STATE_POLL);
    }
  }
}
