package io.mooring.failoverdetector.brokers;

import io.mooring.failoverdetector.liveness.Trace;
import io.mooring.schemas.BrokerEvent;

/** An event to publish, and its place in the incident. */
public record BrokerJudgement(BrokerEvent event, Trace trace) {

  /** Record key of the event. */
  public String key() {
    return event.getClusterName() + "/" + event.getBrokerId();
  }
}
