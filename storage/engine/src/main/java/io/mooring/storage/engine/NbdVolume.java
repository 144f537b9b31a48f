package io.mooring.storage.engine;

import io.mooring.storage.nbd.BlockDevice;
import io.mooring.storage.nbd.Completion;
import io.mooring.storage.nbd.Extent;
import io.mooring.storage.nbd.NbdStatus;
import io.mooring.storage.replication.Outcome;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A volume as an NBD export. What goes to other nodes leaves when the client has no more requests.
 */
final class NbdVolume implements BlockDevice {

  /** Longer reads are made of several, so that no message between nodes gets longer. */
  private static final int READ_BYTES_MAX = 1 << 20;

  private final VolumeHead head;

  NbdVolume(VolumeHead head) {
    this.head = head;
  }

  @Override
  public long sizeBytes() {
    return head.sizeBytes();
  }

  @Override
  public void read(long offset, ByteBuffer into, Completion completion) {
    int length = into.remaining();
    if (length <= READ_BYTES_MAX) {
      head.read(offset, length, () -> into, answering(completion), true);
      return;
    }
    int parts = (length + READ_BYTES_MAX - 1) / READ_BYTES_MAX;
    RequestEnd whole = new Parts(parts, answering(completion));
    for (int from = 0; from < length; from += READ_BYTES_MAX) {
      int part = Math.min(READ_BYTES_MAX, length - from);
      ByteBuffer target = into.slice(into.position() + from, part);
      head.read(offset + from, part, () -> target, whole, true);
    }
  }

  /** Ends a request when all its parts have ended, with the worst of their outcomes. */
  private static final class Parts implements RequestEnd {
    private final AtomicInteger left;
    private final RequestEnd whole;
    private volatile Outcome worst = Outcome.DONE;

    private Parts(int parts, RequestEnd whole) {
      this.left = new AtomicInteger(parts);
      this.whole = whole;
    }

    @Override
    public void ended(Outcome outcome, AfterUnlock after) {
      if (!(outcome instanceof Outcome.Done)) {
        worst = outcome;
      }
      if (left.decrementAndGet() == 0) {
        whole.ended(worst, after);
      }
    }
  }

  @Override
  public void write(long offset, ByteBuffer data, boolean fua, Completion completion) {
    head.write(offset, data, fua, answering(completion), true);
  }

  @Override
  public void flush(Completion completion) {
    head.flush(answering(completion), true);
  }

  @Override
  public void trim(long offset, long length, boolean fua, Completion completion) {
    head.zero(offset, length, fua, answering(completion), true);
  }

  @Override
  public void zero(long offset, long length, boolean mayPunch, boolean fua, Completion completion) {
    head.zero(offset, length, fua, answering(completion), true);
  }

  @Override
  public List<Extent> blockStatus(long offset, long length, int extentsMax) throws IOException {
    ReplicaHost local = head.readableReplica();
    if (local == null) {
      return List.of(new Extent(length, Extent.Allocation.DATA));
    }
    return SnapshotExport.extents(
        offset, length, visitor -> local.reads().visitAllocated(offset, length, visitor));
  }

  @Override
  public void inputIdle() {
    head.sendHeldBack();
  }

  private static RequestEnd answering(Completion completion) {
    return (outcome, after) -> after.complete(completion, status(outcome));
  }

  private static NbdStatus status(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Done() -> NbdStatus.OK;
      case Outcome.Interrupted() -> NbdStatus.EIO;
      case Outcome.Taken _, Outcome.NotTaken _ ->
          throw new IllegalArgumentException("no outcome of a client's request: " + outcome);
      case Outcome.Failed(Outcome.Cause cause) ->
          switch (cause) {
            case FENCED, CLOSED -> NbdStatus.ESHUTDOWN;
            case UNFLUSHED_WRITES_LOST, UNREADABLE -> NbdStatus.EIO;
          };
    };
  }
}
