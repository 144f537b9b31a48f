package io.mooring.storage.backup;

import java.util.TreeSet;
import java.util.random.RandomGenerator;

/**
 * Lets one of several threads go on at a time, chosen by chance: threads that meet only here run
 * the same way for the same seed. Some seeds prefer the first thread, which so overtakes the
 * others.
 */
final class Turnstile {

  private final RandomGenerator random;
  private final TreeSet<Integer> waiting = new TreeSet<>();
  private final int preference;
  private int running;
  private int turn = -1;

  Turnstile(int threads, RandomGenerator random) {
    this.running = threads;
    this.random = random;
    this.preference = random.nextInt(8);
  }

  synchronized void pass(int thread) {
    waiting.add(thread);
    leave();
    while (turn != thread) {
      try {
        wait();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
    turn = -1;
  }

  synchronized void leave() {
    running--;
    if (running == 0 && !waiting.isEmpty()) {
      Integer[] choice = waiting.toArray(Integer[]::new);
      boolean first = random.nextInt(8) < preference;
      turn = choice[first ? 0 : random.nextInt(choice.length)];
      waiting.remove(turn);
      running = 1;
      notifyAll();
    }
  }
}
