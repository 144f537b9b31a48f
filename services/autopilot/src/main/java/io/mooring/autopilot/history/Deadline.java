package io.mooring.autopilot.history;

import java.time.Duration;

/** The end of a replay's patience. */
record Deadline(long nanoTime, Duration length) {

  static Deadline in(Duration length) {
    return new Deadline(System.nanoTime() + length.toNanos(), length);
  }

  void check() {
    if (System.nanoTime() - nanoTime > 0) {
      throw new HistoryException(
          HistoryException.Kind.REFUSED,
          "AUT-035",
          "The replay took longer than %d s.".formatted(length.toSeconds()),
          "It reads with one thread, so that it takes little from the autopilot's own work.",
          "Ask for a shorter time, or raise mooring.autopilot.what-if.time-max.");
    }
  }
}
