package io.mooring.volumeagent;

import io.mooring.volumeagent.config.AgentConfig;
import io.mooring.volumeagent.config.AgentConfigCheck;
import io.mooring.volumeagent.config.AgentSettings;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.io.IOException;
import org.jboss.logging.Logger;

/**
 * Where the framework ends: starts and stops the agent, and hands it to REST resources and health
 * checks.
 */
@Singleton
public class AgentLifecycle {

  private static final Logger LOG = Logger.getLogger(AgentLifecycle.class);

  private final AgentSettings settings;
  private final VolumeAgent agent;

  AgentLifecycle(AgentConfig config) throws IOException {
    this.settings = AgentConfigCheck.check(config);
    settings.effective().forEach((key, value) -> LOG.infof("Configuration. %s=%s", key, value));
    this.agent = VolumeAgent.start(settings);
  }

  void onStart(@Observes StartupEvent event) {
    LOG.infof(
        "Agent runs. node=%s incarnation=%s",
        agent.identity().nodeId(), agent.identity().incarnation());
  }

  void onStop(@Observes ShutdownEvent event) throws IOException {
    agent.close();
  }

  @Produces
  @Singleton
  VolumeAgent agent() {
    return agent;
  }
}
