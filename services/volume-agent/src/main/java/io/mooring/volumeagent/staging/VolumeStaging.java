package io.mooring.volumeagent.staging;

import io.mooring.schemas.FileSystem;
import io.mooring.storage.linux.FilesystemType;
import io.mooring.storage.linux.Mounts;
import io.mooring.volumeagent.staging.StagingException.Reason;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jboss.logging.Logger;

/**
 * Stages volumes: attach, make a file system if there is none, mount; and all of it back. Requests
 * may be repeated and may come again after a crash at any point: what is intended is written to the
 * journal before it is done, and every step looks first whether it is done already.
 */
public final class VolumeStaging {

  private static final Logger LOG = Logger.getLogger(VolumeStaging.class);

  private final StagedVolumes volumes;
  private final VolumeAttacher attacher;
  private final VolumeFacts facts;
  private final StagingListener listener;

  public VolumeStaging(
      StagedVolumes volumes, VolumeAttacher attacher, VolumeFacts facts, StagingListener listener) {
    this.volumes = volumes;
    this.attacher = attacher;
    this.facts = facts;
    this.listener = listener;
  }

  /**
   * Takes over everything that an earlier run of the agent has staged. Before anything else, and
   * without the control plane: file systems are waiting. Each volume for itself, so that one that
   * waits for another device does not hold up the rest.
   */
  public void resumeAll() throws IOException {
    List<Callable<Void>> resumptions = new ArrayList<>();
    for (StagingRecord record : volumes.remembered()) {
      resumptions.add(() -> {
        takeOver(record);
        return null;
      });
    }
    if (resumptions.isEmpty()) {
      return;
    }
    try (ExecutorService threads =
        Executors.newFixedThreadPool(
            resumptions.size(), Thread.ofPlatform().daemon().name("resume-", 0).factory())) {
      for (Future<Void> resumption : threads.invokeAll(resumptions)) {
        resumption.get();
      }
    } catch (ExecutionException e) {
      throw new IOException("taking over a volume failed: " + e.getCause().getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while volumes were taken over");
    }
  }

  private void takeOver(StagingRecord record) throws IOException {
    Optional<AttachedVolume> attached = resume(record);
    volumes.takeOver(record, attached);
    if (attached.isPresent()) {
      restoreTargets(record, attached.get());
      LOG.infof(
          "Volume goes on after the restart of the agent. volume=%s epoch=%d device=%s",
          record.volumeId(), record.epoch(), attached.get().device());
    } else {
      // Remembered on: its head may have been open, and has to be closed when the volume is
      // unstaged.
      dropMounts(record);
      LOG.infof(
          "Volume is not attached any more; it is attached anew when it is staged. volume=%s",
          record.volumeId());
    }
  }

  /** A block device that nobody had open may have got another name. */
  private static void restoreTargets(StagingRecord record, AttachedVolume attached)
      throws IOException {
    if (record.fileSystem().isPresent()) {
      return;
    }
    for (Path target : record.targets()) {
      Mounter.bindDevice(attached.device(), target);
    }
  }

  private Optional<AttachedVolume> resume(StagingRecord record) {
    try {
      return attacher.resume(record.volumeId(), record.epoch());
    } catch (IOException e) {
      LOG.errorf(e, "Volume cannot be taken over. volume=%s", record.volumeId());
      return Optional.empty();
    }
  }

  /** Attaches and mounts a volume for this node. */
  public void stage(StageRequest request, Duration limit)
      throws StagingException, IOException, InterruptedException {
    long deadline = System.nanoTime() + limit.toNanos();
    StagedVolume volume = volumes.enter(request.volumeId());
    try {
      checkAgainst(volume, request);
      Optional<FilesystemType> type = fileSystem(request);
      StagingRecord record =
          volume
              .record()
              .orElseGet(() ->
                  new StagingRecord(
                      request.volumeId(), request.epoch(), request.stagingPath(), type, List.of()));
      volumes.remember(volume, record);
      AttachedVolume attached =
          attach(volume, request, Duration.ofNanos(deadline - System.nanoTime()));
      if (request.access() instanceof Access.Mounted mounted && type.isPresent()) {
        mount(attached, request.stagingPath(), type.get(), mounted, deadline);
      }
    } finally {
      volumes.leave(request.volumeId(), volume);
    }
  }

  private AttachedVolume attach(StagedVolume volume, StageRequest request, Duration limit)
      throws StagingException, IOException, InterruptedException {
    Optional<AttachedVolume> existing = volume.attached();
    if (existing.isPresent()) {
      return existing.get();
    }
    AttachedVolume attached = attacher.attach(request.volumeId(), request.epoch(), limit);
    volume.become(attached);
    return attached;
  }

  private void mount(
      AttachedVolume attached, Path path, FilesystemType type, Access.Mounted access, long deadline)
      throws StagingException, IOException {
    if (Mounter.isMountOf(path, attached.device())) {
      return;
    }
    long start = System.nanoTime();
    Mounter.mount(
        attached.device(), path, type, access, Duration.ofNanos(deadline - System.nanoTime()));
    listener.onMounted(attached, path, Duration.ofNanos(System.nanoTime() - start));
  }

  /** What is staged already must fit to the request, or make room for it. */
  private void checkAgainst(StagedVolume volume, StageRequest request)
      throws StagingException, IOException {
    StagingRecord record = volume.record().orElse(null);
    if (record == null) {
      return;
    }
    if (request.epoch() < record.epoch()) {
      throw new StagingException(
          Reason.PRECONDITION,
          "CSI-025",
          "Volume "
              + record.volumeId()
              + " is staged with epoch "
              + record.epoch()
              + ", the request has "
              + request.epoch()
              + ".",
          "The request belongs to an attachment that was replaced.",
          "Publish the volume again and stage it with the new publish context.");
    }
    if (request.epoch() > record.epoch()) {
      // The controller has given the volume away and back: the old attachment is fenced, nothing of
      // it counts.
      drop(volume, record);
      return;
    }
    if (!record.stagingPath().equals(request.stagingPath())) {
      throw new StagingException(
          Reason.CONFLICT,
          "CSI-028",
          "Volume "
              + record.volumeId()
              + " is staged at "
              + record.stagingPath()
              + ", not at "
              + request.stagingPath()
              + ".",
          "A volume is staged once per node.",
          "Unstage it first, or repeat the first path.");
    }
    boolean wantsMount = request.access() instanceof Access.Mounted;
    if (wantsMount != record.fileSystem().isPresent()) {
      throw new StagingException(
          Reason.CONFLICT,
          "CSI-028",
          "Volume "
              + record.volumeId()
              + " is staged "
              + (wantsMount ? "as a block device." : "with a file system."),
          "The request wants it the other way.",
          "Unstage it first.");
    }
  }

  private Optional<FilesystemType> fileSystem(StageRequest request) throws StagingException {
    return switch (request.access()) {
      case Access.Block _ -> Optional.empty();
      case Access.Mounted mounted ->
          Optional.of(
              mounted.fsType().isPresent()
                  ? named(mounted.fsType().get())
                  : ofVolume(request.volumeId()));
    };
  }

  private static FilesystemType named(String name) throws StagingException {
    return switch (name.toLowerCase(Locale.ROOT)) {
      case "ext4" -> FilesystemType.EXT4;
      case "xfs" -> FilesystemType.XFS;
      default ->
          throw new StagingException(
              Reason.INVALID,
              "CSI-024",
              "File system '" + name + "' is not offered.",
              "The agent knows how to make, mount and grow ext4 and xfs.",
              "Ask for ext4 or xfs.");
    };
  }

  private FilesystemType ofVolume(String volumeId) throws StagingException {
    return switch (facts.fileSystem(volumeId).orElse(FileSystem.EXT4)) {
      case EXT4 -> FilesystemType.EXT4;
      case XFS -> FilesystemType.XFS;
      case NONE ->
          throw new StagingException(
              Reason.PRECONDITION,
              "CSI-024",
              "Volume " + volumeId + " was created without a file system.",
              "The request wants it mounted and names no file system.",
              "Use it as a block device, or name a file system in the request.");
    };
  }

  /** Unmounts and closes a volume cleanly. A volume that is not staged is done. */
  public void unstage(String volumeId, Path stagingPath, Duration limit)
      throws StagingException, IOException, InterruptedException {
    StagedVolume volume = volumes.enter(volumeId);
    try {
      StagingRecord record = volume.record().orElse(null);
      if (record == null || !record.stagingPath().equals(stagingPath)) {
        return;
      }
      requireUnpublished(record);
      Mounter.unmount(stagingPath);
      Optional<AttachedVolume> attached = volume.attached();
      if (attached.isPresent()) {
        detach(attached.get(), limit);
      } else {
        attacher.settle(volumeId, limit);
      }
      volumes.forget(volumeId);
      volume.becomeNothing();
    } finally {
      volumes.leave(volumeId, volume);
    }
  }

  /**
   * Closes cleanly what an earlier run of the agent has opened and left, if nobody has staged the
   * volume.
   */
  public void settleUnlessStaged(String volumeId, Duration limit)
      throws StagingException, IOException, InterruptedException {
    StagedVolume volume = volumes.enter(volumeId);
    try {
      if (volume.record().isEmpty() && volume.attached().isEmpty()) {
        attacher.settle(volumeId, limit);
      }
    } finally {
      volumes.leave(volumeId, volume);
    }
  }

  private static void detach(AttachedVolume attached, Duration limit)
      throws IOException, InterruptedException {
    try {
      Mounter.sync(attached.device());
      attached.detach(limit);
    } catch (IOException e) {
      if (!attached.isLost()) {
        throw e;
      }
      // Whoever owns the volume now has what was acknowledged; nothing can be flushed here any
      // more.
      LOG.infof(
          "A lost volume is unstaged. volume=%s cause=%s", attached.volumeId(), e.getMessage());
      abort(attached);
    }
  }

  private static void requireUnpublished(StagingRecord record)
      throws StagingException, IOException {
    for (Path target : record.targets()) {
      if (Mounts.at(target).isPresent()) {
        throw new StagingException(
            Reason.PRECONDITION,
            "CSI-029",
            "Volume " + record.volumeId() + " is still published at " + target + ".",
            "Unstaging it would take it away from a pod.",
            "Call NodeUnpublishVolume for this path first.");
      }
    }
  }

  /**
   * Gives a lost volume up, which another node may own by now: its users get errors, its mounts go
   * away. Does not wait for a request that works on the volume, since it may itself be waiting for
   * I/O that only ends with this. A volume that was staged anew meanwhile is left alone.
   */
  public void abandon(String volumeId) {
    StagedVolume volume = volumes.find(volumeId).orElse(null);
    if (volume == null) {
      return;
    }
    volume.attached().filter(AttachedVolume::isLost).ifPresent(VolumeStaging::abort);
    volume.lock.lock();
    try {
      if (volume.attached().filter(AttachedVolume::isLost).isPresent()) {
        volume.record().ifPresent(record -> forget(volume, record));
      }
    } finally {
      volumes.leave(volumeId, volume);
    }
  }

  private void drop(StagedVolume volume, StagingRecord record) {
    volume.attached().ifPresent(VolumeStaging::abort);
    forget(volume, record);
  }

  private void forget(StagedVolume volume, StagingRecord record) {
    dropMounts(record);
    try {
      volumes.forget(record.volumeId());
    } catch (IOException e) {
      LOG.errorf(e, "A lost volume is still remembered. volume=%s", record.volumeId());
    }
    volume.becomeNothing();
  }

  private static void abort(AttachedVolume attached) {
    try {
      attached.abort();
    } catch (IOException e) {
      LOG.errorf(e, "The device of a lost volume is still there. volume=%s", attached.volumeId());
    }
  }

  private static void dropMounts(StagingRecord record) {
    record.targets().forEach(Mounter::unmountLazily);
    Mounter.unmountLazily(record.stagingPath());
  }
}
