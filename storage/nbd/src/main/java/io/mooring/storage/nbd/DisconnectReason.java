package io.mooring.storage.nbd;

/** Why a connection to the server ended. Each is counted; the codes are stable. */
public enum DisconnectReason {
  CLIENT_LEFT("NBD-000", "The client left between two messages"),
  CONNECTION_LIMIT("NBD-001", "The server has as many connections as it may"),
  HANDSHAKE_TIMEOUT("NBD-002", "The client did not finish the handshake in time"),
  HANDSHAKE_CROWDED_OUT("NBD-003", "The oldest unfinished handshake made room for a new client"),
  BAD_CLIENT_FLAGS("NBD-004", "The client set handshake flags that do not exist"),
  BAD_OPTION_MAGIC("NBD-005", "An option of the handshake does not begin with its magic number"),
  OPTION_TOO_LONG("NBD-006", "An option of the handshake is longer than the server accepts"),
  UNKNOWN_EXPORT("NBD-007", "The client asked by EXPORT_NAME for an export that does not exist"),
  BAD_REQUEST_MAGIC("NBD-008", "A request does not begin with its magic number"),
  REQUEST_TOO_LONG("NBD-009", "A write is longer than the server accepts"),
  MESSAGE_STALLED("NBD-010", "The client stopped in the middle of a message"),
  MESSAGE_TRUNCATED("NBD-011", "The client left in the middle of a message"),
  REPLIES_NOT_READ("NBD-012", "The client did not read its replies"),
  SOCKET_FAILED("NBD-013", "The socket failed"),
  EXPORT_WITHDRAWN("NBD-014", "The export was withdrawn"),
  SERVER_STOPPED("NBD-015", "The server was stopped"),
  DEVICE_BUG("NBD-016", "The device behind the export threw an exception");

  private final String code;
  private final String explanation;

  DisconnectReason(String code, String explanation) {
    this.code = code;
    this.explanation = explanation;
  }

  /** The code under which the reason is documented. */
  public String code() {
    return code;
  }

  /** One sentence for logs. */
  public String explanation() {
    return explanation;
  }

  /** Whether the client broke the protocol or a limit, as opposed to leaving or being sent away. */
  public boolean clientAtFault() {
    return switch (this) {
      case HANDSHAKE_TIMEOUT,
          HANDSHAKE_CROWDED_OUT,
          BAD_CLIENT_FLAGS,
          BAD_OPTION_MAGIC,
          OPTION_TOO_LONG,
          UNKNOWN_EXPORT,
          BAD_REQUEST_MAGIC,
          REQUEST_TOO_LONG,
          MESSAGE_STALLED,
          MESSAGE_TRUNCATED,
          REPLIES_NOT_READ ->
          true;
      case CLIENT_LEFT,
          CONNECTION_LIMIT,
          SOCKET_FAILED,
          EXPORT_WITHDRAWN,
          SERVER_STOPPED,
          DEVICE_BUG ->
          false;
    };
  }
}
