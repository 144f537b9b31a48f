package io.mooring.volumemanager.query;

import io.mooring.schemas.DeleteSnapshots;
import io.mooring.schemas.TakeSnapshots;
import io.mooring.volumemanager.VolumeManager;
import io.mooring.volumemanager.catalogue.Catalogue;
import io.mooring.volumemanager.catalogue.SnapshotDescription;
import io.mooring.volumemanager.command.CommandOutcome;
import io.mooring.volumemanager.rebalance.VolumeOutline;
import io.mooring.volumemanager.snapshot.SnapshotSetId;
import io.mooring.volumemanager.volume.NodeId;
import io.mooring.volumemanager.volume.ReplicaId;
import io.mooring.volumemanager.volume.VolumeId;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

/** Snapshot sets as the doors show and ask for them. Every instance knows all sets. */
@ApplicationScoped
public class SnapshotSets {

  private static final Duration LOOK_AGAIN = Duration.ofMillis(20);

  private final VolumeManager manager;

  SnapshotSets(VolumeManager manager) {
    this.manager = manager;
  }

  /** All sets, the newest first. */
  public List<SnapshotDescription> list() {
    Catalogue catalogue = manager.connected().catalogue();
    return catalogue.snapshots().stream()
        .map(set -> withPresentHolders(set, catalogue))
        .sorted(
            Comparator.comparing(SnapshotDescription::createdAt)
                .reversed()
                .thenComparing(SnapshotDescription::setId))
        .toList();
  }

  /** One set. */
  public Optional<SnapshotDescription> find(SnapshotSetId id) {
    Catalogue catalogue = manager.connected().catalogue();
    return catalogue.snapshot(id).map(set -> withPresentHolders(set, catalogue));
  }

  /** A replica that was replaced since took its snapshots along. */
  private static SnapshotDescription withPresentHolders(
      SnapshotDescription set, Catalogue catalogue) {
    return set.withHolders((member, holder) ->
        catalogue
            .outline(new VolumeId(member.volumeId()))
            .flatMap(volume -> volume.member(new ReplicaId(holder.replicaId())))
            .map(VolumeOutline.Member::pool)
            .filter(pool -> pool.node().equals(new NodeId(holder.nodeId())))
            .isPresent());
  }

  /** Asks for a set; returns when that is accepted or refused. */
  public CommandOutcome take(
      SnapshotSetId id,
      String name,
      List<VolumeId> volumes,
      Map<String, String> labels,
      Asker asker) {
    return manager
        .connected()
        .snapshots()
        .send(
            id,
            new TakeSnapshots(name, volumes.stream().map(VolumeId::value).toList(), labels),
            asker.name(),
            manager.config().commandTimeout(),
            asker.key());
  }

  /** Asks for the end of a set; returns when that is accepted or refused. */
  public CommandOutcome delete(SnapshotSetId id, Asker asker) {
    return manager
        .connected()
        .snapshots()
        .send(
            id,
            new DeleteSnapshots(),
            asker.name(),
            manager.config().commandTimeout(),
            asker.key());
  }

  /**
   * Who asks, and under which key a repeat is recognised.
   *
   * @param name service or person
   */
  public record Asker(String name, String key) {}

  /** The set as soon as this instance sees it like that; as it was seen last if that takes long. */
  public Optional<SnapshotDescription> await(
      SnapshotSetId id, Predicate<Optional<SnapshotDescription>> wanted) {
    long start = System.nanoTime();
    long patience = manager.config().commandTimeout().plusSeconds(2).toNanos();
    Optional<SnapshotDescription> seen = find(id);
    while (!wanted.test(seen)
        && System.nanoTime() - start < patience
        && !Thread.currentThread().isInterrupted()) {
      LockSupport.parkNanos(LOOK_AGAIN.toNanos());
      seen = find(id);
    }
    return seen;
  }
}
