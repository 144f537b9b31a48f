package io.mooring.storage.engine;

import io.mooring.storage.replication.Outcome;
import io.mooring.storage.replication.RequestId;
import io.mooring.storage.replication.SnapshotId;
import java.util.concurrent.CompletableFuture;

/**
 * A moment at which every write that was sent to a volume is acknowledged and none is sent. It ends
 * with a snapshot, when it is released, or by itself after two seconds; nothing can be taken under
 * it then, also if writes are held again.
 */
public final class HeldWrites {

  private final VolumeHead head;
  private final RequestId hold;

  HeldWrites(VolumeHead head, RequestId hold) {
    this.head = head;
    this.hold = hold;
  }

  /**
   * Takes a snapshot of this moment, as {@link VolumeHead#snapshot} does.
   *
   * @return fails with {@link SnapshotNotTakenException} if the moment is over
   */
  public CompletableFuture<Outcome.Taken> snapshot(SnapshotId snapshot) {
    return head.snapshot(snapshot, hold);
  }

  /** Lets writes go on; without effect if they do already. */
  public CompletableFuture<Void> release() {
    return head.release(hold);
  }
}
