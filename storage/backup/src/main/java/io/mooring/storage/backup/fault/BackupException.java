package io.mooring.storage.backup.fault;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A backup, restore or check did not succeed; the message says what, why and what to do. */
public final class BackupException extends IOException {

  private static final long serialVersionUID = 1L;

  private final Fault fault;

  public BackupException(Fault fault, String what) {
    this(fault, what, null);
  }

  /**
   * @param what what happened to whom, one sentence
   */
  public BackupException(Fault fault, String what, @Nullable Throwable cause) {
    super(fault.code() + " " + what + " " + fault.why() + " " + fault.fix(), cause);
    this.fault = fault;
  }

  public Fault fault() {
    return fault;
  }
}
