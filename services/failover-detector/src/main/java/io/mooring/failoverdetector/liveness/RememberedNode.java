package io.mooring.failoverdetector.liveness;

import java.util.Map;

/**
 * What must outlive the detector: a node that is down stays down over a restart without being
 * announced again, and its incident keeps its id. Beats are not part of it; after a restart every
 * silence begins anew.
 */
public record RememberedNode(
    String nodeId, String incarnation, NodeStatus status, Map<String, Trace> sickPools) {}
