package io.mooring.localcluster;

/**
 * An error that a person has to deal with: a stable code, then what happened, why, and what to do.
 * The codes are listed in {@code docs/errors/local-cluster.md}.
 */
public final class LocalClusterException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final String code;
  private final String what;
  private final String why;
  private final String fix;

  public LocalClusterException(String code, String what, String why, String fix) {
    super("%s %s: %s. %s".formatted(code, what, why, fix));
    this.code = code;
    this.what = what;
    this.why = why;
    this.fix = fix;
  }

  public LocalClusterException(String code, String what, String why, String fix, Throwable cause) {
    this(code, what, why, fix);
    initCause(cause);
  }

  /** The stable code, e.g. {@code LCL-001}. */
  public String code() {
    return code;
  }

  public String what() {
    return what;
  }

  public String why() {
    return why;
  }

  public String fix() {
    return fix;
  }
}
