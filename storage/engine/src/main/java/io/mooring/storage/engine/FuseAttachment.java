package io.mooring.storage.engine;

import io.mooring.storage.linux.Errno;
import io.mooring.storage.linux.FuseFile;
import io.mooring.storage.linux.LinuxException;
import io.mooring.storage.linux.LoopDevice;
import io.mooring.storage.linux.keeper.KeeperClient;
import io.mooring.storage.replication.VolumeId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A loop device over a FUSE file. */
final class FuseAttachment implements Attachment {

  /** The kernel lets go of a detached loop device's file a moment later. */
  private static final long RELEASE_NANOS_MAX = TimeUnit.SECONDS.toNanos(5);

  private static final long RELEASE_POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

  private final VolumeId volume;
  private final FuseFile file;
  private final LoopDevice loop;
  private final KeeperClient keeper;

  FuseAttachment(VolumeId volume, FuseFile file, LoopDevice loop, KeeperClient keeper) {
    this.volume = volume;
    this.file = file;
    this.loop = loop;
    this.keeper = keeper;
  }

  @Override
  public Path device() {
    return loop.path();
  }

  @Override
  public String route() {
    return "fuse";
  }

  @Override
  public void refreshSize(long bytes) throws IOException {
    loop.refreshCapacity(bytes);
  }

  @Override
  public void detach() throws IOException {
    loop.detach();
    long deadline = System.nanoTime() + RELEASE_NANOS_MAX;
    while (true) {
      try {
        file.close();
        break;
      } catch (LinuxException e) {
        if (e.errno() != Errno.EBUSY || System.nanoTime() > deadline) {
          throw e;
        }
        LockSupport.parkNanos(RELEASE_POLL_NANOS);
      }
    }
    keeper.release(volume.value());
  }

  @Override
  public void abort() throws IOException {
    file.abort();
    keeper.release(volume.value());
    loop.detach();
  }
}
