package io.mooring.volumeagent.heads;

import io.mooring.storage.engine.VolumeHead;
import io.mooring.storage.linux.Descriptor;
import io.mooring.storage.linux.Errno;
import io.mooring.storage.linux.FuseFile;
import io.mooring.storage.linux.LinuxException;
import io.mooring.storage.linux.LoopDevice;
import io.mooring.storage.linux.Mounts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/**
 * A FUSE file under a loop device. The keeper holds the file's connection, so requests wait while
 * the agent is away and are sent again to its next run. The loop device clears itself with its last
 * user: when the whole node dies, nothing is left of it.
 */
public final class FuseRoute implements BlockRoute {

  private static final String NAME = "fuse";

  /** The kernel lets go of the file a moment after the loop device is cleared. */
  private static final Duration RELEASE_LIMIT = Duration.ofSeconds(5);

  private static final Duration RELEASE_POLL = Duration.ofMillis(5);

  private final Path directory;
  private final KeeperLink keeper;

  /**
   * @param directory where the files are mounted
   */
  public FuseRoute(Path directory, KeeperLink keeper) {
    this.directory = directory;
    this.keeper = keeper;
  }

  @Override
  public BlockNode attach(VolumeHead head) throws IOException {
    Path path = path(head.volume().value());
    Files.createDirectories(directory);
    clear(path);
    FuseFile file = FuseFile.mount(path, head.fuseDevice(), FuseFile.DEFAULT_THREADS);
    try {
      keeper.client().deposit(head.volume().value(), file.connection());
      return new FuseNode(
          head.volume().value(), file, LoopDevice.attach(path, LoopDevice.Lifetime.AUTOCLEAR));
    } catch (IOException e) {
      file.abort();
      keeper.client().release(head.volume().value());
      throw e;
    }
  }

  /** What a run of the agent left that died while it attached: nobody can be using it. */
  private static void clear(Path path) throws IOException {
    while (Mounts.at(path).isPresent()) {
      Mounts.unmountLazily(path);
    }
  }

  @Override
  public boolean canResume(String volumeId) throws IOException {
    return Mounts.at(path(volumeId)).isPresent() && keeper.client().list().contains(volumeId);
  }

  @Override
  public BlockNode resume(VolumeHead head) throws IOException {
    String volumeId = head.volume().value();
    Path path = path(volumeId);
    Descriptor connection =
        keeper
            .client()
            .fetch(volumeId)
            .orElseThrow(() -> new IOException("the keeper has no connection of " + volumeId));
    FuseFile file = FuseFile.resume(connection, path, head.fuseDevice(), FuseFile.DEFAULT_THREADS);
    Optional<LoopDevice> loop = LoopDevice.findByBackingFile(path);
    return new FuseNode(
        volumeId,
        file,
        loop.isPresent() ? loop.get() : LoopDevice.attach(path, LoopDevice.Lifetime.AUTOCLEAR));
  }

  private Path path(String volumeId) {
    return directory.resolve(volumeId);
  }

  private final class FuseNode implements BlockNode {
    private final String volumeId;
    private final FuseFile file;
    private final LoopDevice loop;

    FuseNode(String volumeId, FuseFile file, LoopDevice loop) {
      this.volumeId = volumeId;
      this.file = file;
      this.loop = loop;
    }

    @Override
    public Path device() {
      return loop.path();
    }

    @Override
    public String route() {
      return NAME;
    }

    @Override
    public void refreshSize() throws IOException {
      loop.refreshCapacity();
    }

    @Override
    public void detach() throws IOException {
      loop.detach();
      closeFile();
      keeper.client().release(volumeId);
      Files.deleteIfExists(file.mountPoint());
    }

    private void closeFile() throws IOException {
      long deadline = System.nanoTime() + RELEASE_LIMIT.toNanos();
      while (true) {
        try {
          file.close();
          return;
        } catch (LinuxException e) {
          if (e.errno() != Errno.EBUSY || System.nanoTime() > deadline) {
            throw e;
          }
          LockSupport.parkNanos(RELEASE_POLL.toNanos());
        }
      }
    }

    @Override
    public void abort() throws IOException {
      // The connection first: as long as it lives, everything else waits for it.
      file.abort();
      keeper.client().release(volumeId);
      loop.detach();
    }
  }
}
