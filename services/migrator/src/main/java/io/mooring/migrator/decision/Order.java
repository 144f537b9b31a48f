package io.mooring.migrator.decision;

import io.mooring.schemas.TransferTask;

/** A change beside the state. */
public sealed interface Order {

  /** Somebody is to do this. */
  record Assign(TransferTask task) implements Order {}

  /** A migration is not known any more. */
  record Forget(String migration) implements Order {}

  /** It is done, or not wanted any more. */
  record Withdraw(String taskId) implements Order {}
}
