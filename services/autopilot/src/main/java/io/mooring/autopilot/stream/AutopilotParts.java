package io.mooring.autopilot.stream;

/** What the topology is made of, besides its topics. */
public record AutopilotParts(
    AutopilotSettings settings,
    RuleLibrary rules,
    LiveVolumes volumes,
    ObjectBoard objects,
    AutopilotMetrics metrics) {}
