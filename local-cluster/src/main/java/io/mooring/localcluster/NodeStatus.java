package io.mooring.localcluster;

import io.mooring.localcluster.node.NodeSpec;

/**
 * A node as it really is, and as it is judged.
 *
 * @param alive it is powered on
 * @param paused all of it is frozen
 * @param joined its link is up
 * @param agentAlive its agent's process runs
 * @param judgedUp pods are scheduled to it
 */
public record NodeStatus(
    NodeSpec spec,
    boolean alive,
    boolean paused,
    boolean joined,
    boolean agentAlive,
    boolean judgedUp) {}
