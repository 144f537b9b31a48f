package io.mooring.storage.engine;

import io.mooring.storage.blockstore.ReplicaSnapshots;
import io.mooring.storage.blockstore.SnapshotReader;
import io.mooring.storage.linux.BlockFile;
import io.mooring.storage.replication.Outcome;
import io.mooring.storage.replication.SnapshotId;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;

/**
 * Brings a snapshot back by writing it through a head, like any client: every member gets it, also
 * those that do not hold the snapshot. Nobody else may write to the volume meanwhile. After a
 * failure or a crash, do it again; until it has succeeded the volume is a mixture.
 */
public final class SnapshotCopy {

  private static final int CHUNK_BYTES = 1 << 20;

  private final VolumeHead target;

  /** Where the content of a snapshot comes from: a replica of this node, or another node. */
  public interface Source {
    long sizeBytes();

    /** Fills the target, which is off the heap. */
    void read(long offset, MemorySegment target) throws IOException;

    /** Visits the ranges that may hold anything but zeros, in ascending order. */
    void visitAllocated(BlockFile.ExtentVisitor visitor) throws IOException;
  }

  /** A snapshot on a replica of this node. */
  private record Local(SnapshotReader snapshot) implements Source {
    @Override
    public long sizeBytes() {
      return snapshot.sizeBytes();
    }

    @Override
    public void read(long offset, MemorySegment target) throws IOException {
      snapshot.read(offset, target);
    }

    @Override
    public void visitAllocated(BlockFile.ExtentVisitor visitor) throws IOException {
      snapshot.visitAllocated(0, snapshot.sizeBytes(), visitor);
    }
  }

  public SnapshotCopy(VolumeHead target) {
    this.target = target;
  }

  /**
   * Makes the volume what it was at one of its snapshots; only what has changed since is written.
   * The size stays, what lies behind the snapshot's end becomes zeros.
   *
   * @param held the snapshots of a member's replica on this node
   * @return bytes written or zeroed
   */
  public long restore(ReplicaSnapshots held, SnapshotId id) throws IOException {
    Source snapshot = new Local(held.open(id));
    long[] bytes = {0};
    held.visitChangedSince(
        id,
        0,
        target.sizeBytes(),
        (offset, length) -> {
          copy(snapshot, offset, Math.min(offset + length, snapshot.sizeBytes()));
          zero(Math.max(offset, snapshot.sizeBytes()), offset + length);
          bytes[0] += length;
        });
    flush();
    return bytes[0];
  }

  /**
   * Fills a new volume, which nobody has written to and which is at least as large.
   *
   * @return bytes written
   */
  public long fill(SnapshotReader snapshot) throws IOException {
    return fill(new Local(snapshot));
  }

  /** The same from anywhere. */
  public long fill(Source snapshot) throws IOException {
    if (target.sizeBytes() < snapshot.sizeBytes()) {
      throw new IllegalArgumentException(
          "volume %s has %d bytes, the snapshot has %d"
              .formatted(target.volume(), target.sizeBytes(), snapshot.sizeBytes()));
    }
    long[] bytes = {0};
    snapshot.visitAllocated((offset, length) -> {
      copy(snapshot, offset, offset + length);
      bytes[0] += length;
    });
    flush();
    return bytes[0];
  }

  private void copy(Source snapshot, long from, long to) throws IOException {
    try (Arena arena = Arena.ofShared()) {
      MemorySegment chunk = arena.allocate(CHUNK_BYTES);
      for (long offset = from; offset < to; offset += CHUNK_BYTES) {
        long length = Math.min(CHUNK_BYTES, to - offset);
        MemorySegment part = chunk.asSlice(0, length);
        snapshot.read(offset, part);
        long at = offset;
        if (ReplicaReads.isZero(part.asByteBuffer())) {
          await(end -> target.zero(at, length, false, end, false));
        } else {
          await(end -> target.write(at, part.asByteBuffer(), false, end, false));
        }
      }
    }
  }

  private void zero(long from, long to) throws IOException {
    if (from < to) {
      await(end -> target.zero(from, to - from, false, end, false));
    }
  }

  private void flush() throws IOException {
    await(end -> target.flush(end, false));
  }

  private static void await(Consumer<RequestEnd> request) throws IOException {
    CompletableFuture<Outcome> ended = new CompletableFuture<>();
    request.accept((outcome, work) -> ended.complete(outcome));
    Outcome outcome;
    try {
      outcome = ended.get();
    } catch (ExecutionException e) {
      throw new IOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while copying a snapshot", e);
    }
    if (!(outcome instanceof Outcome.Done)) {
      throw new IOException("a write of the copy ended as " + outcome);
    }
  }
}
