package io.mooring.localcluster.process;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A process that is restarted in place when it ends without having been asked to: what a Deployment
 * or DaemonSet is to its pod.
 */
public final class SupervisedProcess {

  private static final Logger LOG = System.getLogger(SupervisedProcess.class.getName());
  private static final Duration FIRST_WAIT = Duration.ofMillis(100);
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(10);

  private final String name;
  private final Supplier<LocalProcess> starter;
  private final ReentrantLock lock = new ReentrantLock();
  private boolean wanted;
  private int restarts;
  private @Nullable LocalProcess current;
  private @Nullable Thread watcher;

  public SupervisedProcess(String name, Supplier<LocalProcess> starter) {
    this.name = name;
    this.starter = starter;
  }

  public String name() {
    return name;
  }

  /** Starts the process unless it is already looked after. */
  public void start() {
    lock.lock();
    try {
      if (wanted) {
        return;
      }
      wanted = true;
      current = starter.get();
      watcher = Thread.ofVirtual().name("supervise-" + name).start(this::watch);
    } finally {
      lock.unlock();
    }
  }

  /** Ends the process and does not start it again; SIGKILL after {@code grace}. */
  public void stop(Duration grace) throws InterruptedException {
    LocalProcess process = release();
    if (process != null) {
      process.stop(grace);
    }
  }

  /** SIGKILL: a crash, after which the process is not started again by itself. */
  public void kill() throws InterruptedException {
    LocalProcess process = release();
    if (process != null) {
      process.kill();
      process.await();
    }
  }

  /** Stops looking after the process, which dies by other means, such as its node's death. */
  public void abandon() {
    release();
  }

  /** SIGKILL: a crash, after which the process is started again. */
  public void crash() {
    LocalProcess process = current();
    if (process != null) {
      process.kill();
    }
  }

  public boolean isAlive() {
    LocalProcess process = current();
    return process != null && process.isAlive();
  }

  /** How often the process was started again after a crash. */
  public int restarts() {
    lock.lock();
    try {
      return restarts;
    } finally {
      lock.unlock();
    }
  }

  private @Nullable LocalProcess current() {
    lock.lock();
    try {
      return current;
    } finally {
      lock.unlock();
    }
  }

  private @Nullable LocalProcess release() {
    lock.lock();
    try {
      wanted = false;
      if (watcher != null) {
        watcher.interrupt();
        watcher = null;
      }
      LocalProcess process = current;
      current = null;
      return process;
    } finally {
      lock.unlock();
    }
  }

  private void watch() {
    Backoff backoff = new Backoff(FIRST_WAIT, LONGEST_WAIT);
    try {
      for (LocalProcess process = current(); process != null; process = startAgain()) {
        Instant started = Instant.now();
        int status = process.await();
        Duration wait = backoff.after(Duration.between(started, Instant.now()));
        LOG.log(
            Level.WARNING,
            "Process ended unasked and is started again: process={0} status={1} waitMs={2}",
            name,
            status,
            wait.toMillis());
        Thread.sleep(wait);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private @Nullable LocalProcess startAgain() {
    lock.lock();
    try {
      if (!wanted || Thread.currentThread() != watcher) {
        return null;
      }
      restarts++;
      current = starter.get();
      return current;
    } finally {
      lock.unlock();
    }
  }
}
