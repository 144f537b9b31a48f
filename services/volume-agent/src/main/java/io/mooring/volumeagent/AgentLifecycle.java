package io.mooring.volumeagent;

import io.micrometer.core.instrument.MeterRegistry;
import io.mooring.volumeagent.config.AgentConfig;
import io.mooring.volumeagent.config.AgentConfigCheck;
import io.mooring.volumeagent.config.AgentSettings;
import io.mooring.volumeagent.metrics.HeadMetrics;
import io.mooring.volumeagent.metrics.NodeMetrics;
import io.mooring.volumeagent.node.PeriodicThread;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.io.IOException;
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

  private final AgentSettings settings;
  private final VolumeAgent agent;
  private final PeriodicThread headMetrics;

  AgentLifecycle(AgentConfig config, MeterRegistry registry) throws IOException {
    this.settings = AgentConfigCheck.check(config);
    settings.effective().forEach((key, value) -> LOG.infof("Configuration. %s=%s", key, value));
    this.agent = VolumeAgent.start(settings);
    new NodeMetrics(agent).bindTo(registry);
    HeadMetrics metrics = new HeadMetrics(registry);
    this.headMetrics =
        PeriodicThread.start(
            "head-metrics", METRICS_CHECK, () -> metrics.follow(agent.volumes().heads().all()));
  }

  void onStart(@Observes StartupEvent event) {
    LOG.infof(
        "Agent runs. node=%s incarnation=%s",
        agent.identity().nodeId(), agent.identity().incarnation());
  }

  void onStop(@Observes ShutdownEvent event) throws IOException {
    headMetrics.close();
    agent.close();
  }

  @Produces
  @Singleton
  VolumeAgent agent() {
    return agent;
  }
}
