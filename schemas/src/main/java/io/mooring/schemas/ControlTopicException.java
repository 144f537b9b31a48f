package io.mooring.schemas;

import org.jspecify.annotations.Nullable;

/**
 * A control topic or a record on it cannot be used as it is. The code is stable and documented in
 * docs/errors/evt.md.
 */
public final class ControlTopicException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final String code;

  public ControlTopicException(String code, String what, String why, String fix) {
    this(code, what, why, fix, null);
  }

  public ControlTopicException(
      String code, String what, String why, String fix, @Nullable Throwable cause) {
    super(code + " " + what + " " + why + " " + fix, cause);
    this.code = code;
  }

  public String code() {
    return code;
  }
}
