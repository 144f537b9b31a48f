package io.mooring.volumeagent.snapshots;

import io.mooring.schemas.SnapshotHolder;
import io.mooring.schemas.SnapshotMember;
import io.mooring.schemas.SnapshotRemoved;
import io.mooring.schemas.SnapshotSetPhase;
import io.mooring.storage.blockstore.ReplicaSnapshots;
import io.mooring.storage.engine.ReplicaHost;
import io.mooring.storage.replication.SnapshotId;
import io.mooring.volumeagent.snapshots.SnapshotSets.SnapshotName;
import io.mooring.volumeagent.volumes.VolumeDirectory;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Deletes from the replicas of this node the snapshots that no set lists: of sets that are being
 * deleted or have failed, of attempts that came to nothing, and those that went while the node was
 * away.
 *
 * <p>A head on another node may have frozen a snapshot here before this agent has heard of its set.
 * So the disk is looked at first, then the sets are heard up to what is their end now, and only
 * then counts what they list: a snapshot that was seen was frozen because of a record that is in
 * the topic by then.
 *
 * <p>Of a volume whose state does not list the replica nothing is deleted on the ground of silence:
 * control topics that were lost or reset must not cost snapshots, as they do not cost replicas.
 */
public final class SnapshotCollector implements SnapshotSetListener, AutoCloseable {

  private static final Logger LOG = Logger.getLogger(SnapshotCollector.class);

  /** What is left behind after the set was heard for the last time is found within this time. */
  private static final Duration ROUND = Duration.ofSeconds(30);

  private static final Duration READING_LIMIT = Duration.ofSeconds(30);

  private final Node node;
  private final SnapshotSets sets;
  private final Supplier<CompletableFuture<Void>> readToEnd;
  private final SnapshotReports reports;
  private final SnapshotCounters counters;
  private final Semaphore wanted = new Semaphore(1);

  /** Sets of which it was said that a replica has nothing of them; once per run is enough. */
  private final Map<String, Set<SnapshotRemoval>> said = new ConcurrentHashMap<>();

  private final Thread thread;
  private volatile boolean closed;

  /** A snapshot that a replica does not hold. */
  private record SnapshotRemoval(SnapshotSetPhase phase, SnapshotName snapshot, String replicaId) {}

  /** A snapshot that a replica of this node holds. */
  private record Found(ReplicaHost replica, SnapshotId id) {
    SnapshotName name() {
      return new SnapshotName(replica.volume().value(), id.value());
    }

    boolean isListed(@Nullable KnownSet set) {
      return set != null && set.lists(replica.volume().value(), id.value(), replica.id().value());
    }
  }

  /** What is asked of the node. */
  public interface Node {
    String id();

    /** Its usable replicas. */
    List<ReplicaHost> replicas();

    /** Whether it has files of a replica, usable or not. */
    boolean hasFilesOf(String volumeId, String replicaId);

    VolumeDirectory volumes();
  }

  private SnapshotCollector(
      Node node,
      SnapshotSets sets,
      Supplier<CompletableFuture<Void>> readToEnd,
      SnapshotReports reports,
      SnapshotCounters counters) {
    this.node = node;
    this.sets = sets;
    this.readToEnd = readToEnd;
    this.reports = reports;
    this.counters = counters;
    this.thread = Thread.ofPlatform().daemon().name("snapshot-collector").unstarted(this::run);
  }

  /**
   * Begins to follow the sets; before any is heard.
   *
   * @param readToEnd done when every set was heard that is in the topic now
   */
  public static SnapshotCollector start(
      Node node,
      SnapshotSets sets,
      Supplier<CompletableFuture<Void>> readToEnd,
      SnapshotReports reports,
      SnapshotCounters counters) {
    SnapshotCollector collector = new SnapshotCollector(node, sets, readToEnd, reports, counters);
    sets.listen(collector);
    collector.thread.start();
    return collector;
  }

  @Override
  public void onSet(KnownSet set) {
    if (!set.isUnderWay()) {
      wanted.release();
    }
  }

  @Override
  public void onGone(KnownSet last) {
    said.remove(last.setId());
    wanted.release();
  }

  private void run() {
    try {
      while (!closed) {
        boolean _ = wanted.tryAcquire(ROUND.toMillis(), TimeUnit.MILLISECONDS);
        wanted.drainPermits();
        collect();
      }
    } catch (InterruptedException _) {
      // Only close() interrupts this thread.
    }
  }

  /** Looks once. */
  synchronized void collect() throws InterruptedException {
    if (!sets.hasCaughtUp() || !node.volumes().hasCaughtUp()) {
      return;
    }
    try {
      List<Found> unlisted = unlisted(sets.bySnapshot());
      if (!unlisted.isEmpty()) {
        readToEnd.get().get(READING_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        delete(unlisted, sets.bySnapshot());
      }
      sets.all().forEach(this::report);
    } catch (TimeoutException | ExecutionException e) {
      LOG.debugf("The sets cannot be read to their end; nothing is deleted. cause=%s", e);
    } catch (RuntimeException e) {
      LOG.errorf(e, "Clearing up snapshots met a bug; it is tried again.");
    }
  }

  private List<Found> unlisted(Map<SnapshotName, KnownSet> bySnapshot) {
    List<Found> found = new ArrayList<>();
    for (ReplicaHost replica : node.replicas()) {
      for (ReplicaSnapshots.Held held : replica.snapshots().list()) {
        Found one = new Found(replica, held.id());
        if (!one.isListed(bySnapshot.get(one.name()))) {
          found.add(one);
        }
      }
    }
    return found;
  }

  private void delete(List<Found> found, Map<SnapshotName, KnownSet> bySnapshot) {
    for (Found one : found) {
      KnownSet set = bySnapshot.get(one.name());
      if (!one.isListed(set) && (set != null || isOfKnownVolume(one))) {
        delete(one, set);
      }
    }
  }

  private boolean isOfKnownVolume(Found one) {
    return isListedHere(one.replica.volume().value(), one.replica.id().value());
  }

  private boolean isListedHere(String volumeId, String replicaId) {
    return node.volumes()
        .find(volumeId)
        .filter(volume ->
            volume.state().getReplicas().stream()
                .anyMatch(listed ->
                    listed.getReplicaId().equals(replicaId)
                        && listed.getNodeId().equals(node.id())))
        .isPresent();
  }

  private void delete(Found one, @Nullable KnownSet set) {
    try {
      if (one.replica.snapshots().delete(one.id)) {
        counters.removed();
        LOG.infof(
            "Snapshot deleted. volume=%s replica=%s snapshot=%s set=%s because=%s",
            one.replica.volume(),
            one.replica.id(),
            one.id,
            set == null ? "none" : set.setId(),
            set == null ? "no set lists it" : set.state().getPhase());
      }
    } catch (IOException e) {
      LOG.errorf(
          e,
          "A snapshot cannot be deleted; it is tried again. volume=%s replica=%s snapshot=%s",
          one.replica.volume(),
          one.replica.id(),
          one.id);
    }
  }

  /** Says of replicas of this node, present or past, that they have nothing of a set. */
  private void report(KnownSet set) {
    for (SnapshotMember member : set.state().getMembers()) {
      Set<String> without =
          switch (set.state().getPhase()) {
            case HOLDING, TAKING, FAILED -> Set.of();
            // Its replica was replaced or has moved: this node is no holder any more.
            case READY -> gone(member);
            case DELETING -> {
              Set<String> all = gone(member);
              all.addAll(emptied(member));
              yield all;
            }
          };
      without.forEach(replicaId -> report(set, member, replicaId));
    }
  }

  private void report(KnownSet set, SnapshotMember member, String replicaId) {
    SnapshotName name = new SnapshotName(member.getVolumeId(), member.getSnapshotId());
    boolean first =
        said.computeIfAbsent(set.setId(), _ -> ConcurrentHashMap.newKeySet())
            .add(new SnapshotRemoval(set.state().getPhase(), name, replicaId));
    if (first) {
      reports.report(set, member, new SnapshotRemoved(replicaId));
    }
  }

  /** Holders that were replicas of this node: their files are not here, nor should they be. */
  private Set<String> gone(SnapshotMember member) {
    return member.getHolders().stream()
        .filter(holder -> holder.getNodeId().equals(node.id()))
        .map(SnapshotHolder::getReplicaId)
        .filter(replicaId -> !node.hasFilesOf(member.getVolumeId(), replicaId))
        .filter(replicaId -> !isListedHere(member.getVolumeId(), replicaId))
        .collect(Collectors.toCollection(HashSet::new));
  }

  /** Replicas of this node that do not hold a member's snapshot. */
  private Set<String> emptied(SnapshotMember member) {
    return node.replicas().stream()
        .filter(replica -> replica.volume().value().equals(member.getVolumeId()))
        .filter(replica ->
            replica.snapshots().list().stream()
                .noneMatch(held -> held.id().value().equals(member.getSnapshotId())))
        .map(replica -> replica.id().value())
        .collect(Collectors.toSet());
  }

  @Override
  public void close() {
    closed = true;
    thread.interrupt();
  }
}
