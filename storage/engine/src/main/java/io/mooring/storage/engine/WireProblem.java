package io.mooring.storage.engine;

/** What can be wrong with what a peer sends. Codes are explained in {@code docs/errors/rep.md}. */
public enum WireProblem {
  NOT_THE_PROTOCOL("REP-030"),
  VERSION_UNKNOWN("REP-031"),
  HEADER_DAMAGED("REP-032"),
  PAYLOAD_DAMAGED("REP-033"),
  FRAME_TOO_LONG("REP-034"),
  MESSAGE_MALFORMED("REP-035"),
  OUT_OF_PLACE("REP-036"),
  REPLICA_UNKNOWN("REP-037");

  private final String code;

  WireProblem(String code) {
    this.code = code;
  }

  public String code() {
    return code;
  }
}
