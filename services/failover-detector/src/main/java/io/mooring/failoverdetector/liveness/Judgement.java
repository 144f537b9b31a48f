package io.mooring.failoverdetector.liveness;

import io.mooring.schemas.NodeEvent;

/** An event to publish, and its place in the incident. */
public record Judgement(NodeEvent event, Trace trace) {}
