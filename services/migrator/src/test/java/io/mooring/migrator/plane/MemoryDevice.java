package io.mooring.migrator.plane;

import io.mooring.storage.nbd.BlockDevice;
import io.mooring.storage.nbd.Completion;
import io.mooring.storage.nbd.Extent;
import io.mooring.storage.nbd.NbdStatus;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** A volume or a snapshot in memory; blocks of zeros are holes. */
public final class MemoryDevice implements BlockDevice {

  static final int BLOCK = 4096;

  private final byte[] bytes;
  private final AtomicLong readBytes = new AtomicLong();
  private final AtomicLong writtenBytes = new AtomicLong();
  private volatile long pauseNanos;

  MemoryDevice(byte[] bytes) {
    this.bytes = bytes;
  }

  public synchronized byte[] content() {
    return bytes.clone();
  }

  public synchronized void put(int offset, byte[] content) {
    System.arraycopy(content, 0, bytes, offset, content.length);
  }

  public long readBytes() {
    return readBytes.get();
  }

  public long writtenBytes() {
    return writtenBytes.get();
  }

  /** Each read takes so long from now on. */
  public void slowDown(long nanos) {
    pauseNanos = nanos;
  }

  @Override
  public long sizeBytes() {
    return bytes.length;
  }

  @Override
  public void read(long offset, ByteBuffer into, Completion completion) {
    if (pauseNanos > 0) {
      java.util.concurrent.locks.LockSupport.parkNanos(pauseNanos);
    }
    synchronized (this) {
      readBytes.addAndGet(into.remaining());
      into.put(bytes, (int) offset, into.remaining());
    }
    completion.done(NbdStatus.OK);
  }

  @Override
  public synchronized void write(long offset, ByteBuffer data, boolean fua, Completion completion) {
    writtenBytes.addAndGet(data.remaining());
    data.get(bytes, (int) offset, data.remaining());
    completion.done(NbdStatus.OK);
  }

  @Override
  public void flush(Completion completion) {
    completion.done(NbdStatus.OK);
  }

  @Override
  public void trim(long offset, long length, boolean fua, Completion completion) {
    completion.done(NbdStatus.OK);
  }

  @Override
  public synchronized void zero(
      long offset, long length, boolean mayPunch, boolean fua, Completion completion) {
    Arrays.fill(bytes, (int) offset, (int) (offset + length), (byte) 0);
    completion.done(NbdStatus.OK);
  }

  @Override
  public synchronized List<Extent> blockStatus(long offset, long length, int extentsMax) {
    List<Extent> extents = new ArrayList<>();
    long at = offset;
    while (at < offset + length && extents.size() < extentsMax) {
      boolean hole = isZero(at);
      long end = next(at);
      while (end < offset + length && isZero(end) == hole) {
        end = next(end);
      }
      end = Math.min(end, offset + length);
      extents.add(new Extent(end - at, hole ? Extent.Allocation.HOLE : Extent.Allocation.DATA));
      at = end;
    }
    return extents;
  }

  private static long next(long at) {
    return (at / BLOCK + 1) * BLOCK;
  }

  private boolean isZero(long at) {
    int begin = (int) (at / BLOCK * BLOCK);
    for (int i = begin; i < Math.min(bytes.length, begin + BLOCK); i++) {
      if (bytes[i] != 0) {
        return false;
      }
    }
    return true;
  }
}
