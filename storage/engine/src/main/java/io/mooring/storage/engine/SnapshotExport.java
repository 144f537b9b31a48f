package io.mooring.storage.engine;

import io.mooring.storage.blockstore.SnapshotReader;
import io.mooring.storage.linux.BlockFile;
import io.mooring.storage.nbd.BlockDevice;
import io.mooring.storage.nbd.Completion;
import io.mooring.storage.nbd.Extent;
import io.mooring.storage.nbd.NbdStatus;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** A snapshot on this node's replica as a read-only NBD export. */
public final class SnapshotExport implements BlockDevice {

  private final SnapshotReader snapshot;

  public SnapshotExport(SnapshotReader snapshot) {
    this.snapshot = snapshot;
  }

  @Override
  public long sizeBytes() {
    return snapshot.sizeBytes();
  }

  @Override
  public void read(long offset, ByteBuffer into, Completion completion) {
    NbdStatus status = NbdStatus.OK;
    try {
      snapshot.read(offset, MemorySegment.ofBuffer(into));
    } catch (IOException e) {
      status = NbdStatus.EIO;
    }
    completion.done(status);
  }

  @Override
  public void write(long offset, ByteBuffer data, boolean fua, Completion completion) {
    completion.done(NbdStatus.EPERM);
  }

  @Override
  public void flush(Completion completion) {
    completion.done(NbdStatus.OK);
  }

  @Override
  public void trim(long offset, long length, boolean fua, Completion completion) {
    completion.done(NbdStatus.EPERM);
  }

  @Override
  public void zero(long offset, long length, boolean mayPunch, boolean fua, Completion completion) {
    completion.done(NbdStatus.EPERM);
  }

  @Override
  public List<Extent> blockStatus(long offset, long length, int extentsMax) throws IOException {
    return extents(
        offset, length, visitor -> snapshot.visitAllocated(offset, offset + length, visitor));
  }

  /** Visits the allocated parts of a range. */
  interface Allocated {
    void visit(BlockFile.ExtentVisitor visitor) throws IOException;
  }

  /** The parts of a range, with the holes between them. */
  static List<Extent> extents(long offset, long length, Allocated allocated) throws IOException {
    List<Extent> extents = new ArrayList<>();
    long[] position = {offset};
    allocated.visit((start, bytes) -> {
      if (start > position[0]) {
        extents.add(new Extent(start - position[0], Extent.Allocation.HOLE));
      }
      extents.add(new Extent(bytes, Extent.Allocation.DATA));
      position[0] = start + bytes;
    });
    if (position[0] < offset + length) {
      extents.add(new Extent(offset + length - position[0], Extent.Allocation.HOLE));
    }
    return extents;
  }
}
