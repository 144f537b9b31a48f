package io.mooring.volumeagent;

import io.micrometer.core.instrument.MeterRegistry;
import io.mooring.volumeagent.config.AgentConfig;
import io.mooring.volumeagent.config.AgentConfigCheck;
import io.mooring.volumeagent.config.AgentSettings;
import io.mooring.volumeagent.metrics.HeadMetrics;
import io.mooring.volumeagent.metrics.NodeMetrics;
import io.mooring.volumeagent.metrics.SnapshotMetrics;
import io.mooring.volumeagent.metrics.UsageMetrics;
import io.mooring.volumeagent.node.PeriodicThread;
import io.mooring.volumeagent.staging.AttachedVolume;
import io.mooring.volumeagent.volumes.KnownVolume;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import org.jboss.logging.Logger;

/**
 * Where the framework ends: starts and stops the agent, and hands it to REST resources and health
 * checks.
 */
@Singleton
public class AgentLifecycle {

  private static final Logger LOG = Logger.getLogger(AgentLifecycle.class);

  private static final Duration METRICS_CHECK = Duration.ofSeconds(2);

  /** A volume that was missed so often in a row is not measured any more. */
  private static final int MEASUREMENTS_MISSED_MAX = 5;

  private final AgentSettings settings;
  private final VolumeAgent agent;
  private final PeriodicThread volumeMetrics;

  AgentLifecycle(AgentConfig config, MeterRegistry registry) throws IOException {
    this.settings = AgentConfigCheck.check(config);
    settings.effective().forEach((key, value) -> LOG.infof("Configuration. %s=%s", key, value));
    this.agent = VolumeAgent.start(settings);
    new NodeMetrics(agent).bindTo(registry);
    new SnapshotMetrics(agent).bindTo(registry);
    HeadMetrics heads = new HeadMetrics(registry);
    UsageMetrics usage = new UsageMetrics(registry, usageOf(agent));
    this.volumeMetrics =
        PeriodicThread.start(
            "volume-metrics",
            METRICS_CHECK,
            () -> {
              heads.follow(agent.volumes().heads().all());
              usage.follow(
                  agent.volumes().staged().attached().stream()
                      .map(AttachedVolume::volumeId)
                      .toList());
            });
  }

  private UsageMetrics.Node usageOf(VolumeAgent agent) {
    Duration interval = settings.config().usage().interval();
    return new UsageMetrics.Node(
        agent.identity().nodeId(),
        agent.usage()::newest,
        volume -> agent.volumes().directory().find(volume).map(KnownVolume::state),
        interval.multipliedBy(MEASUREMENTS_MISSED_MAX),
        Clock.systemUTC());
  }

  void onStart(@Observes StartupEvent event) {
    LOG.infof(
        "Agent runs. node=%s incarnation=%s",
        agent.identity().nodeId(), agent.identity().incarnation());
  }

  void onStop(@Observes ShutdownEvent event) throws IOException {
    volumeMetrics.close();
    agent.close();
  }

  @Produces
  @Singleton
  VolumeAgent agent() {
    return agent;
  }
}
