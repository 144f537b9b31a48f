package io.mooring.migrator.work;

import io.mooring.migrator.outside.Agents;
import io.mooring.migrator.outside.KnownVolume;
import io.mooring.migrator.outside.OutsideException;
import io.mooring.migrator.outside.VolumeManagerClient;
import io.mooring.schemas.MigrationState;
import io.mooring.schemas.MigrationVolume;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.jboss.logging.Logger;

/**
 * Has a volume given to a node for one restore, and gives it back. In between it is half, and
 * volume-manager gives it to nobody else until this restore says that it is whole. Whether somebody
 * else has it, or has had it since this restore looked at it, is decided by volume-manager in the
 * moment in which it gives the volume away. A check here would be over before the volume is ours.
 */
final class VolumeLoan {

  private static final Logger LOG = Logger.getLogger(VolumeLoan.class);
  private static final long POLL_MS = 200;

  /** So many attempts wait for the agent that has the volume; the next goes to another node. */
  static final int PATIENT_ATTEMPTS = 2;

  /** It is published for something else, or was since. */
  private static final Set<String> OTHERS = Set.of("VOL-037", "VOL-038");

  private final VolumeManagerClient manager;
  private final Agents agents;
  private final Duration patience;
  private final MigrationVolume planned;
  private final String purpose;

  /**
   * A volume that this restore has.
   *
   * @param epoch under which it was published for it
   */
  record Lent(String id, String node, long epoch) {}

  VolumeLoan(Surroundings surroundings, MigrationState migration, MigrationVolume planned) {
    this.manager = surroundings.manager();
    this.agents = surroundings.agents();
    this.patience = surroundings.transfer().patience();
    this.planned = planned;
    this.purpose = purpose(migration);
  }

  /** What volumes are published for that a restore fills. */
  static String purpose(MigrationState restore) {
    return "restore " + restore.getName();
  }

  /**
   * A repeat gets what an earlier run has, and cuts nobody off.
   *
   * @throws WorkRefusedException if somebody else has it, or has had it since it was planned
   */
  Lent take(KnownVolume volume) throws IOException, WorkRefusedException, InterruptedException {
    KnownVolume reachable = reachable(volume);
    String node = nodeFor(reachable);
    try {
      manager.publishToFill(volume.id(), node, purpose, planned.getEpoch());
    } catch (OutsideException e) {
      throw orRefused(e);
    }
    // An older volume-manager does not know what for, or lets others have it half.
    KnownVolume given =
        manager
            .volume(volume.id())
            .filter(now -> now.isPublishedFor(purpose) && now.holder().equals(node))
            .filter(KnownVolume::isBeingFilled)
            .orElseThrow(() ->
                new IOException(
                    "MIG-084 Volume '%s' is not published for this restore. It was taken away at"
                            .formatted(planned.getName())
                        + " once, or volume-manager is older than the migrator. It is tried"
                        + " again."));
    return new Lent(given.id(), node, given.publication().epoch());
  }

  /**
   * Takes the volume from a node whose agent stays silent. What that node has written for this
   * restore is of no value: every byte is compared again.
   */
  private KnownVolume reachable(KnownVolume volume)
      throws IOException, WorkRefusedException, InterruptedException {
    String holder = volume.holder();
    if (planned.getAttempt() <= PATIENT_ATTEMPTS || holder.isEmpty() || agents.answers(holder)) {
      return volume;
    }
    LOG.warnf("A volume is taken from a silent node; volume=%s node=%s", volume.id(), holder);
    try {
      manager.unpublishByForce(volume.id(), holder, purpose);
    } catch (OutsideException e) {
      throw orRefused(e);
    }
    return awaitGivenBack(volume.id());
  }

  /** Another try asks another node. */
  private String nodeFor(KnownVolume volume) throws IOException {
    if (!volume.holder().isEmpty()) {
      return volume.holder();
    }
    List<String> known = volume.nodes().stream().filter(agents::isKnown).toList();
    List<String> answering = known.stream().filter(agents::answers).toList();
    if (known.isEmpty()) {
      throw new IOException(
          "MIG-070 Volume '%s' cannot be filled. No node with a replica of it is known."
                  .formatted(planned.getName())
              + " It is tried again.");
    }
    return answering.isEmpty() ? known.getFirst() : answering.getFirst();
  }

  private OutsideException orRefused(OutsideException e) throws WorkRefusedException {
    if (OTHERS.contains(e.code())) {
      throw notOurs(planned, e.getMessage());
    }
    return e;
  }

  static WorkRefusedException notOurs(MigrationVolume volume, String why) {
    return new WorkRefusedException(
        "MIG-069 Volume '%s' is not written to. Somebody else has made or attached it meanwhile: %s"
                .formatted(volume.getName(), why)
            + " Find out who, and restore again.");
  }

  /** Epoch under which an earlier run of this restore has filled it, and said so. */
  OptionalLong filledBefore(KnownVolume volume) {
    KnownVolume.Filling filling = volume.filling();
    return filling != null && volume.wasFilledFor(purpose, planned.getEpoch())
        ? OptionalLong.of(filling.epoch())
        : OptionalLong.empty();
  }

  /** Gives it back as whole. Whoever gets it next may have it already when this returns. */
  void giveBack(Lent lent) throws IOException, InterruptedException {
    manager.unpublishWhole(lent.id(), lent.node(), purpose, lent.epoch());
    if (!awaitGivenBack(lent.id()).wasFilledFor(purpose, lent.epoch() - 1)) {
      throw new IOException(
          "MIG-085 Volume '%s' is full, and volume-manager does not say so. It was taken away while it"
                  .formatted(planned.getName())
              + " was filled. It is tried again.");
    }
  }

  private KnownVolume awaitGivenBack(String id) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + patience.toNanos();
    while (true) {
      Optional<KnownVolume> volume =
          manager.volume(id).filter(now -> now.isDetached() || isOthers(now));
      if (volume.isPresent()) {
        return volume.get();
      }
      if (System.nanoTime() > deadline) {
        throw new IOException(
            "MIG-071 Volume '%s' was not given back in time. It is tried again."
                .formatted(planned.getName()));
      }
      Thread.sleep(POLL_MS);
    }
  }

  private boolean isOthers(KnownVolume volume) {
    return !volume.holder().isEmpty() && !volume.isPublishedFor(purpose);
  }
}
