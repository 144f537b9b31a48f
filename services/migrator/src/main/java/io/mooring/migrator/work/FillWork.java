package io.mooring.migrator.work;

import io.mooring.migrator.outside.AgentClient;
import io.mooring.migrator.outside.KnownVolume;
import io.mooring.migrator.outside.VolumeManagerClient;
import io.mooring.schemas.MigrationState;
import io.mooring.schemas.MigrationVolume;
import io.mooring.storage.backup.NbdVolume;
import io.mooring.storage.backup.Repository;
import io.mooring.storage.backup.RestoreJob;
import io.mooring.storage.backup.TargetCheck;
import io.mooring.storage.backup.TransferProgress;
import io.mooring.storage.backup.fault.BackupException;
import io.mooring.storage.backup.fault.Fault;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * Makes one volume, fills it, reads it again and gives it back detached. Until its first 64 KiB are
 * written, which is last, it has no superblock; and it is complete only after it was read through
 * an export that nobody can write to.
 */
final class FillWork {

  private static final Logger LOG = Logger.getLogger(FillWork.class);
  private static final long POLL_MS = 200;

  /** So many attempts wait for the agent that has the volume; the next goes to another node. */
  static final int PATIENT_ATTEMPTS = 2;

  private final Surroundings surroundings;
  private final VolumeManagerClient manager;
  private final MigrationState migration;
  private final MigrationVolume planned;

  FillWork(Surroundings surroundings, MigrationState migration, MigrationVolume planned) {
    this.surroundings = surroundings;
    this.manager = surroundings.manager();
    this.migration = migration;
    this.planned = planned;
  }

  Findings run(Board board) throws IOException, WorkRefusedException, InterruptedException {
    Repository repository = surroundings.repository().open(migration.getSpec().getBytesPerSecond());
    KnownVolume volume = reachable(made());
    TransferProgress progress = new TransferProgress();
    board.show(planned, progress);
    String node = nodeFor(volume);
    manager.publish(volume.id(), node);
    AgentClient agent = surroundings.agents().of(node);
    // Whoever held the export before, such as an earlier run of this task, is cut off.
    withdraw(agent, volume.id());
    if (!isComplete(repository, agent, volume.id())) {
      try (NbdVolume target = export(agent, volume.id(), false)) {
        new RestoreJob(
                repository,
                migration.getSpec().getBackup(),
                planned.getName(),
                target,
                surroundings.transfer().workers(),
                progress)
            .run();
      }
      withdraw(agent, volume.id());
      check(repository, agent, volume.id());
    }
    withdraw(agent, volume.id());
    KnownVolume back = detached(volume.id(), node);
    MigrationVolume filled = Board.news(planned, progress);
    filled.setDoneBytes(planned.getSizeBytes());
    filled.setVolumeId(back.id());
    filled.setEpoch(back.epoch());
    return Findings.ofVolumes(List.of(filled));
  }

  /**
   * An earlier run of this task may have filled it, and its report may be on its way: then nothing
   * is written. What is not filled differs early, so that this takes no time.
   */
  private boolean isComplete(Repository repository, AgentClient agent, String id)
      throws IOException, InterruptedException {
    try {
      check(repository, agent, id);
      return true;
    } catch (BackupException e) {
      if (e.fault() == Fault.TARGET_DIFFERS) {
        return false;
      }
      throw e;
    } finally {
      withdraw(agent, id);
    }
  }

  private void check(Repository repository, AgentClient agent, String id)
      throws IOException, InterruptedException {
    try (NbdVolume target = export(agent, id, true)) {
      new TargetCheck(
              repository,
              migration.getSpec().getBackup(),
              planned.getName(),
              target,
              surroundings.transfer().workers())
          .run();
    }
  }

  /** A new volume carries the name of this restore, so that no other one can be taken for it. */
  private KnownVolume made() throws IOException, WorkRefusedException {
    if (planned.getVolumeId().isEmpty()) {
      Map<String, String> parameters = new LinkedHashMap<>(planned.getParameters());
      parameters.put(KnownVolume.RESTORED_BY, migration.getName());
      KnownVolume volume = manager.create(planned.getName(), planned.getSizeBytes(), parameters);
      if (!migration.getName().equals(volume.parameters().get(KnownVolume.RESTORED_BY))) {
        throw notOurs();
      }
      return volume;
    }
    KnownVolume volume =
        manager
            .volume(planned.getVolumeId())
            .orElseThrow(() ->
                new WorkRefusedException(
                    "MIG-067 Volume '%s' is gone. Somebody deleted it while it was to be restored."
                            .formatted(planned.getName())
                        + " Restore it again."));
    boolean first = planned.getAttempt() == 1;
    if (first && volume.isDetached() && volume.epoch() != planned.getEpoch()) {
      throw notOurs();
    }
    if (volume.sizeBytes() < planned.getSizeBytes()) {
      throw new WorkRefusedException(
          "MIG-068 Volume '%s' is smaller than in the backup. It has grown on the source. Expand it"
                  .formatted(planned.getName())
              + " to %d bytes and restore again.".formatted(planned.getSizeBytes()));
    }
    return volume;
  }

  private WorkRefusedException notOurs() {
    return new WorkRefusedException(
        "MIG-069 Volume '%s' is not written to. Somebody else has made or attached it meanwhile."
                .formatted(planned.getName())
            + " Find out who, and restore again.");
  }

  /**
   * Takes the volume from a node whose agent stays silent. What that node has written is of no
   * value: every byte is compared again.
   */
  private KnownVolume reachable(KnownVolume volume) throws IOException, InterruptedException {
    String holder = volume.holder();
    if (planned.getAttempt() <= PATIENT_ATTEMPTS
        || holder.isEmpty()
        || surroundings.agents().answers(holder)) {
      return volume;
    }
    LOG.warnf("A volume is taken from a silent node; volume=%s node=%s", volume.id(), holder);
    manager.unpublishByForce(volume.id(), holder);
    return awaitDetached(volume.id());
  }

  /** Another try asks another node. */
  private String nodeFor(KnownVolume volume) throws IOException {
    if (!volume.holder().isEmpty()) {
      return volume.holder();
    }
    List<String> known = volume.nodes().stream().filter(surroundings.agents()::isKnown).toList();
    List<String> answering = known.stream().filter(surroundings.agents()::answers).toList();
    if (known.isEmpty()) {
      throw new IOException(
          "MIG-070 Volume '%s' cannot be filled. No node with a replica of it is known."
                  .formatted(planned.getName())
              + " It is tried again.");
    }
    return answering.isEmpty() ? known.getFirst() : answering.getFirst();
  }

  /** An agent opens a volume that nobody has staged only for writing, and then exports it so. */
  private NbdVolume export(AgentClient agent, String id, boolean readOnly)
      throws IOException, InterruptedException {
    Duration patience = surroundings.transfer().patience();
    AgentClient.Export export = Patience.until(patience, () -> agent.exportVolume(id, false));
    if (readOnly) {
      export = Patience.until(patience, () -> agent.exportVolume(id, true));
    }
    return export.connect(surroundings.transfer().nbdTimeout());
  }

  /** Closes the volume, and cuts off whoever uses its export. */
  private void withdraw(AgentClient agent, String id) throws IOException, InterruptedException {
    Patience.until(
        surroundings.transfer().patience(),
        () -> {
          agent.withdrawVolume(id);
          return true;
        });
  }

  private KnownVolume detached(String id, String node) throws IOException, InterruptedException {
    manager.unpublish(id, node);
    return awaitDetached(id);
  }

  private KnownVolume awaitDetached(String id) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + surroundings.transfer().patience().toNanos();
    while (true) {
      Optional<KnownVolume> volume = manager.volume(id);
      if (volume.filter(KnownVolume::isDetached).isPresent()) {
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
}
