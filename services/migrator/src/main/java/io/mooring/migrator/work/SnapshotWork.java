package io.mooring.migrator.work;

import io.mooring.migrator.kafka.KafkaCluster;
import io.mooring.migrator.kafka.KafkaCut;
import io.mooring.migrator.objects.Namespaces;
import io.mooring.migrator.outside.ApplicationObjects.ApplicationObject;
import io.mooring.migrator.outside.KnownVolume;
import io.mooring.migrator.outside.SnapshotSet;
import io.mooring.schemas.MigrationKind;
import io.mooring.schemas.MigrationStage;
import io.mooring.schemas.MigrationState;
import io.mooring.schemas.MigrationVolume;
import io.mooring.schemas.TransferStatus;
import io.mooring.storage.backup.BackupJob;
import io.mooring.storage.backup.BackupRequest;
import io.mooring.storage.backup.Repository;
import io.mooring.storage.backup.TransferProgress;
import io.mooring.storage.backup.fault.BackupException;
import io.mooring.storage.backup.fault.Fault;
import io.mooring.storage.backup.format.RootObject;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Takes one snapshot of each volume, all of one moment, and the application's objects of the same
 * moment (I8): they are read before and after, and if they differ, it is all done again. The rule
 * before the snapshots runs right before them, and after what Kafka has committed was noted, so
 * that a rule that flushes brings all of that to the volumes. What was found is written to the
 * object store at once, so that a second run finds it.
 */
final class SnapshotWork {

  /** Label of a snapshot set: whose it is. */
  static final String OWNER = "mooring.io/migration";

  private static final long POLL_MS = 200;

  private final Surroundings surroundings;
  private final MigrationState migration;
  private final RuleRun rule;

  SnapshotWork(Surroundings surroundings, MigrationState migration) {
    this.surroundings = surroundings;
    this.migration = migration;
    this.rule = surroundings.ruleBefore(migration);
  }

  Findings run(Board board) throws IOException, WorkRefusedException, InterruptedException {
    // Of an earlier run or try, which may have been killed.
    rule.end();
    if (staysHere()) {
      return found(take(board), Map.of());
    }
    Repository repository =
        surroundings.repository().openOrCreate(migration.getSpec().getBytesPerSecond());
    Optional<Contents> present = present(repository);
    if (present.isEmpty()) {
      write(repository, take(board));
      // Another run of this task may have been faster: what counts is what is written.
      present = present(repository);
    }
    Contents contents = present.orElseThrow();
    if (!contents.volumes().isEmpty() && !isReady(contents.snapshotSet())) {
      throw gone(contents.snapshotSet());
    }
    return found(contents, bases(repository));
  }

  static WorkRefusedException gone(String set) {
    return new WorkRefusedException(
        "MIG-061 Snapshot set '%s' is gone. Somebody deleted it before all was done. Begin another"
                .formatted(set)
            + " migration.");
  }

  private Findings found(Contents contents, Map<String, String> bases)
      throws IOException, WorkRefusedException, InterruptedException {
    return new Findings(
        volumes(contents, bases),
        MigrationStage.VOLUMES,
        contents.objects().size(),
        0,
        contents.snapshotSet(),
        contents.cut(),
        "");
  }

  private boolean isReady(String set) throws IOException {
    return surroundings.manager().snapshotSet(set).filter(SnapshotSet::isReady).isPresent();
  }

  private Optional<Contents> present(Repository repository)
      throws IOException, WorkRefusedException {
    try {
      RootObject.Complete root = repository.backup(BackupNames.objects(migration));
      return Optional.of(Contents.of(repository, root));
    } catch (BackupException e) {
      if (e.fault() == Fault.NO_BACKUP) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private Contents take(Board board)
      throws IOException, WorkRefusedException, InterruptedException {
    for (SnapshotSet left : surroundings.manager().snapshotSets()) {
      if (migration.getName().equals(left.labels().get(OWNER)) && !left.isFailed()) {
        surroundings.manager().deleteSnapshots(left.id());
      }
    }
    List<KnownVolume> chosen = chosen();
    List<ApplicationObject> before = objects();
    Optional<KafkaCut> kafka = kafka(chosen);
    SnapshotSet set = snapshotUnderRule(chosen, board);
    if (!before.equals(objects())) {
      delete(set);
      throw new IOException(
          "MIG-062 The objects of namespace '%s' changed while the snapshots were taken."
                  .formatted(Namespaces.text(Namespaces.of(migration.getSpec())))
              + " Both must show one moment. It is tried again.");
    }
    // What was deleted on purpose meanwhile is not missed later.
    Optional<KafkaCut> after = kafka.isPresent() ? kafka(chosen) : kafka;
    Optional<KafkaCut> cut = kafka.map(first -> first.stillThereIn(after.orElse(first)));
    Map<String, KnownVolume> byId = new HashMap<>();
    chosen.forEach(volume -> byId.put(volume.id(), volume));
    List<Contents.Volume> volumes = new ArrayList<>();
    for (SnapshotSet.Member member : set.members()) {
      volumes.add(
          new Contents.Volume(
              member.volumeId(),
              byId.get(member.volumeId()).name(),
              member.snapshotId(),
              member.sizeBytes(),
              byId.get(member.volumeId()).ownParameters(),
              member.nodes()));
    }
    return new Contents(set.id(), set.takenAt(), volumes, before, cut);
  }

  /** Whatever the rule has begun in the background goes on meanwhile, and is over afterwards. */
  private SnapshotSet snapshotUnderRule(List<KnownVolume> volumes, Board board)
      throws IOException, InterruptedException {
    try {
      rule.run();
      board.show(Findings.NONE);
      SnapshotSet set = snapshot(volumes);
      try {
        rule.check();
      } catch (IOException e) {
        delete(set);
        throw e;
      }
      return set;
    } finally {
      rule.end();
    }
  }

  private void delete(SnapshotSet set) throws IOException {
    if (!set.members().isEmpty()) {
      surroundings.manager().deleteSnapshots(set.id());
    }
  }

  /**
   * Read before the snapshots, so that all that it names was committed when they were taken.
   * Brokers that were stopped, or that never ran here, cannot be asked, and have nothing in memory:
   * no node has a volume of theirs then. Of an application that moves it was read before it was
   * stopped.
   */
  private Optional<KafkaCut> kafka(List<KnownVolume> chosen) throws IOException {
    Optional<KafkaCluster> cluster = surroundings.kafka();
    if (migration.getSpec().getFailover()) {
      return new DepartureCut(surroundings, migration).kept();
    }
    if (staysHere() || chosen.stream().allMatch(KnownVolume::isDetached)) {
      return Optional.empty();
    }
    return cluster.isPresent() ? Optional.of(cluster.get().cut()) : Optional.empty();
  }

  private List<ApplicationObject> objects() throws IOException, WorkRefusedException {
    return staysHere()
        ? List.of()
        : new CollectedObjects(surroundings.application(), migration.getSpec()).all();
  }

  /** Nothing is written to the object store: neither objects nor what Kafka says has a place. */
  private boolean staysHere() {
    return migration.getKind() == MigrationKind.SNAPSHOT;
  }

  private List<KnownVolume> chosen()
      throws IOException, WorkRefusedException, InterruptedException {
    List<KnownVolume> chosen = new ChosenVolumes(surroundings.manager(), migration.getSpec()).all();
    if (migration.getSpec().getFailover()) {
      for (KnownVolume volume : chosen) {
        atRest(volume.id(), volume.name());
      }
    }
    return chosen;
  }

  /**
   * A volume that nobody uses. An application that moves was stopped before; if somebody started
   * it, it must not move. A snapshot of a detached volume is an attachment, too, and is waited for.
   */
  private KnownVolume atRest(String id, String name)
      throws IOException, WorkRefusedException, InterruptedException {
    long deadline = System.nanoTime() + surroundings.transfer().patience().toNanos();
    while (true) {
      Optional<KnownVolume> volume = surroundings.manager().volume(id);
      if (volume.filter(KnownVolume::isDetached).isPresent()) {
        return volume.get();
      }
      if (volume.isEmpty() || System.nanoTime() > deadline) {
        throw new WorkRefusedException(
            "MIG-120 Volume '%s' was attached or deleted during the failover. Somebody has started"
                    .formatted(name)
                + " the application. Find out who, and ask again.");
      }
      Thread.sleep(POLL_MS);
    }
  }

  private SnapshotSet snapshot(List<KnownVolume> volumes) throws IOException, InterruptedException {
    if (volumes.isEmpty()) {
      return SnapshotSet.none(Instant.now());
    }
    SnapshotSet set =
        surroundings
            .manager()
            .snapshot(
                migration.getName(),
                volumes.stream().map(KnownVolume::id).toList(),
                Map.of(OWNER, migration.getName()),
                UUID.randomUUID().toString());
    long deadline = System.nanoTime() + surroundings.transfer().patience().toNanos();
    while (!set.isReady()) {
      if (set.isFailed() || System.nanoTime() > deadline) {
        surroundings.manager().deleteSnapshots(set.id());
        throw new IOException(
            "MIG-063 The snapshots of '%s' were not taken. %s. It is tried again."
                .formatted(
                    migration.getName(),
                    set.isFailed() ? set.reason() : "volume-manager did not do it in time"));
      }
      Thread.sleep(POLL_MS);
      String id = set.id();
      set =
          surroundings
              .manager()
              .snapshotSet(id)
              .orElseThrow(() -> new IOException("snapshot set " + id + " is gone"));
    }
    return set;
  }

  private void write(Repository repository, Contents contents) throws IOException {
    // The cut is not that of the set: a run that goes on where another was killed has another one.
    BackupRequest request =
        new BackupRequest(
            BackupNames.objects(migration), migration.getName(), List.of(), contents.written());
    new BackupJob(repository, request, surroundings.backupSettings(), new TransferProgress()).run();
  }

  /** Snapshots of the base, by volume; a base that cannot be read is none. */
  private Map<String, String> bases(Repository repository) throws IOException {
    Map<String, String> bases = new HashMap<>();
    if (!migration.getBase().isEmpty()) {
      try {
        for (RootObject.VolumeRoot volume : repository.backup(migration.getBase()).volumes()) {
          bases.put(volume.name(), volume.snapshot());
        }
      } catch (BackupException e) {
        if (e.fault() != Fault.NO_BACKUP && !e.fault().isDamage()) {
          throw e;
        }
      }
    }
    return bases;
  }

  private List<MigrationVolume> volumes(Contents contents, Map<String, String> bases)
      throws IOException, WorkRefusedException, InterruptedException {
    List<MigrationVolume> volumes = new ArrayList<>();
    for (Contents.Volume described : contents.volumes()) {
      MigrationVolume volume = volume(described, bases);
      if (migration.getSpec().getFailover()) {
        // As long as it is the same, the backup has all of its data: a failback may write over it.
        volume.setEpoch(atRest(described.id(), described.name()).epoch());
      }
      volumes.add(volume);
    }
    return volumes;
  }

  private static MigrationVolume volume(Contents.Volume volume, Map<String, String> bases) {
    return MigrationVolume.newBuilder()
        .setName(volume.name())
        .setVolumeId(volume.id())
        .setSnapshotId(volume.snapshotId())
        .setBaseSnapshotId(bases.getOrDefault(volume.name(), ""))
        .setHolders(volume.nodes())
        .setSizeBytes(volume.sizeBytes())
        .setParameters(volume.parameters())
        .setStatus(TransferStatus.QUEUED)
        .build();
  }
}
