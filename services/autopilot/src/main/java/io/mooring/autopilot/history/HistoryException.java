package io.mooring.autopilot.history;

/** The recorded past cannot be told; what, why and fix are for the user. */
public final class HistoryException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** Which of its reasons. */
  public enum Kind {
    /** The request cannot be answered as it was made. */
    REFUSED,
    /** Another time it may be answered. */
    BUSY,
    /** Kafka or the registry did not answer. */
    UNREACHABLE
  }

  private final Kind kind;
  private final String code;
  private final String what;
  private final String why;
  private final String fix;

  HistoryException(Kind kind, String code, String what, String why, String fix) {
    super(code + " " + what + " " + why + " " + fix);
    this.kind = kind;
    this.code = code;
    this.what = what;
    this.why = why;
    this.fix = fix;
  }

  static HistoryException unreachable(Exception cause) {
    HistoryException e =
        new HistoryException(
            Kind.UNREACHABLE,
            "AUT-037",
            "What was recorded could not be read: %s.".formatted(cause),
            "The control Kafka or the schema registry did not answer in time.",
            "Restore them and repeat the request; it changes nothing.");
    e.initCause(cause);
    return e;
  }

  public Kind kind() {
    return kind;
  }

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
