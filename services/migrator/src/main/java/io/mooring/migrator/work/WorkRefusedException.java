package io.mooring.migrator.work;

/** What a task was to do cannot be done, and trying again is of no use. */
public final class WorkRefusedException extends Exception {

  private static final long serialVersionUID = 1L;

  /**
   * @param message code, what, why and what to do
   */
  public WorkRefusedException(String message) {
    super(message);
  }
}
