package io.mooring.migrator.control;

import io.mooring.schemas.TransferTask;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The tasks of this instance: those of the partitions that it has. A few run at a time, the others
 * wait. A task that is read again while it runs goes on; one that is taken away is interrupted.
 */
final class TaskRunner implements AutoCloseable {

  private final ReentrantLock lock = new ReentrantLock();
  private final Set<Integer> partitions = new HashSet<>();
  private final Map<String, RunningTask> running = new HashMap<>();
  private final RunningTask.Tools tools;

  TaskRunner(RunningTask.Tools tools) {
    this.tools = tools;
  }

  void gained(int partition) {
    locked(() -> partitions.add(partition));
  }

  void lost(int partition) {
    locked(() -> {
      partitions.remove(partition);
      List<RunningTask> theirs =
          running.values().stream().filter(task -> task.partition() == partition).toList();
      theirs.forEach(task -> end(task.id(), true));
    });
  }

  /** Somebody is to do this. */
  void offered(int partition, TransferTask task) {
    locked(() -> {
      RunningTask present = running.get(task.getTaskId());
      if (!partitions.contains(partition)
          || present != null && present.attempt() == task.getAttempt()) {
        return;
      }
      end(task.getTaskId(), true);
      RunningTask next = new RunningTask(partition, task, tools);
      running.put(task.getTaskId(), next);
      next.start();
    });
  }

  /** It is done, or not wanted any more. */
  void withdrawn(String taskId) {
    locked(() -> end(taskId, false));
  }

  /** Tasks that run or wait. */
  int count() {
    lock.lock();
    try {
      return (int) running.values().stream().filter(RunningTask::isAlive).count();
    } finally {
      lock.unlock();
    }
  }

  private void end(String taskId, boolean wanted) {
    RunningTask task = running.remove(taskId);
    if (task != null) {
      task.stop(wanted);
    }
  }

  private void locked(Runnable action) {
    lock.lock();
    try {
      action.run();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    locked(() -> {
      Collection<String> ids = List.copyOf(running.keySet());
      ids.forEach(id -> end(id, true));
    });
  }
}
