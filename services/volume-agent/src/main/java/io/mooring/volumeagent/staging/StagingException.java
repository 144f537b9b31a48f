package io.mooring.volumeagent.staging;

import org.jspecify.annotations.Nullable;

/** A request of the orchestrator that was not carried out: stable code, what, why and fix. */
public final class StagingException extends Exception {

  private static final long serialVersionUID = 1L;

  /** What the orchestrator should make of it. */
  public enum Reason {
    /** The request can never succeed as it is. */
    INVALID,
    /** There is no such volume, or no such path. */
    NOT_FOUND,
    /** The path or volume is in use in another way. */
    CONFLICT,
    /** Something must be done first. */
    PRECONDITION,
    /** Another request for the volume is under way. */
    PENDING,
    /** It may work if tried again. */
    UNAVAILABLE,
    /** A tool or the kernel refused. */
    FAILED
  }

  private final Reason reason;
  private final String code;

  public StagingException(Reason reason, String code, String what, String why, String fix) {
    this(reason, code, what, why, fix, null);
  }

  public StagingException(
      Reason reason, String code, String what, String why, String fix, @Nullable Throwable cause) {
    super(code + " " + what + " " + why + " " + fix, cause);
    this.reason = reason;
    this.code = code;
  }

  public Reason reason() {
    return reason;
  }

  public String code() {
    return code;
  }
}
