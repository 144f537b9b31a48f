package io.mooring.volumeagent.rest;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A volume as this node knows it.
 *
 * @param state null if no state has arrived, which is so for a volume that was resumed without the
 *     control topics
 * @param replica what this node holds of it, null if nothing usable
 * @param attachment null if it is not attached here
 */
public record VolumeDescription(
    String volumeId,
    @Nullable State state,
    @Nullable Replica replica,
    @Nullable Attachment attachment) {

  /**
   * What the catalogue says.
   *
   * @param task kind of the work that the holder is to do before the volume is free, null if none
   */
  public record State(
      String name,
      long sizeBytes,
      String phase,
      long epoch,
      long generation,
      @Nullable String holder,
      @Nullable String task,
      List<Member> replicas) {}

  /** A replica as the catalogue lists it. */
  public record Member(String replicaId, String nodeId, String poolId, String role) {}

  /** The replica on this node. */
  public record Replica(
      String replicaId, String promise, long generation, long sizeBytes, long allocatedBytes) {}

  /**
   * The head on this node and what it is shown as.
   *
   * @param run epoch and session of the head
   * @param abnormal whether somebody should look
   * @param mountPoint null for a block device
   * @param growProblem why the file system has not grown with the volume, null if there is nothing
   *     to say
   */
  public record Attachment(
      String run,
      String state,
      boolean abnormal,
      String condition,
      long sizeBytes,
      @Nullable String device,
      @Nullable String mountPoint,
      @Nullable String growProblem,
      boolean exported,
      List<Resync> resyncs) {}

  /** A replica on its way back; bytes left are those that are known yet. */
  public record Resync(String replicaId, long bytesCopied, long bytesCompared, long bytesLeft) {}
}
