package io.mooring.volumeagent.volumes;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Work on volumes: for one volume in the order in which it was given, for different volumes side by
 * side. On platform threads, since the work is mostly system calls that wait for a disk.
 */
public final class VolumeLanes implements AutoCloseable {

  private static final Logger LOG = Logger.getLogger(VolumeLanes.class);

  private final ExecutorService threads;

  /** Waiting work per volume; a volume is present while a thread works on it. */
  private final Map<String, Queue<Runnable>> lanes = new HashMap<>();

  /**
   * @param name of the threads
   * @param count how many volumes are worked on at a time
   */
  public VolumeLanes(String name, int count) {
    this.threads =
        Executors.newFixedThreadPool(
            count, Thread.ofPlatform().daemon().name(name + "-", 0).factory());
  }

  /** Adds work to the end of a volume's lane. */
  public void submit(String volumeId, Runnable work) {
    synchronized (lanes) {
      Queue<Runnable> lane = lanes.get(volumeId);
      if (lane != null) {
        lane.add(work);
        return;
      }
      lane = new ArrayDeque<>();
      lane.add(work);
      lanes.put(volumeId, lane);
    }
    threads.execute(() -> drive(volumeId));
  }

  private void drive(String volumeId) {
    for (Runnable work = next(volumeId); work != null; work = next(volumeId)) {
      try {
        work.run();
      } catch (RuntimeException e) {
        LOG.errorf(e, "Work on a volume met a bug; the next one is tried. volume=%s", volumeId);
      }
    }
  }

  private @Nullable Runnable next(String volumeId) {
    synchronized (lanes) {
      Queue<Runnable> lane = lanes.get(volumeId);
      Runnable work = lane == null ? null : lane.poll();
      if (work == null) {
        lanes.remove(volumeId);
      }
      return work;
    }
  }

  /** Waits until everything that was given for a volume up to now is done. */
  public boolean awaitIdle(String volumeId, Duration limit) throws InterruptedException {
    CountDownLatch reached = new CountDownLatch(1);
    submit(volumeId, reached::countDown);
    return reached.await(limit.toMillis(), TimeUnit.MILLISECONDS);
  }

  @Override
  public void close() {
    threads.shutdown();
  }
}
