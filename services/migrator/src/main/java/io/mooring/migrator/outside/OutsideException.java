package io.mooring.migrator.outside;

import java.io.IOException;

/** Somebody outside did not do what was asked. The message says who, what and, as told, why. */
public final class OutsideException extends IOException {

  private static final long serialVersionUID = 1L;
  private static final int NONE = 0;
  private static final int BAD_REQUEST = 400;
  private static final int UNAUTHORIZED = 401;
  private static final int FORBIDDEN = 403;
  private static final int NOT_FOUND = 404;
  private static final int CONFLICT = 409;
  private static final int UNPROCESSABLE = 422;

  private final int status;
  private final String code;

  /** Nobody answered. */
  public OutsideException(String message, Throwable cause) {
    super(message, cause);
    this.status = NONE;
    this.code = "";
  }

  /** The answer was not the one that was hoped for. */
  OutsideException(String message, int status) {
    this(message, status, "");
  }

  /**
   * The answer was not the one that was hoped for.
   *
   * @param code stable code of the answer; empty if it has none
   */
  public OutsideException(String message, int status, String code) {
    super(message);
    this.status = status;
    this.code = code;
  }

  /** Stable code under which it was refused; empty if there is none. */
  public String code() {
    return code;
  }

  /** Of HTTP; 0 if nobody answered. */
  public int status() {
    return status;
  }

  public boolean isNotFound() {
    return status == NOT_FOUND;
  }

  /** Whether it was understood and is not done, for a reason that the message tells. */
  public boolean isRefused() {
    return status == CONFLICT || isFinal();
  }

  /** Whether the same request will be refused again. */
  public boolean isFinal() {
    return status == BAD_REQUEST
        || status == UNAUTHORIZED
        || status == FORBIDDEN
        || status == UNPROCESSABLE;
  }
}
