package io.mooring.migrator.work;

import io.mooring.migrator.objects.Namespaces;
import io.mooring.migrator.outside.ApplicationSide;
import io.mooring.migrator.outside.RestClient;
import io.mooring.schemas.ClusterPairState;
import io.mooring.schemas.MigrationKind;
import io.mooring.schemas.MigrationSpec;
import io.mooring.schemas.MigrationState;
import io.mooring.schemas.MigrationStep;
import io.mooring.schemas.MigrationVolume;
import io.mooring.schemas.TransferTask;
import java.io.IOException;
import java.net.URI;
import java.util.Optional;
import org.jboss.logging.Logger;

/** Does tasks, each on the thread that brings it. */
public final class Workshop {

  private static final Logger LOG = Logger.getLogger(Workshop.class);

  private final Surroundings surroundings;
  private final Records records;
  private final Uploads uploads;

  /** What the state topics say. */
  public interface Records extends Restores {
    Optional<ClusterPairState> pair(String name);
  }

  public Workshop(Surroundings surroundings, Records records) {
    this.surroundings = surroundings;
    this.records = records;
    this.uploads = new Uploads(surroundings.backupSettings().indexBytesMax());
  }

  /**
   * Does a task to its end.
   *
   * @throws WorkRefusedException if trying again is of no use
   * @throws IOException if it may be tried again; a BackupException says so itself
   */
  public Findings run(TransferTask task, Board board)
      throws IOException, WorkRefusedException, InterruptedException {
    MigrationState migration = task.getMigration();
    return switch (migration.getStep()) {
      case SNAPSHOT -> new SnapshotWork(surroundings, migration).run(board);
      case UPLOAD ->
          task.getVolume().isEmpty()
              ? new PostRuleWork(surroundings, migration).run()
              : new UploadWork(surroundings, uploads, migration, volume(task)).run(board);
      case SEAL ->
          migration.getKind() == MigrationKind.SNAPSHOT
              ? new KeptSnapshots(surroundings.manager(), migration).run()
              : new SealWork(surroundings, migration).run();
      case RELEASE -> new ReleaseWork(surroundings, migration).run();
      case HANDOVER -> new HandoverWork(target(migration), migration).run(board);
      case PLAN -> new PlanWork(surroundings, migration, records).run();
      case FILL -> new FillWork(surroundings, migration, volume(task)).run(board);
      case OBJECTS -> new ObjectsWork(surroundings, migration).run(board);
      case STOP -> new StopWork(surroundings, migration).run();
      case RECALL ->
          new RecallWork(target(migration), migration, surroundings.transfer().patience()).run();
      case ACTIVATE -> activation(there(migration)).start();
      case DEACTIVATE -> activation(there(migration)).stop();
      case REVIVE -> activation(here(migration)).start();
      case END -> Findings.NONE;
    };
  }

  /** What volumes are published for that a restore fills. */
  public static String purposeOf(MigrationState restore) {
    return VolumeLoan.purpose(restore);
  }

  /** Gives back what a task holds that was stopped because nobody wants it done any more. */
  public void clearUp(TransferTask task) {
    MigrationState migration = task.getMigration();
    boolean fills = migration.getStep() == MigrationStep.FILL;
    boolean commands = migration.getStep() == MigrationStep.SNAPSHOT || task.getVolume().isEmpty();
    if (!fills && !commands) {
      return;
    }
    // Whoever interrupted the task goes on interrupting requests of its thread.
    Thread.ofVirtual()
        .name("clear-up-" + task.getTaskId())
        .start(() -> {
          try {
            ReleaseWork release = new ReleaseWork(surroundings, migration);
            if (fills) {
              release.detach(volume(task));
            } else {
              release.endRules();
            }
          } catch (IOException | InterruptedException | RuntimeException e) {
            LOG.warnf(
                "A volume is left attached, or a command in a pod; task=%s cause=%s",
                task.getTaskId(), e.getMessage());
          }
        });
  }

  private static MigrationVolume volume(TransferTask task) {
    MigrationVolume volume =
        task.getMigration().getVolumes().stream()
            .filter(candidate -> candidate.getName().equals(task.getVolume()))
            .findFirst()
            .orElseThrow();
    MigrationVolume own = MigrationVolume.newBuilder(volume).build();
    own.setAttempt(task.getAttempt());
    return own;
  }

  private ActivationWork activation(ApplicationSide side) {
    return new ActivationWork(side, surroundings.applicationPatience());
  }

  private ApplicationSide here(MigrationState migration) {
    return ApplicationSide.here(surroundings.door(), Namespaces.of(migration.getSpec()));
  }

  /** Where the application moves to: to the other side, or to what was restored on this one. */
  private ApplicationSide there(MigrationState migration) throws WorkRefusedException {
    MigrationSpec spec = migration.getSpec();
    return migration.getKind() == MigrationKind.RESTORE
        ? here(migration)
        : ApplicationSide.there(target(migration), Namespaces.targets(spec), spec.getSchedule());
  }

  private RestClient target(MigrationState migration) throws WorkRefusedException {
    String name = migration.getSpec().getPair();
    ClusterPairState pair =
        records
            .pair(name)
            .orElseThrow(() ->
                new WorkRefusedException(
                    "MIG-073 Cluster pair '%s' is gone. Somebody deleted it. The backup is complete;"
                            .formatted(name)
                        + " restore it on the other side."));
    return new RestClient(
        URI.create(pair.getTargetUrl()), surroundings.transfer().patience(), pair.getToken());
  }
}
