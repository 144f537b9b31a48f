package io.mooring.volumeagent.volumes;

/** What this node's pools say about one replica. */
public sealed interface LocalReplica {

  /**
   * Its files are sound.
   *
   * @param promisedEpoch highest epoch it has promised
   * @param generation newest generation that a head has told it
   */
  record Sound(long promisedEpoch, long generation) implements LocalReplica {}

  /**
   * Its files are in use, but some of its content could not be read: as a member it serves the
   * rest, outside the in-sync set it is of no use.
   */
  record Damaged(Sound files, String code, String reason) implements LocalReplica {}

  /** Its files cannot be opened. */
  record Unusable(String code, String reason) implements LocalReplica {}
}
