package io.mooring.storage.linux;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/**
 * One regular file whose contents a {@link FuseDevice} supplies, mounted over an existing file; a
 * {@link LoopDevice} makes a block device of it.
 *
 * <p>The file outlives its server. Whoever else holds {@link #connection()}, a keeper process,
 * keeps the mount alive when this process dies; programs that use the file wait. The next process
 * calls {@link #resume} and the kernel sends it all requests the dead one did not answer, so the
 * programs see a pause and no error. Without a second holder the kernel fails them as soon as this
 * process ends.
 */
public final class FuseFile implements AutoCloseable {
  public static final int DEFAULT_THREADS = 2;

  private static final Path FUSE = Path.of("/dev/fuse");
  private static final Duration NEGOTIATION_LIMIT = Duration.ofSeconds(10);
  private static final Duration ENDING_LIMIT = Duration.ofSeconds(10);

  private final Path mountPoint;
  private final FuseConnection connection;
  private final List<Thread> threads;

  private FuseFile(Path mountPoint, FuseConnection connection, FuseDevice device, int threads) {
    this.mountPoint = mountPoint;
    this.connection = connection;
    this.threads =
        IntStream.range(0, threads)
            .mapToObj(i -> server(mountPoint, connection, device, i))
            .toList();
  }

  /** Starts a serving thread. Daemon: a process that wants to end must not wait for the kernel. */
  private static Thread server(
      Path mountPoint, FuseConnection connection, FuseDevice device, int index) {
    return Thread.ofPlatform()
        .daemon()
        .name("fuse-" + mountPoint.getFileName() + "-" + index)
        .start(() -> FuseServer.serve(connection, device));
  }

  /**
   * Mounts a new file and serves it. Returns when the kernel has finished the negotiation; only
   * from then on can another process {@link #resume} the file.
   *
   * @param mountPoint created as an empty file when missing
   * @throws LinuxException with EBUSY when something is mounted there already, if only the remains
   *     of a file whose last holder died; {@link Mounts#unmountLazily} removes those
   */
  public static FuseFile mount(Path mountPoint, FuseDevice device, int threads) throws IOException {
    if (Mounts.at(mountPoint).isPresent()) {
      throw new LinuxException("mount", mountPoint.toString(), Errno.EBUSY);
    }
    if (!Files.exists(mountPoint)) {
      Files.createFile(mountPoint);
    }
    Descriptor descriptor = Descriptor.open(FUSE, FileCalls.O_RDWR);
    try {
      Mounts.mount(
          "mooring",
          mountPoint,
          "fuse",
          Set.of(Mounts.Flag.NO_SET_UID, Mounts.Flag.NO_DEVICES),
          // The root of this file system is a regular file, not a directory.
          "fd=%d,rootmode=100600,user_id=0,group_id=0,allow_other".formatted(descriptor.enter()));
    } catch (LinuxException e) {
      descriptor.close();
      throw e;
    } finally {
      descriptor.exit();
    }
    FuseFile file = new FuseFile(mountPoint, new FuseConnection(descriptor), device, threads);
    file.awaitNegotiation();
    return file;
  }

  /**
   * Serves a file that another process mounted and no longer serves.
   *
   * @param connection the other process's {@link #connection()}; owned by the new file from now on
   * @throws LinuxException with EINVAL when the kernel is older than 6.9 and cannot repeat requests
   */
  public static FuseFile resume(
      Descriptor connection, Path mountPoint, FuseDevice device, int threads)
      throws LinuxException {
    FuseConnection resumed = new FuseConnection(connection);
    resumed.requestResend();
    return new FuseFile(mountPoint, resumed, device, threads);
  }

  /** The open {@code /dev/fuse}, to be deposited where it survives this process. */
  public Descriptor connection() {
    return connection.descriptor();
  }

  public Path mountPoint() {
    return mountPoint;
  }

  /** Whether the kernel promised at {@link #mount} that a later process can resume the file. */
  public boolean isResumable() {
    return connection.resendSupported();
  }

  /** False after the file was unmounted by anyone, or its connection aborted. */
  public boolean isServing() {
    return threads.stream().anyMatch(Thread::isAlive);
  }

  /**
   * Unmounts the file and ends the serving threads.
   *
   * @throws LinuxException with EBUSY while somebody has the file open; it is then served on
   */
  @Override
  public void close() throws LinuxException {
    if (isServing()) {
      Mounts.unmount(mountPoint);
    }
    end();
  }

  /**
   * Fails every pending and every later request, and takes the file away from under its users: for
   * a volume that was fenced, whose users must not wait for ever.
   */
  public void abort() throws LinuxException {
    if (isServing()) {
      Mounts.abortAndUnmount(mountPoint);
    }
    end();
  }

  /** The threads end by themselves: reading an unmounted connection fails. */
  private void end() {
    boolean interrupted = false;
    for (Thread thread : threads) {
      try {
        thread.join(ENDING_LIMIT);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    connection.descriptor().close();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void awaitNegotiation() throws IOException {
    boolean negotiated = false;
    try {
      negotiated =
          connection.negotiated().await(NEGOTIATION_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (!negotiated) {
      abort();
      throw new IOException(
          "the kernel did not finish negotiating the FUSE file %s within %s"
              .formatted(mountPoint, NEGOTIATION_LIMIT));
    }
  }
}
