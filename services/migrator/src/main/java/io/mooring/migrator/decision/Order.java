package io.mooring.migrator.decision;

import io.mooring.schemas.TransferTask;

/** A change of the topic of tasks. */
public sealed interface Order {

  /** Somebody is to do this. */
  record Assign(TransferTask task) implements Order {}

  /** It is done, or not wanted any more. */
  record Withdraw(String taskId) implements Order {}
}
