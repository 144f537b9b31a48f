package io.mooring.storage.engine;

import io.mooring.storage.linux.Errno;
import io.mooring.storage.linux.FuseDevice;
import io.mooring.storage.linux.FuseReply;
import io.mooring.storage.linux.LinuxException;
import io.mooring.storage.replication.Outcome;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** A volume as a file of the kernel. Each request leaves for the other nodes at once. */
final class FuseVolume implements FuseDevice {

  private final VolumeHead head;
  private final PayloadPool payloads;

  FuseVolume(VolumeHead head, PayloadPool payloads) {
    this.head = head;
    this.payloads = payloads;
  }

  @Override
  public long size() {
    return head.sizeBytes();
  }

  @Override
  public void read(long offset, MemorySegment target) throws IOException {
    Reading reading = new Reading(target);
    head.read(offset, target.byteSize(), reading, reading, false);
    Outcome outcome = reading.await();
    if (!(outcome instanceof Outcome.Done)) {
      throw new LinuxException("read", head.volume().value(), errno(outcome));
    }
    reading.takeCopied();
  }

  /**
   * A read that the serving thread waits for. The kernel's buffer belongs to that thread; bytes
   * that another thread brings make a detour.
   */
  private final class Reading implements ReadTarget, RequestEnd {
    private final Thread owner = Thread.currentThread();
    private final MemorySegment target;
    private @Nullable ByteBuffer copied;
    private volatile @Nullable Outcome outcome;

    private Reading(MemorySegment target) {
      this.target = target;
    }

    @Override
    public ByteBuffer buffer() {
      if (Thread.currentThread() == owner) {
        return target.asByteBuffer();
      }
      ByteBuffer detour = copied;
      if (detour == null) {
        detour = payloads.acquire((int) target.byteSize());
        copied = detour;
      }
      return detour.duplicate();
    }

    @Override
    public void ended(Outcome how, AfterUnlock after) {
      outcome = how;
      LockSupport.unpark(owner);
    }

    private Outcome await() {
      Outcome ended = outcome;
      while (ended == null) {
        LockSupport.park(this);
        ended = outcome;
      }
      return ended;
    }

    private void takeCopied() {
      ByteBuffer detour = copied;
      if (detour != null) {
        target.copyFrom(MemorySegment.ofBuffer(detour));
        payloads.release(detour);
      }
    }
  }

  @Override
  public void write(long offset, MemorySegment payload, FuseReply reply) {
    head.write(offset, payload.asByteBuffer(), false, answering(reply), false);
  }

  @Override
  public void flush(FuseReply reply) {
    head.flush(answering(reply), false);
  }

  @Override
  public void discard(long offset, long length, FuseReply reply) {
    head.zero(offset, length, false, answering(reply), false);
  }

  @Override
  public void zero(long offset, long length, FuseReply reply) {
    head.zero(offset, length, false, answering(reply), false);
  }

  private static RequestEnd answering(FuseReply reply) {
    return (outcome, after) -> {
      if (outcome instanceof Outcome.Done) {
        reply.succeed();
      } else {
        reply.fail(errno(outcome));
      }
    };
  }

  private static Errno errno(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Done() -> throw new IllegalArgumentException("not a failure");
      case Outcome.Interrupted() -> Errno.EIO;
      case Outcome.Taken _, Outcome.NotTaken _ ->
          throw new IllegalArgumentException("no outcome of a client's request: " + outcome);
      case Outcome.Failed(Outcome.Cause cause) ->
          switch (cause) {
            case FENCED, CLOSED -> Errno.ESHUTDOWN;
            case UNFLUSHED_WRITES_LOST, UNREADABLE -> Errno.EIO;
          };
    };
  }
}
