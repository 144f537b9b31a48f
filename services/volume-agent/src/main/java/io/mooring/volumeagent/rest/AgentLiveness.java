package io.mooring.volumeagent.rest;

import io.mooring.volumeagent.VolumeAgent;
import jakarta.inject.Singleton;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Liveness;

/**
 * The agent is alive while its ticker runs: restarting it helps against a hang and against nothing
 * else.
 */
@Liveness
@Singleton
public class AgentLiveness implements HealthCheck {

  private final VolumeAgent agent;

  AgentLiveness(VolumeAgent agent) {
    this.agent = agent;
  }

  @Override
  public HealthCheckResponse call() {
    return HealthCheckResponse.named("ticker")
        .status(agent.presence().stalls().isHealthy())
        .withData("worstStallMs", agent.presence().stalls().worstStallMs())
        .build();
  }
}
