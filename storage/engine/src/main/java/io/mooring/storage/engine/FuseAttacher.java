package io.mooring.storage.engine;

import io.mooring.storage.linux.Descriptor;
import io.mooring.storage.linux.FuseFile;
import io.mooring.storage.linux.LoopDevice;
import io.mooring.storage.linux.Mounts;
import io.mooring.storage.linux.keeper.KeeperClient;
import io.mooring.storage.replication.VolumeId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Devices without any kernel module of our own: a file that this process serves through FUSE, under
 * a loop device. A keeper process holds the file's connection as well, and so keeps it mounted
 * while no agent runs. The loop device clears itself with its last user, so that nothing is left of
 * it when the whole node dies.
 */
public final class FuseAttacher implements Attacher {

  private static final int THREADS = FuseFile.DEFAULT_THREADS;

  private final Path directory;
  private final KeeperClient keeper;

  /**
   * @param directory for the mount points; the same for every agent of the node
   */
  public FuseAttacher(Path directory, KeeperClient keeper) {
    this.directory = directory;
    this.keeper = keeper;
  }

  @Override
  public Attachment attach(VolumeHead head) throws IOException {
    Path mountPoint = mountPoint(head.volume());
    Files.createDirectories(directory);
    clear(mountPoint);
    FuseFile file = FuseFile.mount(mountPoint, head.fuseDevice(), THREADS);
    try {
      keeper.deposit(head.volume().value(), file.connection());
      LoopDevice loop = LoopDevice.attach(mountPoint, LoopDevice.Lifetime.AUTOCLEAR);
      return new FuseAttachment(head.volume(), file, loop, keeper);
    } catch (IOException e) {
      file.abort();
      keeper.release(head.volume().value());
      throw e;
    }
  }

  /** What an agent left that died before it had a device, or whose keeper died: nobody uses it. */
  private static void clear(Path mountPoint) throws IOException {
    while (Mounts.at(mountPoint).isPresent()) {
      Mounts.unmountLazily(mountPoint);
    }
  }

  @Override
  public List<VolumeId> survivors() throws IOException {
    return keeper.list().stream().map(VolumeId::new).toList();
  }

  /** A crash between mounting and making the loop device leaves a file without device. */
  @Override
  public Attachment resume(VolumeHead head) throws IOException {
    Path mountPoint = mountPoint(head.volume());
    Descriptor connection =
        keeper
            .fetch(head.volume().value())
            .orElseThrow(
                () -> new IOException("the keeper has no connection of volume " + head.volume()));
    FuseFile file = FuseFile.resume(connection, mountPoint, head.fuseDevice(), THREADS);
    Optional<LoopDevice> found = LoopDevice.findByBackingFile(mountPoint);
    LoopDevice loop =
        found.isPresent()
            ? found.get()
            : LoopDevice.attach(mountPoint, LoopDevice.Lifetime.AUTOCLEAR);
    return new FuseAttachment(head.volume(), file, loop, keeper);
  }

  /** The kernel ends the connection with its last holder, and fails what waits for it. */
  @Override
  public void abandon(VolumeId volume) throws IOException {
    keeper.release(volume.value());
    Path mountPoint = mountPoint(volume);
    if (Mounts.at(mountPoint).isPresent()) {
      Mounts.unmountLazily(mountPoint);
    }
  }

  private Path mountPoint(VolumeId volume) {
    return directory.resolve(volume.value());
  }
}
