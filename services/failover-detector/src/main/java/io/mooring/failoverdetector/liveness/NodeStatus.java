package io.mooring.failoverdetector.liveness;

/**
 * What the detector holds of a node. Times are wall-clock milliseconds, because they outlive the
 * process.
 *
 * <pre>
 *   first beat --> Alive --overdue--> Suspected --evidence and grace--> Down --several beats--> Alive
 *                    ^                    |
 *                    +-------beat---------+
 * </pre>
 */
public sealed interface NodeStatus {

  /** The node beats. */
  record Alive() implements NodeStatus {
    Suspected suspect(long atMs, Trace trace) {
      return new Suspected(atMs, trace);
    }
  }

  /** Beats are overdue; nothing is done yet. */
  record Suspected(long sinceMs, Trace trace) implements NodeStatus {
    Alive clear() {
      return new Alive();
    }

    Down declareDown(long atMs, Trace trace) {
      return new Down(atMs, trace, 0);
    }
  }

  /**
   * Judged dead.
   *
   * @param beatsSince beats heard since; a single one may have been under way when the node died
   */
  record Down(long sinceMs, Trace trace, int beatsSince) implements NodeStatus {
    Down heard() {
      return new Down(sinceMs, trace, beatsSince + 1);
    }

    Alive comeUp() {
      return new Alive();
    }
  }
}
