package io.mooring.migrator.control;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.micrometer.core.instrument.MeterRegistry;
import io.mooring.migrator.config.ConfigCheck;
import io.mooring.migrator.config.MigratorConfig;
import io.mooring.migrator.kafka.KafkaCluster;
import io.mooring.migrator.outside.Agents;
import io.mooring.migrator.outside.RepositoryDoor;
import io.mooring.migrator.outside.RestClient;
import io.mooring.migrator.outside.VolumeManagerClient;
import io.mooring.migrator.work.Surroundings;
import io.mooring.migrator.work.Workshop;
import io.mooring.schemas.ControlSerdes;
import io.mooring.schemas.EventHeaders;
import io.mooring.schemas.RegistrySettings;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.common.annotation.Identifier;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Instance;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.Semaphore;

/** Puts the migrator together, top to bottom. */
@ApplicationScoped
class MigratorWiring {

  private static final int FIRST = 1;

  /** Before anything of it is made: a service that cannot work does not start. */
  void check(@Observes @Priority(FIRST) StartupEvent event, MigratorConfig config) {
    ConfigCheck.check(config);
  }

  @Produces
  @Singleton
  ControlSerdes serdes(MigratorConfig config) {
    return ControlSerdes.connect(
        new RegistrySettings(config.registry().url(), config.registry().autoRegister()));
  }

  @Produces
  @Singleton
  Envelopes envelopes(ControlSerdes serdes, MigratorConfig config) {
    return new Envelopes(serdes, EventHeaders.source("migrator", config.instance()));
  }

  @Produces
  @Singleton
  StateView view() {
    return new StateView();
  }

  @Produces
  @Singleton
  Agents agents(MigratorConfig config) {
    return new Agents(config.volumeManager().timeout());
  }

  @Produces
  @Singleton
  RepositoryDoor repository(MigratorConfig config) {
    return RepositoryDoor.prepare(config);
  }

  @Produces
  @Singleton
  VolumeManagerClient volumeManager(MigratorConfig config) {
    return new VolumeManagerClient(
        new RestClient(config.volumeManager().url(), config.volumeManager().timeout()));
  }

  @Produces
  @Singleton
  ApplicationKeeper keeper(
      MigratorConfig config, VolumeManagerClient manager, Instance<KubernetesClient> client) {
    return ApplicationKeeper.of(config, manager, client::get);
  }

  @Produces
  @Singleton
  Surroundings surroundings(
      RepositoryDoor repository,
      VolumeManagerClient manager,
      Agents agents,
      ApplicationKeeper keeper,
      MigratorConfig config) {
    return new Surroundings(
        repository,
        manager,
        agents,
        keeper.objects(),
        keeper.door(),
        config.application().kafkaBootstrapServers().map(KafkaCluster::new),
        config);
  }

  @Produces
  @Singleton
  MigratorMetrics metrics(MeterRegistry meters, StateView view) {
    return new MigratorMetrics(meters, view);
  }

  @Produces
  @Singleton
  TaskRunner runner(
      Surroundings surroundings,
      StateView view,
      OpenTasks open,
      Letters letters,
      MigratorConfig config,
      MigratorMetrics metrics) {
    TaskRunner runner =
        new TaskRunner(
            new RunningTask.Tools(
                new Workshop(surroundings, view),
                open,
                letters,
                new Semaphore(config.transfer().tasksMax(), true),
                config.transfer().reportEvery()));
    metrics.tasks(runner);
    return runner;
  }

  @Produces
  @Singleton
  Scheduler scheduler(StateView view, Letters letters, RepositoryDoor repository) {
    return new Scheduler(view, letters, repository);
  }

  @Produces
  @Singleton
  MigrationTable table(
      @Identifier("default-kafka-broker") Map<String, Object> kafka, ControlSerdes serdes) {
    return MigrationTable.connect(kafka, serdes);
  }

  @Produces
  @Singleton
  OpenTasks open(
      @Identifier("default-kafka-broker") Map<String, Object> kafka, ControlSerdes serdes) {
    return new OpenTasks(MigrationTable.connect(kafka, serdes));
  }

  @Produces
  @Singleton
  Decider decider(ControlSerdes serdes) {
    return new Decider(serdes, InstantSource.system());
  }

  void close(@Disposes ApplicationKeeper keeper) {
    keeper.close();
  }

  void close(@Disposes RepositoryDoor repository) {
    repository.close();
  }

  void close(@Disposes TaskRunner runner) {
    runner.close();
  }

  void close(@Disposes OpenTasks open) {
    open.close();
  }

  void close(@Disposes MigrationTable table) {
    table.close();
  }
}
