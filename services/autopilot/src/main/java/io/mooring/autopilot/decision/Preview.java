package io.mooring.autopilot.decision;

/**
 * What an action would do: shown to whoever approves it, and then done exactly so or not at all.
 */
public record Preview(long fromBytes, long toBytes) {}
