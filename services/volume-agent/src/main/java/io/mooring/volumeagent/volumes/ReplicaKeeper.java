package io.mooring.volumeagent.volumes;

import io.mooring.schemas.EventHeaders;
import io.mooring.schemas.ReplicaFenced;
import io.mooring.schemas.ReplicaRemoved;
import io.mooring.schemas.ReplicaUnusable;
import io.mooring.schemas.VolumePhase;
import io.mooring.storage.blockstore.ReplicaFileException;
import io.mooring.storage.blockstore.ReplicaPool;
import io.mooring.storage.blockstore.ReplicaProblem;
import io.mooring.storage.engine.NodeObserver;
import io.mooring.storage.engine.NodeReplicas;
import io.mooring.storage.engine.ReplicaHost;
import io.mooring.storage.engine.WireException;
import io.mooring.storage.replication.Epoch;
import io.mooring.storage.replication.Promise;
import io.mooring.storage.replication.ReplicaId;
import io.mooring.storage.replication.ReplicaRecord;
import io.mooring.storage.replication.VolumeId;
import java.io.IOException;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Makes this node's replicas follow the states of their volumes, and reports what became of them.
 */
public final class ReplicaKeeper implements VolumeListener, NodeObserver {

  private static final Logger LOG = Logger.getLogger(ReplicaKeeper.class);

  private record Key(String volumeId, String replicaId) {}

  private record Said(
      String volumeId, ReplicaStep.ReportUnusable what, long epoch, long generation) {}

  private final ReplicaDecisions decisions;
  private final VolumeReports reports;
  private final VolumeLanes lanes;
  private final Departures departures = new Departures(Departures.LIMIT);

  /** By volume, the pool of every replica that has files here, usable or not. */
  private final Map<String, Map<String, String>> pools = new ConcurrentHashMap<>();

  private final Map<Key, LocalReplica.Unusable> unusable = new ConcurrentHashMap<>();

  /** Newest state of each volume, for what is found out in between. */
  private final Map<String, KnownVolume> newest = new ConcurrentHashMap<>();

  /** Newest state of each volume that is being fenced: whoever promises its epoch is evidence. */
  private final Map<String, KnownVolume> fencing = new ConcurrentHashMap<>();

  /**
   * What was said about unusable replicas; once per state is enough, since reports are kept until
   * they arrive. One that is based on an old state is answered by the present one.
   */
  private final Set<Said> reported = ConcurrentHashMap.newKeySet();

  private volatile @Nullable NodeReplicas replicas;

  public ReplicaKeeper(String nodeId, VolumeReports reports, VolumeLanes lanes) {
    this.decisions = new ReplicaDecisions(nodeId);
    this.reports = reports;
    this.lanes = lanes;
  }

  /** Takes over the replicas that were found in the pools; before any state is heard. */
  public void keep(NodeReplicas found, Collection<String> poolIds) throws IOException {
    for (String pool : poolIds) {
      for (ReplicaPool.Entry entry : found.list(pool)) {
        foundIn(pool, entry.volume().value(), entry.replica().value());
      }
    }
    replicas = found;
  }

  /** Whether there are files of a volume here. */
  public boolean hasFilesOf(String volumeId) {
    return pools.containsKey(volumeId);
  }

  /** Whether there are files of a replica here, usable or not. */
  public boolean hasFilesOf(String volumeId, String replicaId) {
    return pools.getOrDefault(volumeId, Map.of()).containsKey(replicaId);
  }

  /** The usable replicas of a pool. */
  public List<ReplicaHost> inPool(String poolId) {
    List<ReplicaHost> hosts = new ArrayList<>();
    pools.forEach((volumeId, inPools) ->
        inPools.forEach((replicaId, pool) -> {
          if (pool.equals(poolId)) {
            replicas().find(new VolumeId(volumeId), new ReplicaId(replicaId)).ifPresent(hosts::add);
          }
        }));
    return hosts;
  }

  private void foundIn(String pool, String volumeId, String replicaId) {
    pools.computeIfAbsent(volumeId, _ -> new ConcurrentSkipListMap<>()).put(replicaId, pool);
  }

  private void gone(Key key) {
    unusable.remove(key);
    pools.computeIfPresent(
        key.volumeId,
        (_, inPools) -> {
          inPools.remove(key.replicaId);
          return inPools.isEmpty() ? null : inPools;
        });
  }

  @Override
  public void onVolume(KnownVolume volume) {
    String volumeId = volume.state().getVolumeId();
    newest.put(volumeId, volume);
    if (volume.state().getPhase() == VolumePhase.FENCING) {
      fencing.put(volumeId, volume);
    } else {
      fencing.remove(volumeId);
    }
    follow(volumeId, volume);
  }

  private void follow(String volumeId, KnownVolume volume) {
    lanes.submit(
        volumeId,
        () ->
            decisions
                .on(volume.state(), local(volumeId))
                .forEach(step -> take(volumeId, step, volume)));
  }

  @Override
  public void onDeleted(String volumeId, @Nullable EventHeaders headers) {
    fencing.remove(volumeId);
    newest.remove(volumeId);
    lanes.submit(
        volumeId,
        () -> decisions.onDeleted(local(volumeId)).forEach(step -> take(volumeId, step, null)));
  }

  private Map<String, LocalReplica> local(String volumeId) {
    Map<String, LocalReplica> local = new TreeMap<>();
    for (String replicaId : pools.getOrDefault(volumeId, Map.of()).keySet()) {
      local.put(replicaId, local(new Key(volumeId, replicaId)));
    }
    return local;
  }

  private LocalReplica local(Key key) {
    LocalReplica.Unusable problem = unusable.get(key);
    if (problem != null) {
      return problem;
    }
    return replicas()
        .find(new VolumeId(key.volumeId), new ReplicaId(key.replicaId))
        .map(host -> opened(host.superblock()))
        .orElseGet(() -> new LocalReplica.Unusable("REP-014", "Its files are closed."));
  }

  private static LocalReplica opened(ReplicaRecord.Superblock superblock) {
    LocalReplica.Sound files =
        new LocalReplica.Sound(
            superblock.promise().epoch().value(), superblock.membership().generation().value());
    return superblock.unreadable()
        ? new LocalReplica.Damaged(
            files, ReplicaProblem.UNREADABLE.code(), "Some of its content could not be read.")
        : files;
  }

  private void take(String volumeId, ReplicaStep step, @Nullable KnownVolume because) {
    try {
      switch (step) {
        case ReplicaStep.Create create -> create(volumeId, create);
        case ReplicaStep.Promise promise -> promise(volumeId, promise);
        case ReplicaStep.Delete delete -> {
          Key key = new Key(volumeId, delete.replicaId());
          if (because == null || mayGo(key, because)) {
            delete(key);
            if (delete.report() && because != null) {
              reports.report(because, new ReplicaRemoved(delete.replicaId()));
            }
          }
        }
        case ReplicaStep.ReportUnusable lost -> reportUnusable(volumeId, lost, because);
        case ReplicaStep.Keep kept ->
            LOG.warnf(
                "Files of a replica are kept although the volume does not list it. volume=%s replica=%s because=%s",
                volumeId, kept.replicaId(), kept.reason());
      }
    } catch (ReplicaFileException e) {
      failed(volumeId, step, e.problem().code(), e, because);
    } catch (IOException e) {
      failed(volumeId, step, "REP-021", e, because);
    }
  }

  private void create(String volumeId, ReplicaStep.Create create) throws IOException {
    VolumeId volume = new VolumeId(volumeId);
    ReplicaId replica = new ReplicaId(create.replicaId());
    replicas().create(create.poolId(), volume, replica, create.sizeBytes());
    foundIn(create.poolId(), volumeId, create.replicaId());
    LOG.infof(
        "Replica created. volume=%s replica=%s pool=%s bytes=%d",
        volumeId, create.replicaId(), create.poolId(), create.sizeBytes());
  }

  /** The promise is reported when it is durable, see {@link #promised}. */
  private void promise(String volumeId, ReplicaStep.Promise promise) {
    replicas()
        .find(new VolumeId(volumeId), new ReplicaId(promise.replicaId()))
        .ifPresent((ReplicaHost host) -> host.learnEpoch(new Epoch(promise.epoch())));
  }

  /** Not before its head lets go, unless the volume goes as well. */
  private boolean mayGo(Key key, KnownVolume because) {
    return because.state().getPhase() == VolumePhase.DELETING
        || departures.mayGo(
            key.volumeId + "/" + key.replicaId,
            () -> isServing(key),
            () -> lookAgain(key.volumeId));
  }

  private boolean isServing(Key key) {
    return replicas()
        .find(new VolumeId(key.volumeId), new ReplicaId(key.replicaId))
        .filter(ReplicaHost::isServing)
        .isPresent();
  }

  private void lookAgain(String volumeId) {
    KnownVolume known = newest.get(volumeId);
    if (known != null) {
      follow(volumeId, known);
    }
  }

  private void delete(Key key) throws IOException {
    String pool = pools.getOrDefault(key.volumeId, Map.of()).get(key.replicaId);
    if (pool == null) {
      return;
    }
    replicas().delete(pool, new VolumeId(key.volumeId), new ReplicaId(key.replicaId));
    gone(key);
    LOG.infof("Replica deleted. volume=%s replica=%s pool=%s", key.volumeId, key.replicaId, pool);
  }

  private void reportUnusable(
      String volumeId, ReplicaStep.ReportUnusable lost, @Nullable KnownVolume because) {
    if (because != null && reported.add(said(volumeId, lost, because))) {
      LOG.warnf(
          "Replica is reported as unusable and is replaced unless this node's view is old. volume=%s replica=%s code=%s reason=%s",
          volumeId, lost.replicaId(), lost.code(), lost.reason());
      reports.report(because, new ReplicaUnusable(lost.replicaId(), lost.code(), lost.reason()));
    }
  }

  private static Said said(String volumeId, ReplicaStep.ReportUnusable lost, KnownVolume because) {
    return new Said(volumeId, lost, because.state().getEpoch(), because.state().getGeneration());
  }

  private void failed(
      String volumeId,
      ReplicaStep step,
      String code,
      IOException cause,
      @Nullable KnownVolume because) {
    LOG.errorf(
        cause, "A step for a replica failed. volume=%s step=%s code=%s", volumeId, step, code);
    if (step instanceof ReplicaStep.Create create) {
      reportUnusable(
          volumeId,
          new ReplicaStep.ReportUnusable(
              create.replicaId(), code, String.valueOf(cause.getMessage())),
          because);
    }
  }

  private NodeReplicas replicas() {
    NodeReplicas found = replicas;
    if (found == null) {
      throw new IllegalStateException("states were heard before the pools were opened");
    }
    return found;
  }

  // What the data plane tells

  @Override
  public void promised(VolumeId volume, ReplicaId replica, Promise promise) {
    KnownVolume fenced = fencing.get(volume.value());
    if (fenced != null && promise.epoch().value() >= fenced.state().getEpoch()) {
      reports.report(fenced, new ReplicaFenced(replica.value(), promise.epoch().value()));
    }
  }

  @Override
  public void reopened(VolumeId volume, ReplicaId replica) {
    LOG.warnf(
        "A replica whose disk had failed was read anew and is served again. volume=%s replica=%s",
        volume.value(), replica.value());
  }

  @Override
  public void unreadable(VolumeId volume, ReplicaId replica, String reason) {
    LOG.errorf(
        "A replica cannot be read everywhere: it is replaced, unless it is the last in sync; then reads of what it cannot give back fail. volume=%s replica=%s reason=%s",
        volume.value(), replica.value(), reason);
    lookAgain(volume.value());
  }

  @Override
  public void unusable(VolumeId volume, ReplicaId replica, String code, String reason) {
    unusable.put(new Key(volume.value(), replica.value()), new LocalReplica.Unusable(code, reason));
  }

  @Override
  public void refused(SocketAddress peer, WireException problem) {
    LOG.warnf(
        "A connection to the replicas was refused. peer=%s problem=%s", peer, problem.getMessage());
  }

  @Override
  public void ended(SocketAddress peer, String reason) {
    LOG.debugf("A connection to the replicas ended. peer=%s reason=%s", peer, reason);
  }
}
