package io.mooring.storage.nbd;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A device in memory that knows what would survive a power loss, can be told to hold completions
 * back, and writes down what is asked of it.
 */
final class MemoryDevice implements BlockDevice {

  private final List<String> calls = new ArrayList<>();
  private final BlockingQueue<Completion> held = new LinkedBlockingQueue<>();
  private final AtomicInteger idleCalls = new AtomicInteger();
  private byte[] content;
  private byte[] durable;
  private volatile boolean holding;
  private volatile boolean broken;
  private NbdStatus result = NbdStatus.OK;

  MemoryDevice(int size) {
    content = new byte[size];
    durable = new byte[size];
  }

  /** From now on writes and flushes end only through {@link #takeHeld}. */
  void hold() {
    holding = true;
  }

  /** Ends {@link #hold}; what is held stays so. */
  void release() {
    holding = false;
  }

  /** From now on every call throws. */
  void breakDown() {
    broken = true;
  }

  synchronized void answerWith(NbdStatus status) {
    result = status;
  }

  synchronized void grow(int size) {
    content = Arrays.copyOf(content, size);
    durable = Arrays.copyOf(durable, size);
  }

  Completion takeHeld() throws InterruptedException {
    Completion completion = held.poll(10, TimeUnit.SECONDS);
    if (completion == null) {
      throw new AssertionError("the device was not asked");
    }
    return completion;
  }

  synchronized List<String> calls() {
    return List.copyOf(calls);
  }

  synchronized byte[] durable(int offset, int length) {
    return Arrays.copyOfRange(durable, offset, offset + length);
  }

  synchronized byte[] content(int offset, int length) {
    return Arrays.copyOfRange(content, offset, offset + length);
  }

  int idleCalls() {
    return idleCalls.get();
  }

  @Override
  public synchronized long sizeBytes() {
    return content.length;
  }

  @Override
  public void read(long offset, ByteBuffer into, Completion completion) {
    synchronized (this) {
      note("read %d +%d", offset, into.remaining());
      into.put(content, (int) offset, into.remaining());
    }
    completion.done(result);
  }

  @Override
  public void write(long offset, ByteBuffer data, boolean fua, Completion completion) {
    synchronized (this) {
      int length = data.remaining();
      note("write %d +%d%s", offset, length, fua ? " fua" : "");
      data.get(content, (int) offset, length);
      if (fua) {
        System.arraycopy(content, (int) offset, durable, (int) offset, length);
      }
    }
    end(completion);
  }

  @Override
  public void flush(Completion completion) {
    synchronized (this) {
      note("flush");
      durable = content.clone();
    }
    end(completion);
  }

  @Override
  public void trim(long offset, long length, boolean fua, Completion completion) {
    synchronized (this) {
      note("trim %d +%d%s", offset, length, fua ? " fua" : "");
    }
    end(completion);
  }

  @Override
  public void zero(long offset, long length, boolean mayPunch, boolean fua, Completion completion) {
    synchronized (this) {
      note("zero %d +%d%s", offset, length, mayPunch ? " punch" : "");
      Arrays.fill(content, (int) offset, (int) (offset + length), (byte) 0);
    }
    end(completion);
  }

  /** The first half is data, the second a hole. */
  @Override
  public synchronized List<Extent> blockStatus(long offset, long length, int extentsMax) {
    note("blockStatus %d +%d", offset, length);
    long half = content.length / 2;
    if (offset >= half) {
      return List.of(new Extent(content.length - offset, Extent.Allocation.HOLE));
    }
    return List.of(
        new Extent(half - offset, Extent.Allocation.DATA),
        new Extent(half, Extent.Allocation.HOLE));
  }

  @Override
  public void inputIdle() {
    idleCalls.incrementAndGet();
  }

  private void end(Completion completion) {
    if (holding) {
      held.add(completion);
    } else {
      completion.done(result);
    }
  }

  private void note(String format, Object... arguments) {
    if (broken) {
      throw new IllegalStateException("this device is broken");
    }
    calls.add(format.formatted(arguments));
  }
}
