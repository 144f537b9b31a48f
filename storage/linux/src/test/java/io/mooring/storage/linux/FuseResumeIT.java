package io.mooring.storage.linux;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.storage.linux.keeper.KeeperClient;
import io.mooring.storage.linux.keeper.KeeperProcess;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The serving process dies under a mounted file system; the next one carries on. */
@Timeout(120)
class FuseResumeIT {
  private static final int KILLS = 3;
  private static final int WRITES_BETWEEN_KILLS = 300;
  private static final long SIZE = 128L << 20;
  private static final Duration LIMIT = Duration.ofSeconds(30);

  @TempDir Path directory;
  private Path keeperSocket;
  private Path backing;
  private Path volume;
  private Path mountPoint;
  private KeeperClient keeper;
  private FuseServerProcess server;
  private LoopDevice loop;

  @BeforeEach
  void prepare() throws Exception {
    Privileges.assumeRootWithFuse();
    keeperSocket = directory.resolve("keeper.sock");
    backing = directory.resolve("backing");
    volume = directory.resolve("volume");
    mountPoint = Files.createDirectory(directory.resolve("mounted"));
    try (BlockFile file = BlockFile.open(backing, BlockFile.Access.CREATE_NEW)) {
      file.truncate(SIZE);
    }
    keeper = KeeperProcess.ensureRunning(keeperSocket, LIMIT);
    server = startServer();
    loop = LoopDevice.attach(volume, LoopDevice.Lifetime.PERSISTENT);
    Filesystems.format(loop.path(), FilesystemType.EXT4, LIMIT);
    mount();
  }

  @AfterEach
  void cleanUp() throws Exception {
    if (keeper == null) {
      return;
    }
    // The connection first: with a dead server everything else would wait for it.
    if (Mounts.at(volume).isPresent()) {
      Mounts.abortAndUnmount(volume);
    }
    if (Mounts.at(mountPoint).isPresent()) {
      Mounts.unmountLazily(mountPoint);
    }
    if (loop != null) {
      loop.detach();
    }
    if (server != null) {
      server.kill();
    }
    for (String name : keeper.list()) {
      keeper.release(name);
    }
    keeper.stop();
  }

  @Test
  void killedServerCostsAPauseAndNoError() throws Exception {
    StampedWriter writer = new StampedWriter(mountPoint.resolve("data"));
    Thread thread = Thread.ofPlatform().start(writer);

    for (int kill = 1; kill <= KILLS; kill++) {
      writer.awaitWrites(kill * WRITES_BETWEEN_KILLS);
      server.kill();
      server = startServer();
    }
    writer.awaitWrites((KILLS + 1) * WRITES_BETWEEN_KILLS);
    writer.stop();
    thread.join();

    assertThat(writer.failure()).isEqualTo(Optional.empty());
    // From the device, not from the page cache that the writes passed through.
    Mounts.unmount(mountPoint);
    mount();
    assertThat(writer.wrongBlocks()).isEmpty();
    System.out.printf(
        "%d durable writes over %d kills, longest pause %d ms%n",
        writer.writes(), KILLS, writer.longestPause().toMillis());
  }

  @Test
  void resumedFileCanBeReadWrittenAndUnmounted() throws Exception {
    Mounts.unmount(mountPoint);
    loop.detach();
    loop = null;
    server.kill();
    server = startServer();

    try (BlockFile file = BlockFile.open(volume, BlockFile.Access.READ_WRITE);
        Arena arena = Arena.ofConfined()) {
      file.write(4096, arena.allocate(4096).fill((byte) 1));
      file.dataSync();
      assertThat(file.size()).isEqualTo(SIZE);
    }
    Mounts.unmount(volume);
    assertThat(Files.size(volume)).isZero();
  }

  private FuseServerProcess startServer() throws Exception {
    return FuseServerProcess.start(keeperSocket, backing, volume, directory.resolve("server.log"));
  }

  private void mount() throws LinuxException {
    Mounts.mount(loop.path().toString(), mountPoint, "ext4", Set.of(), "");
  }
}
