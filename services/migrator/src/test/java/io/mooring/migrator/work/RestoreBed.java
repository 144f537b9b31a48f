package io.mooring.migrator.work;

import io.mooring.migrator.config.MigratorConfig;
import io.mooring.migrator.kafka.KafkaCluster;
import io.mooring.migrator.outside.Agents;
import io.mooring.migrator.outside.NoApplicationObjects;
import io.mooring.migrator.outside.RepositoryDoor;
import io.mooring.migrator.outside.RestApplicationDoor;
import io.mooring.migrator.outside.RestClient;
import io.mooring.migrator.outside.VolumeManagerClient;
import io.mooring.migrator.plane.FakePlane;
import io.mooring.migrator.plane.FakeVolume;
import io.mooring.s3server.S3Server;
import io.mooring.schemas.MigrationKind;
import io.mooring.schemas.MigrationSpec;
import io.mooring.schemas.MigrationStage;
import io.mooring.schemas.MigrationState;
import io.mooring.schemas.MigrationStatus;
import io.mooring.schemas.MigrationStep;
import io.mooring.schemas.MigrationVolume;
import io.mooring.schemas.TransferStatus;
import io.mooring.storage.backup.BackupJob;
import io.mooring.storage.backup.BackupRequest;
import io.mooring.storage.backup.BackupSettings;
import io.mooring.storage.backup.ByteRange;
import io.mooring.storage.backup.TransferProgress;
import io.mooring.storage.backup.VolumeSource;
import io.mooring.storage.backup.format.Codec;
import io.quarkus.runtime.configuration.DurationConverter;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A backup with one volume in an object store, and a cluster in which it is restored, task by task
 * and without the service around it.
 */
final class RestoreBed implements AutoCloseable {

  static final String VOLUME = "data-0";
  static final int SIZE = 4 << 20;

  private static final String BACKUP = "nightly";
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  final FakePlane plane = new FakePlane();
  private final RepositoryDoor repository;
  private final Surroundings surroundings;

  RestoreBed(S3Server s3, String bucket, byte[] content) throws IOException {
    s3.bucket(bucket);
    MigratorConfig config = config(s3, bucket);
    repository = RepositoryDoor.prepare(config);
    Agents agents = new Agents(PATIENCE);
    plane.nodes().forEach(agents::registered);
    surroundings =
        new Surroundings(
            repository,
            new VolumeManagerClient(new RestClient(plane.managerUrl(), Duration.ofSeconds(5))),
            agents,
            new NoApplicationObjects(),
            new RestApplicationDoor(Optional.empty()),
            Optional.empty(),
            config);
    backUp(content);
  }

  private static MigratorConfig config(S3Server s3, String bucket) {
    Map<String, String> settings = new HashMap<>();
    settings.put("mooring.migrator.registry.url", "http://127.0.0.1:9");
    settings.put("mooring.migrator.volume-manager.url", "http://127.0.0.1:9");
    settings.put("mooring.migrator.store.endpoint", s3.endpoint().toString());
    settings.put("mooring.migrator.store.bucket", bucket);
    settings.put("mooring.migrator.store.access-key", S3Server.ACCESS_KEY);
    settings.put("mooring.migrator.store.secret-key", S3Server.SECRET_KEY);
    settings.put("mooring.migrator.transfer.patience", PATIENCE.toMillis() + "ms");
    settings.put("mooring.migrator.transfer.workers", "2");
    return new SmallRyeConfigBuilder()
        .withConverter(Duration.class, 1, new DurationConverter())
        .withSources(new PropertiesConfigSource(settings, "test", 100))
        .withMapping(MigratorConfig.class)
        .build()
        .getConfigMapping(MigratorConfig.class);
  }

  private void backUp(byte[] content) throws IOException {
    BackupRequest.Volume volume =
        new BackupRequest.Volume(VOLUME, "snapshot", new Memory(content), Optional.empty());
    new BackupJob(
            repository.openOrCreate(0),
            new BackupRequest(BACKUP, "cut", List.of(volume), List.of()),
            new BackupSettings(
                2, BackupSettings.DEFAULT.packBytes(), 1 << 20, Duration.ofHours(1), Codec.ZSTD),
            new TransferProgress())
        .run();
  }

  /** The same cluster, with brokers on its volumes. */
  Surroundings withKafka(String bootstrapServers) {
    return new Surroundings(
        surroundings.repository(),
        surroundings.manager(),
        surroundings.agents(),
        surroundings.application(),
        surroundings.door(),
        Optional.of(new KafkaCluster(bootstrapServers)),
        surroundings.config());
  }

  /** A restore of this name. */
  static MigrationState state(String name) {
    MigrationState state =
        MigrationState.newBuilder(
                restore(
                    MigrationStep.STOP,
                    1,
                    MigrationVolume.newBuilder()
                        .setName(VOLUME)
                        .setVolumeId("")
                        .setSizeBytes(0)
                        .setStatus(TransferStatus.QUEUED)
                        .build()))
            .build();
    state.setName(name);
    return state;
  }

  /** One attempt to fill the volume of a restore. */
  Findings fill(MigrationVolume planned, int attempt) throws Exception {
    MigrationVolume tried = MigrationVolume.newBuilder(planned).setAttempt(attempt).build();
    return new FillWork(surroundings, restore(MigrationStep.FILL, 1, planned), tried)
        .run(new Board());
  }

  /** One attempt to release what a restore that failed holds. */
  void release(MigrationVolume planned, int attempt) throws Exception {
    new ReleaseWork(surroundings, restore(MigrationStep.RELEASE, attempt, planned)).run();
  }

  /** The volume as PLAN sees it now. */
  MigrationVolume planned(FakeVolume volume) {
    return MigrationVolume.newBuilder(unmade())
        .setVolumeId(volume.id())
        .setEpoch(volume.epoch())
        .build();
  }

  /** What PLAN says where there is no volume of the name. */
  MigrationVolume unmade() {
    return MigrationVolume.newBuilder()
        .setName(VOLUME)
        .setVolumeId("")
        .setSizeBytes(SIZE)
        .setParameters(Map.of("repl", "2", "fs", "ext4"))
        .setStatus(TransferStatus.QUEUED)
        .build();
  }

  private static MigrationState restore(MigrationStep step, int attempt, MigrationVolume planned) {
    Instant now = Instant.parse("2026-01-31T08:00:00Z");
    return MigrationState.newBuilder()
        .setName("back")
        .setKind(MigrationKind.RESTORE)
        .setSpec(MigrationSpec.newBuilder().setBackup(BACKUP).setReplace(true).build())
        .setStage(MigrationStage.VOLUMES)
        .setStatus(MigrationStatus.IN_PROGRESS)
        .setStep(step)
        .setAttempt(attempt)
        .setVolumes(List.of(planned))
        .setCommandId("key-1")
        .setRequestedBy("test")
        .setCorrelationId("c")
        .setRevision(1)
        .setCreatedAt(now)
        .setUpdatedAt(now)
        .build();
  }

  @Override
  public void close() {
    plane.close();
    repository.close();
  }

  /** A snapshot in memory. */
  private record Memory(byte[] content) implements VolumeSource {

    @Override
    public long sizeBytes() {
      return content.length;
    }

    @Override
    public List<ByteRange> data(ByteRange within) {
      return List.of(within);
    }

    @Override
    public void read(long offset, byte[] into, int at, int length) {
      System.arraycopy(content, (int) offset, into, at, length);
    }
  }
}
