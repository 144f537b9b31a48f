package io.mooring.migrator.control;

import io.mooring.migrator.decision.MigrationMachine;
import io.mooring.schemas.MigrationState;
import io.mooring.schemas.TransferTask;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Whether a task may be begun. The topic of tasks is read from its beginning and holds many that
 * are over; to begin one of these would overwrite a volume that is in use. So the committed state
 * is asked, and brought to its end before.
 */
final class OpenTasks implements AutoCloseable {

  private final ReentrantLock lock = new ReentrantLock();
  private final MigrationTable table;

  OpenTasks(MigrationTable table) {
    this.table = table;
  }

  /**
   * @throws IllegalStateException if that cannot be known now
   */
  boolean isOpen(TransferTask task) {
    lock.lock();
    try {
      MigrationState state = table.latest().get(task.getMigration().getName());
      return state != null && MigrationMachine.isOpen(state, task.getTaskId(), task.getAttempt());
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    table.close();
  }
}
