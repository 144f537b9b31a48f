package io.mooring.storage.linux;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Serves a plain file. Writes are answered on the spot; flushes and ranges by other threads, as a
 * replicated device would.
 */
final class FileBackedDevice implements FuseDevice, AutoCloseable {
  final AtomicLong flushes = new AtomicLong();
  final AtomicLong discardedBytes = new AtomicLong();
  final AtomicLong zeroedBytes = new AtomicLong();
  volatile Errno failure = Errno.OTHER;
  volatile @Nullable FuseReply lastWrite;

  /** While it is not down, whoever asks for the size waits. */
  volatile CountDownLatch stalled = new CountDownLatch(0);

  private final BlockFile file;
  private final ExecutorService background = Executors.newSingleThreadExecutor();
  private volatile long size;

  FileBackedDevice(BlockFile file) throws IOException {
    this.file = file;
    this.size = file.size();
  }

  void grow(long newSize) throws IOException {
    file.truncate(newSize);
    size = newSize;
  }

  @Override
  public long size() {
    try {
      stalled.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return size;
  }

  @Override
  public void read(long offset, MemorySegment target) throws IOException {
    failIfAsked();
    file.readFully(offset, target);
  }

  @Override
  public void write(long offset, MemorySegment payload, FuseReply reply) throws IOException {
    failIfAsked();
    lastWrite = reply;
    file.write(offset, payload);
    reply.succeed();
  }

  @Override
  public void flush(FuseReply reply) {
    flushes.incrementAndGet();
    inBackground(reply, file::dataSync);
  }

  @Override
  public void discard(long offset, long length, FuseReply reply) {
    discardedBytes.addAndGet(length);
    inBackground(reply, () -> file.punchHole(offset, length));
  }

  @Override
  public void zero(long offset, long length, FuseReply reply) {
    zeroedBytes.addAndGet(length);
    inBackground(reply, () -> file.zeroRange(offset, length));
  }

  @Override
  public void close() {
    background.close();
    file.close();
  }

  @FunctionalInterface
  private interface Work {
    void run() throws IOException;
  }

  private void inBackground(FuseReply reply, Work work) {
    background.execute(() -> {
      try {
        work.run();
        reply.succeed();
      } catch (IOException e) {
        reply.fail(e);
      }
    });
  }

  private void failIfAsked() throws LinuxException {
    if (failure != Errno.OTHER) {
      throw new LinuxException("test", "device", failure);
    }
  }
}
