package io.mooring.migrator.control;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.mooring.migrator.config.MigratorConfig;
import io.mooring.migrator.kubernetes.KubernetesOrchestrator;
import io.mooring.migrator.outside.ApplicationDoor;
import io.mooring.migrator.outside.ApplicationObjects;
import io.mooring.migrator.outside.NoApplicationObjects;
import io.mooring.migrator.outside.RestApplicationDoor;
import io.mooring.migrator.outside.RestApplicationObjects;
import io.mooring.migrator.outside.RestClient;
import io.mooring.migrator.outside.VolumeManagerClient;
import java.util.Optional;
import java.util.function.Supplier;

/** Whoever keeps applications on this side: Kubernetes, an orchestrator behind REST, or nobody. */
record ApplicationKeeper(ApplicationObjects objects, ApplicationDoor door, Runnable end)
    implements AutoCloseable {

  static ApplicationKeeper of(
      MigratorConfig config, VolumeManagerClient manager, Supplier<KubernetesClient> client) {
    MigratorConfig.Application settings = config.application();
    if (settings.kubernetes().enabled()) {
      KubernetesOrchestrator kubernetes =
          KubernetesOrchestrator.of(
              client.get(),
              manager,
              settings.kubernetes().csiDriver(),
              config.transfer().patience(),
              settings.patience());
      return new ApplicationKeeper(
          kubernetes.objects(), kubernetes.door(), kubernetes.door()::close);
    }
    Optional<RestClient> rest =
        settings.url().map(url -> new RestClient(url, config.volumeManager().timeout()));
    return new ApplicationKeeper(
        rest.<ApplicationObjects>map(RestApplicationObjects::new)
            .orElseGet(NoApplicationObjects::new),
        new RestApplicationDoor(rest),
        () -> {});
  }

  @Override
  public void close() {
    end.run();
  }
}
