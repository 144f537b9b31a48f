package io.mooring.storage.backup;

import io.mooring.storage.backup.fault.BackupException;
import io.mooring.storage.backup.fault.Fault;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Deals numbered tasks out to a few threads. The first failure stops the others before their next
 * task. One worker runs on the caller's thread.
 */
final class Workers {

  /** One thread's part, with buffers of its own. */
  interface Worker {
    void task(int number) throws BackupException;

    /** Called once after the last task. */
    default void end() throws BackupException {}
  }

  /** Makes a worker; called on the thread that it will run on. */
  interface Shop {
    Worker hire();
  }

  private final int threads;

  Workers(int threads) {
    this.threads = threads;
  }

  void run(String name, int tasks, Shop shop) throws BackupException {
    AtomicInteger next = new AtomicInteger();
    AtomicBoolean stop = new AtomicBoolean();
    if (threads == 1) {
      work(shop.hire(), tasks, next, stop);
      return;
    }
    try (ExecutorService executor =
        Executors.newThreadPerTaskExecutor(Thread.ofPlatform().name(name, 0).factory())) {
      List<Future<?>> parts = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        parts.add(
            executor.submit(() -> {
              boolean good = false;
              try {
                work(shop.hire(), tasks, next, stop);
                good = true;
              } finally {
                if (!good) {
                  stop.set(true);
                }
              }
              return null;
            }));
      }
      try {
        join(parts);
      } catch (InterruptedException e) {
        executor.shutdownNow();
        Thread.currentThread().interrupt();
        throw new BackupException(Fault.CANCELLED, "The workers were stopped.", e);
      }
    }
  }

  private static void work(Worker worker, int tasks, AtomicInteger next, AtomicBoolean stop)
      throws BackupException {
    for (int task = next.getAndIncrement(); task < tasks; task = next.getAndIncrement()) {
      if (stop.get()) {
        return;
      }
      if (Thread.currentThread().isInterrupted()) {
        throw new BackupException(Fault.CANCELLED, "A worker was stopped.");
      }
      worker.task(task);
    }
    worker.end();
  }

  private static void join(List<Future<?>> parts) throws BackupException, InterruptedException {
    Throwable first = null;
    for (Future<?> part : parts) {
      try {
        part.get();
      } catch (ExecutionException e) {
        if (first == null) {
          first = e.getCause();
        } else if (first != e.getCause()) { // a failure may be told to several, as one object
          first.addSuppressed(e.getCause());
        }
      }
    }
    switch (first) {
      case null -> {}
      case BackupException e -> throw e;
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      default -> throw new IllegalStateException(first);
    }
  }
}
