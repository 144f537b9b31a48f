package io.mooring.storage.replication;

import java.util.List;
import java.util.Map;

/**
 * What a replica keeps durably beside its data.
 *
 * @param activity regions that may hold changes which are not stable
 * @param maps what absent replicas lack, by replica
 */
public record ReplicaRecord(
    Superblock superblock, BlockSet activity, Map<ReplicaId, DirtyMap> maps) {

  /** A new, empty replica. */
  public static ReplicaRecord blank(long sizeBytes) {
    return new ReplicaRecord(
        new Superblock(
            Promise.NONE,
            new HeadMessage.Membership(new Generation(0), List.of(), List.of()),
            false,
            false,
            sizeBytes),
        new BlockSet(),
        Map.of());
  }

  /**
   * The fixed part.
   *
   * @param promise highest run that was granted (I2)
   * @param membership newest membership that a head has told
   * @param lossy changes that were acknowledged and not flushed may be lost
   * @param unreadable content could not be read; never taken back
   */
  public record Superblock(
      Promise promise,
      HeadMessage.Membership membership,
      boolean lossy,
      boolean unreadable,
      long sizeBytes) {

    Superblock promising(Promise higher) {
      return new Superblock(higher, membership, lossy, unreadable, sizeBytes);
    }

    Superblock following(HeadMessage.Membership newer) {
      return new Superblock(promise, newer, lossy, unreadable, sizeBytes);
    }

    Superblock withLossy(boolean isLossy) {
      return new Superblock(promise, membership, isLossy, unreadable, sizeBytes);
    }

    Superblock grownTo(long newSizeBytes) {
      return new Superblock(promise, membership, lossy, unreadable, newSizeBytes);
    }

    public Superblock foundUnreadable() {
      return new Superblock(promise, membership, lossy, true, sizeBytes);
    }
  }

  /**
   * What one absent replica lacks.
   *
   * @param full it may lack anything: compare every allocated block
   */
  public record DirtyMap(boolean full, BlockSet blocks) {}

  /** How the process came to start. */
  public enum Restart {
    /**
     * The machine has not gone down since the last change, or went down after everything was
     * flushed.
     */
    INTACT,
    /**
     * Memory is lost, and with it what was not flushed; or the disk has failed to write it back.
     */
    MACHINE_CRASH
  }
}
