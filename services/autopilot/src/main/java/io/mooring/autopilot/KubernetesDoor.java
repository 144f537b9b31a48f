package io.mooring.autopilot;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.micrometer.core.instrument.MeterRegistry;
import io.mooring.autopilot.config.AutopilotConfig;
import io.mooring.autopilot.kubernetes.KubernetesLink;
import io.mooring.autopilot.kubernetes.KubernetesMetrics;
import io.mooring.autopilot.kubernetes.KubernetesParts;
import io.mooring.autopilot.kubernetes.KubernetesSettings;
import io.mooring.autopilot.stream.AutopilotParts;
import io.mooring.autopilot.stream.ControlTopicWriter;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.apache.kafka.streams.KafkaStreams;

/** Links the autopilot with a Kubernetes cluster while it runs, if it is told to. */
@Singleton
class KubernetesDoor {

  private static final String NAMESPACE = "default";

  private final Optional<KubernetesLink> link;

  KubernetesDoor(
      AutopilotConfig config,
      AutopilotParts parts,
      ControlTopicWriter writer,
      KafkaStreams streams,
      Instance<KubernetesClient> client,
      MeterRegistry meters) {
    this.link =
        config.kubernetes().enabled()
            ? Optional.of(
                new KubernetesLink(
                    settings(config, client.get()),
                    new KubernetesParts(
                        client.get(),
                        parts,
                        writer,
                        // Before, the rules and objects of all instances are not known.
                        () -> streams.state() == KafkaStreams.State.RUNNING,
                        Clock.systemUTC()),
                    new KubernetesMetrics(meters)))
            : Optional.empty();
  }

  private static KubernetesSettings settings(AutopilotConfig config, KubernetesClient client) {
    return new KubernetesSettings(
        config.instance() + "-" + UUID.randomUUID(),
        config
            .kubernetes()
            .namespace()
            .orElseGet(() -> Objects.requireNonNullElse(client.getNamespace(), NAMESPACE)),
        config.kubernetes().csiDriver(),
        config.kubernetes().leaseDuration());
  }

  void onStart(@Observes StartupEvent event) {
    link.ifPresent(KubernetesLink::start);
  }

  void onStop(@Observes ShutdownEvent event) {
    link.ifPresent(KubernetesLink::close);
  }
}
