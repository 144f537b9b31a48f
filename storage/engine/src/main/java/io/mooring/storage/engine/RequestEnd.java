package io.mooring.storage.engine;

import io.mooring.storage.replication.Outcome;

/** Told once how a request of a client ended; never under a lock. */
@FunctionalInterface
interface RequestEnd {

  /**
   * @param outcome done or failed; never interrupted
   * @param after of the calling thread, to answer several requests at once
   */
  void ended(Outcome outcome, AfterUnlock after);
}
