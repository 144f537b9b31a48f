package io.mooring.storage.nbd;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A long write that goes to the device piece by piece as it arrives, so that one client needs one
 * buffer of fixed size. It ends when its last piece does; with FUA a flush follows, since only then
 * are all pieces complete.
 */
final class SplitWrite implements Completion {

  private final AtomicReference<NbdStatus> result = new AtomicReference<>(NbdStatus.OK);

  /** Pieces under way, and one for the reader while it still has some to add. */
  private final AtomicInteger unfinished = new AtomicInteger(1);

  private final BlockDevice device;
  private final boolean fua;
  private final Completion whole;

  SplitWrite(BlockDevice device, boolean fua, Completion whole) {
    this.device = device;
    this.fua = fua;
    this.whole = whole;
  }

  /** One more piece goes to the device. */
  Completion piece() {
    unfinished.incrementAndGet();
    return this;
  }

  /** No more pieces follow. */
  void allHandedOver() {
    done(NbdStatus.OK);
  }

  @Override
  public void done(NbdStatus pieceResult) {
    if (pieceResult != NbdStatus.OK) {
      result.compareAndSet(NbdStatus.OK, pieceResult);
    }
    if (unfinished.decrementAndGet() > 0) {
      return;
    }
    NbdStatus outcome = result.get();
    if (fua && outcome == NbdStatus.OK) {
      device.flush(whole);
    } else {
      whole.done(outcome);
    }
  }
}
