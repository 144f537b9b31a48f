package io.mooring.storage.backup.store;

import java.time.Duration;

/** Lets time pass; a test lets none pass. */
public interface Pause {

  /** Sleeps. */
  Pause SLEEP = Thread::sleep;

  void pause(Duration duration) throws InterruptedException;
}
