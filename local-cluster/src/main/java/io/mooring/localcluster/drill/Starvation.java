package io.mooring.localcluster.drill;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Takes processor time from everybody: three busy threads for each processor. */
final class Starvation {

  private static final int THREADS_PER_PROCESSOR = 3;

  private Starvation() {}

  static void forAWhile(Duration length) throws InterruptedException {
    long end = System.nanoTime() + length.toNanos();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < THREADS_PER_PROCESSOR * Runtime.getRuntime().availableProcessors(); i++) {
      threads.add(
          Thread.ofPlatform()
              .daemon()
              .name("starvation-" + i)
              .start(() -> {
                while (System.nanoTime() < end) {
                  Thread.onSpinWait();
                }
              }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
  }
}
