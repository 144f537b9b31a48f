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
  KILL_MANAGER(false),
  START_MANAGER(false),
  KILL_AUTOPILOT(false),
  START_AUTOPILOT(false),
  KILL_MIGRATOR(false),
  START_MIGRATOR(false),
  KILL_CONTROL_KAFKA(false),
  STOP_CONTROL_KAFKA(false),
  START_CONTROL_KAFKA(false);

  private final boolean needsNode;

  FaultKind() {
    this(true);
  }

  FaultKind(boolean needsNode) {
    this.needsNode = needsNode;
  }

  boolean needsNode() {
    return needsNode;
  }

  static FaultKind named(String name) {
    return valueOf(name.toUpperCase(Locale.ROOT).replace('-', '_'));
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
