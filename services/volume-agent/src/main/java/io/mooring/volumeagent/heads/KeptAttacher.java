package io.mooring.volumeagent.heads;

import io.mooring.storage.engine.Attacher;
import io.mooring.storage.engine.Attachment;
import io.mooring.storage.engine.FuseAttacher;
import io.mooring.storage.engine.VolumeHead;
import io.mooring.storage.linux.keeper.KeeperClient;
import io.mooring.storage.linux.keeper.KeeperProcess;
import io.mooring.storage.replication.VolumeId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * Attaches through FUSE, and makes sure before that a keeper runs: a device without one would not
 * outlive the agent. The keeper is a process group of its own, so what kills the agent does not
 * kill it.
 */
public final class KeptAttacher implements Attacher {

  private static final Duration START_LIMIT = Duration.ofSeconds(20);

  private final Path socket;
  private final Attacher fuse;

  /**
   * @param directory where the keeper's socket and log, and the mount points are
   */
  public KeptAttacher(Path directory) {
    this.socket = directory.resolve("keeper.sock");
    this.fuse = new FuseAttacher(directory.resolve("devices"), new KeeperClient(socket));
  }

  /** Whether a keeper may run: one was started here once. */
  boolean hasKeeper() {
    return Files.exists(socket);
  }

  /** Starts the keeper if it does not run. */
  public synchronized void ensureKeeper() throws IOException {
    Files.createDirectories(socket.toAbsolutePath().getParent());
    KeeperProcess.ensureRunning(socket, START_LIMIT);
  }

  @Override
  public Attachment attach(VolumeHead head) throws IOException {
    ensureKeeper();
    return fuse.attach(head);
  }

  @Override
  public List<VolumeId> survivors() throws IOException {
    ensureKeeper();
    return fuse.survivors();
  }

  @Override
  public Attachment resume(VolumeHead head) throws IOException {
    return fuse.resume(head);
  }

  @Override
  public void abandon(VolumeId volume) throws IOException {
    ensureKeeper();
    fuse.abandon(volume);
  }
}
