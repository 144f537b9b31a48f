package io.mooring.autopilot.decision;

/**
 * A rule's state on a volume.
 *
 * @param version version of the rule under which the state was reached
 */
public record RuleTrack(String version, RuleState state) {}
