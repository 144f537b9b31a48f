package io.mooring.storage.linux;

import java.io.IOException;

/** A file system could not be made or grown. */
public final class FilesystemException extends IOException {
  private static final long serialVersionUID = 1L;

  public enum Reason {
    /** The device holds data; it was not touched. */
    NOT_BLANK,
    /** The program is not installed. */
    TOOL_MISSING,
    /** The program ran and refused; the message quotes it. */
    TOOL_FAILED,
    TOOL_TIMED_OUT,
    /** The kernel grants the operation only to processes with a capability this one lacks. */
    CAPABILITY_MISSING,
    /** The directory is not on a drive that can be grown. */
    NOT_A_LOOP_DRIVE
  }

  private final Reason reason;

  FilesystemException(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }
}
