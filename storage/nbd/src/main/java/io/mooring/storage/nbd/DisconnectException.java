package io.mooring.storage.nbd;

/** Leaves a connection's code from any depth; carries no stack trace, since the reason says all. */
final class DisconnectException extends Exception {

  private static final long serialVersionUID = 1L;

  private final DisconnectReason reason;

  DisconnectException(DisconnectReason reason) {
    super(reason.code() + " " + reason.explanation(), null, false, false);
    this.reason = reason;
  }

  DisconnectReason reason() {
    return reason;
  }
}
