package io.mooring.autopilot.rule;

/** Whether a condition is met. What is unknown never triggers anything. */
public enum Verdict {
  MET,
  NOT_MET,
  UNKNOWN
}
