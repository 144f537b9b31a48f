package io.mooring.volumeagent.heads;

import io.mooring.schemas.EventHeaders;
import io.mooring.schemas.VolumeState;
import io.mooring.storage.engine.Attacher;
import io.mooring.storage.engine.Attachment;
import io.mooring.storage.engine.StorageNode;
import io.mooring.storage.engine.VolumeHead;
import io.mooring.storage.replication.VolumeId;
import io.mooring.volumeagent.staging.AttachedVolume;
import io.mooring.volumeagent.staging.StagingException;
import io.mooring.volumeagent.staging.VolumeAttacher;
import io.mooring.volumeagent.volumes.KnownVolume;
import io.mooring.volumeagent.volumes.VolumeDirectory;
import io.mooring.volumeagent.volumes.VolumeListener;
import io.mooring.volumeagent.volumes.VolumeViews;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Consumer;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Opens, resumes and ends heads. A head is opened only under an epoch for which the catalogue names
 * this node as holder (I2); one whose device outlived the agent is resumed under its old epoch
 * without asking anybody, and the replicas decide whether it still counts.
 */
public final class HeadKeeper implements VolumeAttacher, VolumeListener {

  private static final Logger LOG = Logger.getLogger(HeadKeeper.class);

  private final String nodeId;
  private final VolumeDirectory directory;
  private final VolumeViews views;
  private final StorageNode storage;
  private final Attacher attacher;
  private final HeadReports reports;
  private final ReplicaBarrier replicas;
  private final ConcurrentMap<String, RunningHead> heads = new ConcurrentHashMap<>();
  private volatile Consumer<String> onLost = _ -> {};

  /** Waits until what was heard about a volume's replicas on this node is carried out. */
  public interface ReplicaBarrier {
    boolean await(String volumeId, Duration limit) throws InterruptedException;
  }

  public HeadKeeper(
      String nodeId,
      VolumeDirectory directory,
      VolumeViews views,
      StorageNode storage,
      Attacher attacher,
      HeadReports reports,
      ReplicaBarrier replicas) {
    this.nodeId = nodeId;
    this.directory = directory;
    this.views = views;
    this.storage = storage;
    this.attacher = attacher;
    this.reports = reports;
    this.replicas = replicas;
  }

  /**
   * What to do about a volume whose head was fenced: its device must go away from under its users.
   */
  public void onLost(Consumer<String> listener) {
    onLost = listener;
  }

  /** How a volume is whose head runs here. */
  public AttachedVolume.Health health(String volumeId) {
    RunningHead running = heads.get(volumeId);
    return running == null
        ? new AttachedVolume.Health(true, "not attached")
        : HeadHealth.of(running.state(), directory.find(volumeId));
  }

  /** Volumes whose head runs here. */
  public List<String> running() {
    return heads.entrySet().stream()
        .filter(entry -> !entry.getValue().isOver())
        .map(Map.Entry::getKey)
        .sorted()
        .toList();
  }

  /** All heads that run here. */
  public List<VolumeHead> all() {
    return heads.values().stream()
        .filter(running -> !running.isOver())
        .map(RunningHead::head)
        .toList();
  }

  /** The head of a volume, if it runs here. */
  public Optional<VolumeHead> head(String volumeId) {
    return Optional.ofNullable(heads.get(volumeId))
        .filter(head -> !head.isOver())
        .map(RunningHead::head);
  }

  // What the catalogue says

  @Override
  public synchronized void onVolume(KnownVolume volume) {
    RunningHead running = heads.get(volume.state().getVolumeId());
    if (running != null && !running.isOver()) {
      running.head().catalogueChanged(views.view(volume.state()));
    } else if (!volume.isHeldBy(nodeId)) {
      forget(volume.state().getVolumeId());
    }
  }

  /**
   * The record of a run is kept as long as this node may run the head in the same epoch again: the
   * next run must have a higher session.
   */
  private void forget(String volumeId) {
    try {
      storage.forget(new VolumeId(volumeId));
    } catch (IOException e) {
      LOG.errorf(e, "The record of a head cannot be removed. volume=%s", volumeId);
    }
  }

  @Override
  public void onDeleted(String volumeId, @Nullable EventHeaders headers) {
    if (heads.containsKey(volumeId)) {
      LOG.errorf("A volume was deleted while it is attached here. volume=%s", volumeId);
    } else {
      forget(volumeId);
    }
  }

  /** Nodes have moved: heads may find their replicas elsewhere. */
  public void onNodesChanged() {
    heads.keySet().forEach(volumeId -> directory.find(volumeId).ifPresent(this::onVolume));
  }

  // What the orchestrator wants

  @Override
  public AttachedVolume attach(String volumeId, long epoch, Duration limit)
      throws StagingException, IOException, InterruptedException {
    RunningHead running = open(volumeId, epoch, HeadUse.DEVICE, limit);
    Attachment device = attacher.attach(running.head());
    reports.attached(running.head(), device);
    return new AttachedHead(running, device);
  }

  /**
   * Opens a volume under an epoch for use within the agent, without a device; returns when it
   * serves. While it is lent nobody can stage the volume. Doing it again gives the same head.
   *
   * @throws StagingException if the epoch is not this node's, the volume is in use in another way,
   *     or it does not serve in time; in the last case it is lent all the same
   */
  public VolumeHead lend(String volumeId, long epoch, HeadUse use, Duration limit)
      throws StagingException, IOException, InterruptedException {
    return open(volumeId, epoch, use, limit).head();
  }

  /**
   * Closes what was lent, cleanly. Nothing to do if there is no such head.
   *
   * @throws IOException if it could not be closed in time; it is still lent then
   */
  public void takeBack(VolumeHead lent, Duration limit) throws IOException, InterruptedException {
    RunningHead running = heads.get(lent.volume().value());
    if (running != null && running.head() == lent) {
      close(running, limit);
    }
  }

  /** What the head of a volume is used for; empty if none runs here. */
  public Optional<HeadUse> use(String volumeId) {
    return Optional.ofNullable(heads.get(volumeId))
        .filter(head -> !head.isOver())
        .map(RunningHead::use);
  }

  private RunningHead open(String volumeId, long epoch, HeadUse use, Duration limit)
      throws StagingException, IOException, InterruptedException {
    long deadline = System.nanoTime() + limit.toNanos();
    Optional<KnownVolume> known =
        directory.await(
            volumeId,
            state -> HeadRefusals.isGranted(state, nodeId, epoch) || state.getEpoch() > epoch,
            limit);
    HeadRefusals.requireGrant(volumeId, nodeId, epoch, known);
    replicas.await(volumeId, left(deadline));
    RunningHead running = openUnderGrant(volumeId, epoch, use);
    HeadRefusals.requireServing(volumeId, running.awaitServing(left(deadline)));
    return running;
  }

  /**
   * Under the lock under which states are passed on, so that none is missed between reading one and
   * opening.
   */
  private synchronized RunningHead openUnderGrant(String volumeId, long epoch, HeadUse use)
      throws StagingException, IOException {
    VolumeState state =
        HeadRefusals.requireGrant(volumeId, nodeId, epoch, directory.find(volumeId));
    HeadRefusals.requireTask(state, use);
    RunningHead existing = heads.get(volumeId);
    if (existing != null
        && !existing.isOver()
        && existing.head().promise().epoch().value() == epoch) {
      HeadRefusals.requireUse(volumeId, existing.use(), use);
      return existing;
    }
    RunningHead running = new RunningHead(use, reports, this::lost);
    running.runs(storage.open(views.view(state), VolumeViews.profile(state), running));
    heads.put(volumeId, running);
    return running;
  }

  @Override
  public Optional<AttachedVolume> resume(String volumeId, long epoch) throws IOException {
    if (!attacher.survivors().contains(new VolumeId(volumeId))) {
      return Optional.empty();
    }
    RunningHead running = new RunningHead(HeadUse.DEVICE, reports, this::lost);
    Optional<VolumeHead> head = storage.resume(new VolumeId(volumeId), running);
    if (head.isEmpty()) {
      return Optional.empty();
    }
    running.runs(head.get());
    Attachment device = attacher.resume(head.get());
    heads.put(volumeId, running);
    return Optional.of(new AttachedHead(running, device));
  }

  /**
   * Lets go of devices that an earlier run of the agent has left and that nobody took over: nobody
   * can use them.
   */
  public void abandonSurvivors() throws IOException {
    for (VolumeId volume : attacher.survivors()) {
      if (!heads.containsKey(volume.value())) {
        LOG.warnf("A device without a record is given up. volume=%s", volume);
        attacher.abandon(volume);
      }
    }
  }

  @Override
  public void settle(String volumeId, Duration limit) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + limit.toNanos();
    RunningHead running = heads.get(volumeId);
    if (running == null) {
      running = new RunningHead(HeadUse.DEVICE, reports, this::lost);
      Optional<VolumeHead> head = storage.resume(new VolumeId(volumeId), running);
      if (head.isEmpty()) {
        return;
      }
      running.runs(head.get());
      heads.put(volumeId, running);
      directory.find(volumeId).ifPresent(this::onVolume);
    }
    if (running.use() == HeadUse.DEVICE) {
      close(running, left(deadline));
    }
  }

  private void close(RunningHead running, Duration limit) throws IOException, InterruptedException {
    VolumeHead head = running.head();
    try {
      Completion.await(head.close(), limit, "closing volume " + head.volume());
      reports.detached(head);
    } catch (IOException e) {
      if (!head.state().isOver()) {
        throw e;
      }
      // Fenced while it was closing: there is nothing left to close.
      LOG.infof(
          "A head ended before it was closed. volume=%s state=%s", head.volume(), head.state());
    }
    heads.remove(head.volume().value(), running);
  }

  /**
   * Not on the thread that brought the news: it belongs to the head, and taking devices away takes
   * a while.
   */
  private void lost(RunningHead running) {
    String volumeId = running.head().volume().value();
    Thread.ofPlatform()
        .name("lost-" + volumeId)
        .daemon()
        .start(() -> {
          onLost.accept(volumeId);
          heads.remove(volumeId, running);
          directory.find(volumeId).ifPresent(this::onVolume);
        });
  }

  private static Duration left(long deadline) {
    return Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
  }

  private final class AttachedHead implements AttachedVolume {
    private final RunningHead running;
    private final Attachment device;

    AttachedHead(RunningHead running, Attachment device) {
      this.running = running;
      this.device = device;
    }

    @Override
    public String volumeId() {
      return running.head().volume().value();
    }

    @Override
    public long epoch() {
      return running.head().promise().epoch().value();
    }

    @Override
    public Path device() {
      return device.device();
    }

    @Override
    public long sizeBytes() {
      return running.head().sizeBytes();
    }

    @Override
    public boolean isLost() {
      return running.isOver();
    }

    @Override
    public Health health() {
      return HeadHealth.of(running.state(), directory.find(volumeId()));
    }

    @Override
    public void grow(long sizeBytes, Duration limit) throws IOException, InterruptedException {
      if (sizeBytes > sizeBytes()) {
        Completion.await(running.head().grow(sizeBytes), limit, "growing volume " + volumeId());
      }
      device.refreshSize(sizeBytes());
    }

    @Override
    public void detach(Duration limit) throws IOException, InterruptedException {
      long deadline = System.nanoTime() + limit.toNanos();
      device.detach();
      close(running, left(deadline));
    }

    @Override
    public void abort() throws IOException {
      device.abort();
    }
  }
}
