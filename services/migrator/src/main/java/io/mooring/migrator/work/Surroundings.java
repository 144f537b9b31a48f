package io.mooring.migrator.work;

import io.mooring.migrator.config.HeapBudget;
import io.mooring.migrator.config.MigratorConfig;
import io.mooring.migrator.kafka.KafkaCluster;
import io.mooring.migrator.outside.Agents;
import io.mooring.migrator.outside.ApplicationDoor;
import io.mooring.migrator.outside.ApplicationObjects;
import io.mooring.migrator.outside.RepositoryDoor;
import io.mooring.migrator.outside.VolumeManagerClient;
import io.mooring.schemas.MigrationState;
import io.mooring.storage.backup.BackupSettings;
import java.time.Duration;
import java.util.Optional;

/**
 * Whom a task works with.
 *
 * @param kafka the cluster whose volumes are moved, if there is one
 */
public record Surroundings(
    RepositoryDoor repository,
    VolumeManagerClient manager,
    Agents agents,
    ApplicationObjects application,
    ApplicationDoor door,
    Optional<KafkaCluster> kafka,
    MigratorConfig config) {

  MigratorConfig.Transfer transfer() {
    return config.transfer();
  }

  /** How long pods may take to start or to stop. */
  Duration applicationPatience() {
    return config.application().patience();
  }

  BackupSettings backupSettings() {
    BackupSettings defaults = BackupSettings.DEFAULT;
    long index = HeapBudget.of(transfer(), Runtime.getRuntime().maxMemory()).indexBytes();
    return new BackupSettings(
        transfer().workers(),
        defaults.packBytes(),
        index,
        defaults.lease(),
        transfer().compression());
  }

  RuleRun ruleBefore(MigrationState migration) {
    return RuleRun.before(door, transfer().patience(), migration);
  }

  RuleRun ruleAfter(MigrationState migration) {
    return RuleRun.after(door, transfer().patience(), migration);
  }
}
