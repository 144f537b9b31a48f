package io.mooring.storage.nbd;

import io.mooring.storage.linux.BlockFile;
import io.mooring.storage.linux.LinuxException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.ReentrantLock;

/** A file as a block device: what the tools of other projects are pointed at in the tests. */
final class FileDevice implements BlockDevice, AutoCloseable {

  private final BlockFile file;
  private final long sizeBytes;

  /** Syncs and holes take long: they leave the connections' threads. */
  private final ExecutorService background = Executors.newSingleThreadExecutor();

  private final ReentrantLock lock = new ReentrantLock();

  /** Flushes that the next sync will complete together. */
  private List<Completion> waitingForSync = new ArrayList<>();

  FileDevice(Path path) throws LinuxException {
    this.file = BlockFile.open(path, BlockFile.Access.READ_WRITE);
    this.sizeBytes = file.size();
  }

  @Override
  public long sizeBytes() {
    return sizeBytes;
  }

  @Override
  public void read(long offset, ByteBuffer into, Completion completion) {
    complete(completion, () -> file.read(offset, into));
  }

  @Override
  public void write(long offset, ByteBuffer data, boolean fua, Completion completion) {
    if (!fua) {
      complete(completion, () -> file.write(offset, data));
      return;
    }
    try {
      file.write(offset, data);
      flush(completion);
    } catch (LinuxException e) {
      completion.done(NbdStatus.EIO);
    }
  }

  @Override
  public void flush(Completion completion) {
    lock.lock();
    try {
      waitingForSync.add(completion);
      if (waitingForSync.size() > 1) {
        return;
      }
    } finally {
      lock.unlock();
    }
    background.execute(this::sync);
  }

  @Override
  public void trim(long offset, long length, boolean fua, Completion completion) {
    zero(offset, length, true, fua, completion);
  }

  @Override
  public void zero(long offset, long length, boolean mayPunch, boolean fua, Completion completion) {
    background.execute(() ->
        complete(
            completion,
            () -> {
              if (mayPunch) {
                file.punchHole(offset, length);
              } else {
                file.zeroRange(offset, length);
              }
              if (fua) {
                file.dataSync();
              }
            }));
  }

  @Override
  public List<Extent> blockStatus(long offset, long length, int extentsMax) throws IOException {
    List<Extent> extents = new ArrayList<>();
    long end = offset + length;
    long[] position = {offset};
    file.visitData(
        offset,
        end,
        (start, bytes) -> {
          add(extents, start - position[0], Extent.Allocation.HOLE);
          add(extents, bytes, Extent.Allocation.DATA);
          position[0] = start + bytes;
        });
    add(extents, end - position[0], Extent.Allocation.HOLE);
    return extents;
  }

  @Override
  public void close() {
    background.close();
    file.close();
  }

  private static void add(List<Extent> extents, long bytes, Extent.Allocation allocation) {
    if (bytes > 0) {
      extents.add(new Extent(bytes, allocation));
    }
  }

  private void sync() {
    List<Completion> synced;
    lock.lock();
    try {
      synced = waitingForSync;
      waitingForSync = new ArrayList<>();
    } finally {
      lock.unlock();
    }
    NbdStatus result = resultOf(file::dataSync);
    CompletionBatch batch = new CompletionBatch();
    synced.forEach(completion -> batch.done(completion, result));
    batch.send();
  }

  /** A call of the operating system that may fail. */
  private interface FileCall {
    void run() throws IOException;
  }

  private static void complete(Completion completion, FileCall call) {
    completion.done(resultOf(call));
  }

  private static NbdStatus resultOf(FileCall call) {
    try {
      call.run();
      return NbdStatus.OK;
    } catch (IOException e) {
      return NbdStatus.EIO;
    }
  }
}
