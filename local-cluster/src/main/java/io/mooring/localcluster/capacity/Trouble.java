package io.mooring.localcluster.capacity;

import io.mooring.localcluster.incident.EventRecorder;

/** What happens to a cluster while its volumes grow. */
interface Trouble {

  /** A story without trouble. */
  Trouble NONE =
      new Trouble() {
        @Override
        public void begin(EventRecorder events) {}

        @Override
        public void end() {}
      };

  /**
   * Begins, on a thread of its own.
   *
   * @param events what happens, to strike at the right moment
   */
  void begin(EventRecorder events);

  /** Ends; when it returns, everything that was taken down is up again. */
  void end() throws InterruptedException;
}
