package io.mooring.localcluster.orchestrator;

import io.mooring.localcluster.LocalClusterException;
import io.mooring.localcluster.process.Backoff;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The life of one pod identity, from volume to process, told once from top to bottom. It runs on a
 * thread of its own; eviction and stop reach it as interrupts.
 *
 * <p>There is never a second pod of the identity: a pod is made again only after its volume was
 * taken from the node that it was on, and from then on the old process can have no write
 * acknowledged.
 */
final class PodRunner implements Runnable {

  private static final Duration READY_POLL = Duration.ofMillis(20);
  private static final Duration RETRY_FIRST = Duration.ofMillis(100);
  private static final Duration RETRY_LONGEST = Duration.ofSeconds(2);
  private static final Duration RESTART_FIRST = Duration.ofMillis(250);
  private static final Duration RESTART_LONGEST = Duration.ofSeconds(10);

  /** What all runners share. */
  record Context(
      ClusterBoard board,
      Volumes volumes,
      PodRuntime runtime,
      Leftovers leftovers,
      PodListener listener) {}

  private final StatefulSet set;
  private final PodIdentity pod;
  private final Context context;

  private final ReentrantLock lock = new ReentrantLock();
  private volatile @Nullable Thread thread;
  private @Nullable String node;
  private boolean evicted;
  private boolean moving;
  private boolean releasing;
  private boolean ending;
  private boolean stopped;

  private volatile @Nullable String volumeId;
  private PodRuntime.@Nullable RunningPod process;
  private int restarts;
  private volatile PodStatus status;

  PodRunner(StatefulSet set, PodIdentity pod, Context context) {
    this.set = set;
    this.pod = pod;
    this.context = context;
    this.status = new PodStatus(pod, null, PodStep.CREATED, 0, "");
  }

  PodStatus status() {
    return status;
  }

  boolean isFor(PodIdentity identity) {
    return pod.equals(identity);
  }

  void start() {
    Thread runner = Thread.ofVirtual().name("pod-" + pod).unstarted(this);
    thread = runner;
    runner.start();
  }

  /** Deletes the pod if it is on that node, which is judged dead: its process is left alone. */
  void evictFrom(String deadNode) {
    lock.lock();
    try {
      if (deadNode.equals(node) && !evicted) {
        evicted = true;
        interrupt();
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Ends the pod in order, as when its node is drained, so that it is made again where the
   * scheduler wants it now.
   */
  void move() {
    lock.lock();
    try {
      if (node != null && !evicted && !moving) {
        moving = true;
        interrupt();
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Ends the pod in order and does not make it again: its volume is detached in the end. What has
   * begun to give the volume up is not disturbed.
   */
  void end() {
    lock.lock();
    try {
      ending = true;
      if (!moving && !evicted && !releasing) {
        moving = node != null;
        interrupt();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Waits until the runner has ended. */
  void awaitEnd() throws InterruptedException {
    Thread runner = thread;
    if (runner != null) {
      runner.join();
    }
  }

  /** Nodes with a replica of the pod's volume that may serve. */
  Set<String> replicaNodes() {
    String volume = volumeId;
    return volume == null ? Set.of() : context.volumes().replicaNodes(volume);
  }

  /** Ends the runner; process and volume are left as they are. */
  void stop() {
    lock.lock();
    try {
      stopped = true;
      interrupt();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void run() {
    try {
      do {
        report(PodStep.CREATED, "");
        context.board().awaitTurn(pod);
        String volume = untilDone(this::volume);
        volumeId = volume;
        String place =
            context.board().awaitPlace(pod, () -> context.volumes().replicaNodes(volume));
        boolean vacated = false;
        try {
          occupy(place);
          live(volume, place);
        } catch (InterruptedException e) {
          vacated = isMoving() && vacate(volume, place);
          if (!leave(vacated)) {
            throw e;
          }
        }
        release(volume, place, vacated);
      } while (goesOn());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    reportEnd();
  }

  private String volume() throws InterruptedException {
    String name = pod.volumeName(set.claim());
    return set.bound().contains(name)
        ? context.volumes().find(name, set.claim())
        : context.volumes().create(name, set.claim());
  }

  private void live(String volume, String place) throws InterruptedException {
    report(PodStep.SCHEDULED, "");
    Map<String, String> published = untilDone(() -> context.volumes().publish(volume, place));
    report(PodStep.VOLUME_PUBLISHED, "");
    Backoff backoff = new Backoff(RESTART_FIRST, RESTART_LONGEST);
    while (true) {
      // Repeated before each start: after a restart of the node nothing is mounted any more.
      Path data = untilDone(() -> context.volumes().mount(volume, place, pod.name(), published));
      report(PodStep.VOLUME_MOUNTED, "");
      context.runtime().assignAddress(place, set.template().address(pod));
      Instant started = Instant.now();
      process = untilDone(() -> context.runtime().start(place, pod, set.template(), data));
      report(PodStep.STARTED, "");
      int exit = serve(process);
      context.board().setReady(pod, false);
      context.runtime().awaitNode(place);
      restarts++;
      report(PodStep.CRASHED, "exit status " + exit);
      Thread.sleep(backoff.after(Duration.between(started, Instant.now())));
    }
  }

  private int serve(PodRuntime.RunningPod running) throws InterruptedException {
    while (running.isAlive() && !context.runtime().isReady(pod, set.template())) {
      Thread.sleep(READY_POLL);
    }
    if (running.isAlive()) {
      context.board().setReady(pod, true);
      report(PodStep.READY, "");
    }
    return running.await();
  }

  /**
   * Stops and unmounts, so that nothing is left on the node; false if the node died meanwhile, or
   * the runner is to end.
   */
  private boolean vacate(String volume, String place) {
    report(isEnding() ? PodStep.STOPPING : PodStep.MOVING, "from " + place);
    context.board().setReady(pod, false);
    try {
      if (process != null) {
        process.stop();
      }
      untilDone(() -> {
        context.volumes().unmount(volume, place, pod.name());
        return true;
      });
      return true;
    } catch (InterruptedException e) {
      return false;
    }
  }

  private void release(String volume, String place, boolean vacated) throws InterruptedException {
    if (!vacated) {
      context.leftovers().add(place, new Leftovers.Item(pod, volume, process));
    }
    process = null;
    context.board().remove(pod);
    if (!vacated) {
      report(PodStep.EVICTED, "from " + place);
    }
    untilDone(() -> {
      context.volumes().unpublish(volume, place);
      return true;
    });
    report(PodStep.VOLUME_UNPUBLISHED, "from " + place);
  }

  private void occupy(String place) throws InterruptedException {
    lock.lock();
    try {
      node = place;
      evicted = !context.board().isUp(place);
      if (evicted) {
        throw new InterruptedException("node " + place + " went down meanwhile");
      }
    } finally {
      lock.unlock();
    }
  }

  private boolean isMoving() {
    lock.lock();
    try {
      return (moving || ending) && !evicted && !stopped;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Gives the node up; true if the pod has left it or was evicted, false if the runner is to end.
   */
  private boolean leave(boolean vacated) {
    lock.lock();
    try {
      boolean goesOn = (vacated || evicted) && !stopped;
      if (goesOn) {
        // The interrupt, or a late second one, must not reach the pod's next life.
        Thread.interrupted();
        evicted = false;
        moving = false;
        releasing = true;
        node = null;
      }
      return goesOn;
    } finally {
      lock.unlock();
    }
  }

  /** The volume is given back; true if the pod is made again. */
  private boolean goesOn() {
    lock.lock();
    try {
      releasing = false;
      return !ending && !stopped;
    } finally {
      lock.unlock();
    }
  }

  private boolean isEnding() {
    lock.lock();
    try {
      return ending;
    } finally {
      lock.unlock();
    }
  }

  private void reportEnd() {
    if (isEnding()) {
      report(PodStep.STOPPED, "");
    }
  }

  private <T> T untilDone(Callable<T> step) throws InterruptedException {
    Backoff backoff = new Backoff(RETRY_FIRST, RETRY_LONGEST);
    while (true) {
      try {
        return step.call();
      } catch (InterruptedException e) {
        throw e;
      } catch (VolumeException | LocalClusterException e) {
        report(PodStep.FAILED, String.valueOf(e.getMessage()));
        Thread.sleep(backoff.after(Duration.ZERO));
      } catch (Exception e) {
        // Callable's signature, not ours: the steps throw nothing else that is checked.
        throw new IllegalStateException("pod " + pod + " met a bug", e);
      }
    }
  }

  private void report(PodStep step, String detail) {
    String place;
    lock.lock();
    try {
      place = node;
    } finally {
      lock.unlock();
    }
    status = new PodStatus(pod, place, step, restarts, detail);
    context.listener().onStep(status);
  }

  private void interrupt() {
    Thread runner = thread;
    if (runner != null) {
      runner.interrupt();
    }
  }
}
