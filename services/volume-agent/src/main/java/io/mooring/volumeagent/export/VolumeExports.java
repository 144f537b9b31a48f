package io.mooring.volumeagent.export;

import io.mooring.schemas.VolumePhase;
import io.mooring.schemas.VolumeState;
import io.mooring.storage.engine.VolumeHead;
import io.mooring.storage.nbd.NbdExport;
import io.mooring.volumeagent.heads.HeadKeeper;
import io.mooring.volumeagent.heads.HeadUse;
import io.mooring.volumeagent.staging.StagedVolumes;
import io.mooring.volumeagent.staging.StagingException;
import io.mooring.volumeagent.staging.StagingException.Reason;
import io.mooring.volumeagent.staging.VolumeStaging;
import io.mooring.volumeagent.volumes.KnownVolume;
import io.mooring.volumeagent.volumes.VolumeDirectory;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Exports of volumes whose head runs here. An export ends with its head: when the volume is
 * detached or fenced, its clients get errors first and are disconnected soon after.
 *
 * <p>A volume that belongs to this node and that nobody has staged is opened for an export for
 * writing, and closed when that is taken away: that is how a volume is filled from outside before
 * anybody uses it.
 */
public final class VolumeExports {

  private static final Duration OPEN_LIMIT = Duration.ofSeconds(30);
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(30);

  private final String nodeId;
  private final ExportServer server;
  private final Volumes volumes;
  private final Map<String, Published> published = new ConcurrentHashMap<>();

  /** What is known about volumes, and how they are used. */
  public record Volumes(
      VolumeDirectory directory, HeadKeeper heads, StagedVolumes staged, VolumeStaging staging) {}

  private record Published(VolumeHead head, boolean readOnly) {}

  public VolumeExports(String nodeId, ExportServer server, Volumes volumes) {
    this.nodeId = nodeId;
    this.server = server;
    this.volumes = volumes;
    server.onCheck(this::withdrawEnded);
  }

  /**
   * Exports a volume. Doing it again changes nothing.
   *
   * @throws StagingException if the volume is not attached here and cannot be opened for this, or
   *     is in use and wanted for writing, or nobody can connect
   */
  public ExportServer.Export export(String volumeId, boolean readOnly) throws StagingException {
    return export(volumeId, readOnly, OptionalLong.empty());
  }

  /**
   * Exports a volume for whoever it was published to under an epoch: what somebody else has
   * attached since is not his (I2).
   *
   * @param epoch empty for whatever the volume is attached under
   */
  public ExportServer.Export export(String volumeId, boolean readOnly, OptionalLong epoch)
      throws StagingException {
    if (!readOnly) {
      openIfUnused(volumeId, epoch);
    }
    return exportOpen(volumeId, readOnly, epoch);
  }

  private void openIfUnused(String volumeId, OptionalLong epoch) throws StagingException {
    Optional<VolumeState> ours = oursAndUnstaged(volumeId);
    if (ours.isEmpty() || volumes.heads.use(volumeId).filter(HeadUse.DEVICE::equals).isPresent()) {
      return;
    }
    try {
      volumes.heads.lend(volumeId, epoch.orElse(ours.get().getEpoch()), HeadUse.EXPORT, OPEN_LIMIT);
    } catch (IOException e) {
      throw new StagingException(
          Reason.FAILED,
          "VOL-069",
          "Volume " + volumeId + " cannot be opened for an export.",
          "The system refused: " + e.getMessage() + ".",
          "See the agent's log; the request may be repeated.",
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw interrupted(volumeId);
    }
  }

  private Optional<VolumeState> oursAndUnstaged(String volumeId) {
    return volumes
        .directory
        .find(volumeId)
        .filter(volume -> volume.isHeldBy(nodeId))
        .map(KnownVolume::state)
        .filter(state -> state.getPhase() == VolumePhase.PUBLISHED)
        .filter(_ -> volumes.staged.attached(volumeId).isEmpty());
  }

  private synchronized ExportServer.Export exportOpen(
      String volumeId, boolean readOnly, OptionalLong epoch) throws StagingException {
    VolumeHead head = attached(volumeId);
    if (epoch.isPresent() && epochOf(head) != epoch.getAsLong()) {
      throw new StagingException(
          Reason.PRECONDITION,
          "CSI-025",
          "Volume "
              + volumeId
              + " is attached under epoch "
              + epochOf(head)
              + ", not "
              + epoch.getAsLong()
              + ".",
          "It was given to somebody else, or given back, since it was published for this.",
          "Publish the volume again and name the new epoch.");
    }
    if (!readOnly && volumes.staged.mountPoint(volumeId).isPresent()) {
      throw new StagingException(
          Reason.CONFLICT,
          "VOL-063",
          "Volume " + volumeId + " is mounted on this node.",
          "A second writer below a mounted file system destroys it.",
          "Export it read-only, or unmount it first.");
    }
    Published before = published.get(volumeId);
    if (before != null && before.head == head && before.readOnly == readOnly) {
      return server.describe(volumeId, head.sizeBytes(), readOnly);
    }
    ExportServer.Export export =
        server.publish(
            new NbdExport(volumeId, "Mooring volume " + volumeId, head.nbdDevice(), readOnly));
    published.put(volumeId, new Published(head, readOnly));
    return export;
  }

  private VolumeHead attached(String volumeId) throws StagingException {
    return volumes
        .heads
        .head(volumeId)
        .orElseThrow(() ->
            new StagingException(
                Reason.PRECONDITION,
                "VOL-062",
                "Volume " + volumeId + " is not attached to this node.",
                "Only the node of its head can export a volume.",
                "Stage the volume here, or ask the agent of the node that holds it."));
  }

  /**
   * Takes an export away; its clients are disconnected. What was opened for it, by this run of the
   * agent or an earlier one, is closed cleanly. Nothing to do if there is none.
   *
   * @throws StagingException if it could not be closed in time; repeat it
   */
  public void withdraw(String volumeId) throws StagingException {
    withdraw(volumeId, OptionalLong.empty());
  }

  /**
   * Takes away what was exported under an epoch or an earlier one. Under a later one the volume is
   * somebody else's: then there is nothing to do.
   *
   * @param epoch empty for whatever there is
   */
  public void withdraw(String volumeId, OptionalLong epoch) throws StagingException {
    if (epoch.isPresent() && newestEpoch(volumeId) > epoch.getAsLong()) {
      return;
    }
    disconnect(volumeId);
    try {
      if (volumes.heads.use(volumeId).filter(HeadUse.EXPORT::equals).isPresent()) {
        Optional<VolumeHead> lent = volumes.heads.head(volumeId);
        if (lent.isPresent()) {
          volumes.heads.takeBack(lent.get(), CLOSE_LIMIT);
        }
      } else if (oursAndUnstaged(volumeId).filter(state -> state.getTask() == null).isPresent()) {
        volumes.staging.settleUnlessStaged(volumeId, CLOSE_LIMIT);
      }
    } catch (IOException e) {
      throw new StagingException(
          Reason.UNAVAILABLE,
          "VOL-068",
          "Volume " + volumeId + " was not closed cleanly in time.",
          String.valueOf(e.getMessage()) + ".",
          "Repeat the request; GET /volumes/" + volumeId + " tells about its replicas.",
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw interrupted(volumeId);
    }
  }

  /** Of the head that runs here; without one, of what was heard of the volume. */
  private long newestEpoch(String volumeId) {
    return volumes
        .heads
        .head(volumeId)
        .map(VolumeExports::epochOf)
        .or(() -> volumes.directory.find(volumeId).map(known -> known.state().getEpoch()))
        .orElse(0L);
  }

  private static long epochOf(VolumeHead head) {
    return head.promise().epoch().value();
  }

  private static StagingException interrupted(String volumeId) {
    return new StagingException(
        Reason.UNAVAILABLE,
        "VOL-068",
        "The request for volume " + volumeId + " was interrupted.",
        "The agent ends.",
        "Repeat it when the agent runs again.");
  }

  private synchronized void disconnect(String volumeId) {
    if (published.remove(volumeId) != null) {
      server.withdraw(volumeId);
    }
  }

  /** Whether a volume is exported. */
  public boolean isExported(String volumeId) {
    Published found = published.get(volumeId);
    return found != null && isCurrent(volumeId, found);
  }

  private boolean isCurrent(String volumeId, Published export) {
    return volumes.heads.head(volumeId).filter(head -> head == export.head).isPresent();
  }

  private synchronized void withdrawEnded() {
    for (var entry : Map.copyOf(published).entrySet()) {
      if (!isCurrent(entry.getKey(), entry.getValue())) {
        disconnect(entry.getKey());
      }
    }
  }
}
