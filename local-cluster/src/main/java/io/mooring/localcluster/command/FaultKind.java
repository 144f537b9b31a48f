package io.mooring.localcluster.command;

import java.util.Locale;

/** Faults by the names that they have on the command line. */
enum FaultKind {
  KILL_NODE,
  START_NODE,
  PAUSE_NODE,
  RESUME_NODE,
  CUT_LINK,
  HEAL_LINK,
  CRASH_AGENT,
  FULL_DISK,
  FREE_DISK,
  STOP_CONTROL_KAFKA,
  START_CONTROL_KAFKA;

  boolean needsNode() {
    return this != STOP_CONTROL_KAFKA && this != START_CONTROL_KAFKA;
  }

  static FaultKind named(String name) {
    return valueOf(name.toUpperCase(Locale.ROOT).replace('-', '_'));
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
