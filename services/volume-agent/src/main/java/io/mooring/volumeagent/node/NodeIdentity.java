package io.mooring.volumeagent.node;

import io.mooring.volumeagent.config.NodeSettings;
import java.util.UUID;

/**
 * This node in this run of its agent.
 *
 * @param incarnation changes with every start, so that beats of a dead agent cannot pass for those
 *     of its successor
 */
public record NodeIdentity(NodeSettings settings, String incarnation) {

  /** Identity of a run that begins now. */
  public static NodeIdentity ofThisRun(NodeSettings settings) {
    return new NodeIdentity(settings, UUID.randomUUID().toString());
  }

  public String nodeId() {
    return settings.nodeId();
  }
}
