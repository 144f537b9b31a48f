package io.mooring.volumeagent.rest;

import io.mooring.volumeagent.VolumeAgent;
import jakarta.inject.Singleton;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/**
 * The agent can be given work while it has started. The control topics are told here but do not
 * count: without them attached volumes go on, and taking the agent out of service would help
 * nobody.
 */
@Readiness
@Singleton
public class AgentReadiness implements HealthCheck {

  private final VolumeAgent agent;

  AgentReadiness(VolumeAgent agent) {
    this.agent = agent;
  }

  @Override
  public HealthCheckResponse call() {
    return HealthCheckResponse.named("agent")
        .up()
        .withData("controlTopicsReachable", agent.control().link().isConnected())
        .withData("controlTopicsSinceMs", agent.control().link().sinceMs())
        .withData("reportsWaiting", agent.control().reports().waiting())
        .build();
  }
}
