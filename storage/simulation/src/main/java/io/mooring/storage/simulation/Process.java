package io.mooring.storage.simulation;

import java.util.ArrayDeque;

/**
 * One run of an agent: what it is asked to do waits while it is paused, and is gone once it has
 * died.
 */
final class Process {
  private final ArrayDeque<Runnable> inbox = new ArrayDeque<>();
  private boolean alive = true;
  private boolean paused;

  boolean isAlive() {
    return alive;
  }

  boolean isPaused() {
    return paused;
  }

  void deliver(Runnable action) {
    if (!alive) {
      return;
    }
    if (paused) {
      inbox.add(action);
    } else {
      action.run();
    }
  }

  void pause() {
    paused = true;
  }

  void resume() {
    paused = false;
    while (alive && !paused && !inbox.isEmpty()) {
      inbox.remove().run();
    }
  }

  void die() {
    alive = false;
    inbox.clear();
  }
}
