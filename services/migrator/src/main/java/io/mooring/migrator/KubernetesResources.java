package io.mooring.migrator;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.micrometer.core.instrument.MeterRegistry;
import io.mooring.migrator.config.MigratorConfig;
import io.mooring.migrator.control.CommittedState;
import io.mooring.migrator.control.Letters;
import io.mooring.migrator.kubernetes.resources.ResourceLink;
import io.mooring.migrator.kubernetes.resources.ResourceMetrics;
import io.mooring.migrator.kubernetes.resources.ResourceParts;
import io.mooring.migrator.kubernetes.resources.ResourceSettings;
import io.mooring.migrator.outside.PairProbe;
import io.mooring.migrator.work.Surroundings;
import io.mooring.schemas.ControlSerdes;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.common.annotation.Identifier;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Instance;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;

/** Links the migrator with a Kubernetes cluster's resources while it runs, if it is told to. */
@Singleton
class KubernetesResources {

  private static final String NAMESPACE = "default";

  private final Optional<ResourceLink> link;

  /** Connects whoever compares the state topics with something else. */
  @FunctionalInterface
  interface Topics extends Supplier<CommittedState> {}

  KubernetesResources(
      MigratorConfig config,
      Topics topics,
      Letters letters,
      Surroundings surroundings,
      Instance<KubernetesClient> client,
      MeterRegistry meters) {
    this.link =
        config.kubernetes().enabled()
            ? Optional.of(
                new ResourceLink(
                    settings(config, client.get()),
                    new ResourceParts(
                        client.get(),
                        topics,
                        letters,
                        new PairProbe(surroundings.repository()),
                        surroundings.manager(),
                        surroundings.repository(),
                        Clock.systemUTC()),
                    new ResourceMetrics(meters)))
            : Optional.empty();
  }

  @Produces
  @Singleton
  static Topics topics(
      @Identifier("default-kafka-broker") Map<String, Object> kafka, ControlSerdes serdes) {
    return () -> CommittedState.connect(kafka, serdes);
  }

  private static ResourceSettings settings(MigratorConfig config, KubernetesClient client) {
    return new ResourceSettings(
        config.instance() + "-" + UUID.randomUUID(),
        config
            .kubernetes()
            .namespace()
            .orElseGet(() -> Objects.requireNonNullElse(client.getNamespace(), NAMESPACE)),
        config.kubernetes().adminNamespace(),
        config.application().kubernetes().csiDriver(),
        config.kubernetes().leaseDuration(),
        config.kubernetes().compareEvery());
  }

  void onStart(@Observes StartupEvent event) {
    link.ifPresent(ResourceLink::start);
  }

  void onStop(@Observes ShutdownEvent event) {
    link.ifPresent(ResourceLink::close);
  }
}
