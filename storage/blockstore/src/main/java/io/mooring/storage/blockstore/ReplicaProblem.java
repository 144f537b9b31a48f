package io.mooring.storage.blockstore;

/**
 * What can be wrong with replica files. Codes are stable and explained in {@code
 * docs/errors/rep.md}.
 */
public enum ReplicaProblem {
  SUPERBLOCK_CORRUPT("REP-010"),
  FORMAT_TOO_NEW("REP-011"),
  WRONG_IDENTITY("REP-012"),
  DATA_TRUNCATED("REP-013"),
  FILE_MISSING("REP-014"),
  IN_USE("REP-015"),
  ALREADY_EXISTS("REP-016"),
  SIZE_INVALID("REP-017"),
  ACTIVITY_TOO_SHORT("REP-018"),
  BITMAP_CORRUPT("REP-019"),
  NAME_INVALID("REP-020"),
  IO_FAILED("REP-021"),
  POOL_FULL("REP-022"),
  POOL_UNUSABLE("REP-023"),
  LAYERS_CORRUPT("REP-024"),
  SNAPSHOTS_UNSUPPORTED("REP-025"),
  TOO_MANY_SNAPSHOTS("REP-026"),
  SNAPSHOT_UNKNOWN("REP-027"),
  SNAPSHOT_EXISTS("REP-028"),
  UNREADABLE("REP-029");

  private final String code;

  ReplicaProblem(String code) {
    this.code = code;
  }

  public String code() {
    return code;
  }
}
