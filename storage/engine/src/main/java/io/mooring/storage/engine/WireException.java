package io.mooring.storage.engine;

import java.io.IOException;

/** A peer broke the replication protocol; its connection ends, nothing else does. */
public final class WireException extends IOException {

  private final WireProblem problem;

  WireException(WireProblem problem, String whatWhyFix) {
    super(problem.code() + " " + whatWhyFix);
    this.problem = problem;
  }

  public WireProblem problem() {
    return problem;
  }
}
