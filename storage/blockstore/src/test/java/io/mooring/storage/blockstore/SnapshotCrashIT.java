package io.mooring.storage.blockstore;

import static io.mooring.storage.blockstore.SnapshotWriter.REPLICA;
import static io.mooring.storage.blockstore.SnapshotWriter.VOLUME;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.mooring.storage.linux.BlockFile;
import io.mooring.storage.linux.FilesystemType;
import io.mooring.storage.linux.Filesystems;
import io.mooring.storage.linux.LoopDevice;
import io.mooring.storage.linux.Mounts;
import io.mooring.storage.replication.ReplicaId;
import io.mooring.storage.replication.SnapshotId;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.assertj.core.api.Assertions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Layers on the file systems that pools are on: what is present is read from the files, so after a
 * kill and after a power cut it must be exactly what was written.
 */
@Timeout(240)
class SnapshotCrashIT {
  /** mkfs.xfs refuses anything below 300 MiB. */
  private static final long DEVICE_BYTES = 320L << 20;

  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final int ROUNDS = 4;
  private static final int MIB = 1 << 20;

  @TempDir Path directory;
  private Path mountPoint;
  private final List<LoopDevice> devices = new ArrayList<>();

  @BeforeEach
  void requireRoot() throws IOException {
    assumeTrue("root".equals(System.getProperty("user.name")), "needs root to mount");
    assumeTrue(Files.isWritable(Path.of("/dev/loop-control")), "needs loop devices");
    mountPoint = Files.createDirectory(directory.resolve("mounted"));
  }

  @AfterEach
  void unmount() throws Exception {
    if (mountPoint != null && Mounts.at(mountPoint).isPresent()) {
      Mounts.unmount(mountPoint);
    }
    for (LoopDevice device : devices) {
      device.detach();
    }
  }

  @ParameterizedTest
  @EnumSource
  void afterAKillEverythingWrittenIsThereAndEverySnapshotIsWhole(FilesystemType type)
      throws Exception {
    mountNew(type);
    for (int round = 0; round < ROUNDS; round++) {
      Killed killed = runAndKill(1000 + round, 40 + 50 * round);
      remount(type, round % 2 == 0);
      try (ReplicaPool pool = ReplicaPool.open(mountPoint);
          ReplicaFiles files = pool.open(VOLUME, REPLICA)) {
        killed.model().checkAfterCrash(files, killed.cut(), false);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void afterAPowerCutEverySnapshotIsWholeAndWhatWasFlushedIsThere(FilesystemType type)
      throws Exception {
    Path backing = mountNew(type);
    for (int round = 0; round < ROUNDS; round++) {
      Killed killed = runAndKill(2000 + round, 60 + 60 * round);
      Path image = directory.resolve("cut-" + round);
      // What the kernel has not written to the device by now is not in the copy.
      copy(backing, image);
      Mounts.unmount(mountPoint);
      LoopDevice device = attach(image);
      mount(device.path(), type);
      try (ReplicaPool pool = ReplicaPool.open(mountPoint);
          ReplicaFiles files = pool.open(VOLUME, REPLICA)) {
        killed.model().checkAfterCrash(files, killed.cut(), true);
      }
      Files.delete(backing);
      backing = image;
    }
  }

  @ParameterizedTest
  @EnumSource
  void reservedSpaceThatWasReadIsNotTakenForWritten(FilesystemType type) throws Exception {
    mountNew(type);
    try (BlockFile file = BlockFile.open(mountPoint.resolve("file"), BlockFile.Access.CREATE_NEW);
        Arena arena = Arena.ofConfined()) {
      file.truncate(4 * MIB);
      file.zeroRange(0, 2 * MIB);
      file.write(MIB, arena.allocate(8192, 4096).fill((byte) 7));
      file.dataSync();
      file.readFully(0, arena.allocate(4 * MIB));
      List<String> written = new ArrayList<>();
      file.visitWritten(0, 4 * MIB, (offset, length) -> written.add(offset + "+" + length));
      assertThat(written).containsExactly(MIB + "+8192");
    }
  }

  @ParameterizedTest
  @EnumSource
  void theFileSystemsOfPoolsCanHoldSnapshots(FilesystemType type) throws Exception {
    mountNew(type);
    assertThat(SnapshotSupport.missing(mountPoint)).isEmpty();
  }

  @Test
  void smallerBlocksAreRefused() throws Exception {
    Path backing = blank();
    run("mkfs.ext4", "-q", "-b", "1024", backing.toString());
    run("mount", "-o", "loop", backing.toString(), mountPoint.toString());
    assertThat(SnapshotSupport.missing(mountPoint))
        .hasValueSatisfying(why -> assertThat(why).contains("blocks of 1024 bytes"));
    prepareReplica();
    try (ReplicaPool pool = ReplicaPool.open(mountPoint);
        ReplicaFiles files = pool.open(VOLUME, REPLICA)) {
      assertThatThrownBy(() -> files.snapshots().take(new SnapshotId("s"), 4096))
          .isInstanceOf(SnapshotRefusedException.class)
          .hasMessageStartingWith(ReplicaProblem.SNAPSHOTS_UNSUPPORTED.code());
    }
  }

  /** What a writer had done when it was killed, and what it was about to do. */
  private record Killed(SnapshotModel model, SnapshotStory.@Nullable Step cut) {}

  private Killed runAndKill(long seed, int steps) throws Exception {
    SnapshotModel model;
    try (ReplicaPool pool = ReplicaPool.open(mountPoint);
        ReplicaFiles files = pool.open(VOLUME, REPLICA)) {
      model = SnapshotModel.of(files);
      files.closeClean();
    }
    SnapshotStory story = new SnapshotStory(seed, model.known());
    Process writer =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-XX:+UseSerialGC",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                classPath(),
                SnapshotWriter.class.getName(),
                mountPoint.toString(),
                Long.toString(seed))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (BufferedReader output =
        new BufferedReader(
            new InputStreamReader(writer.getInputStream(), StandardCharsets.UTF_8))) {
      for (int done = 1; output.readLine() != null; done++) {
        model.apply(story.next());
        if (done == steps) {
          writer.toHandle().destroyForcibly(); // what it has said can still be read
        }
      }
    } finally {
      writer.destroyForcibly().waitFor();
    }
    return new Killed(model, story.next());
  }

  private static String classPath() {
    return Stream.of(
            ReplicaPool.class,
            SnapshotWriter.class,
            BlockFile.class,
            ReplicaId.class,
            Assertions.class)
        .map(type -> type.getProtectionDomain().getCodeSource().getLocation().getPath())
        .distinct()
        .collect(Collectors.joining(":"));
  }

  private Path mountNew(FilesystemType type) throws Exception {
    Path backing = blank();
    LoopDevice device = attach(backing);
    Filesystems.format(device.path(), type, LIMIT);
    mount(device.path(), type);
    prepareReplica();
    return backing;
  }

  private void prepareReplica() throws IOException {
    try (ReplicaPool pool = ReplicaPool.open(mountPoint)) {
      pool.create(VOLUME, REPLICA, SnapshotStory.SIZE);
    }
  }

  private Path blank() throws IOException {
    Path backing = directory.resolve("backing");
    try (BlockFile file = BlockFile.open(backing, BlockFile.Access.CREATE_NEW)) {
      file.truncate(DEVICE_BYTES);
    }
    return backing;
  }

  private LoopDevice attach(Path backing) throws IOException {
    LoopDevice device = LoopDevice.attach(backing, LoopDevice.Lifetime.PERSISTENT);
    devices.add(device);
    return device;
  }

  private void mount(Path device, FilesystemType type) throws IOException {
    Mounts.mount(
        device.toString(), mountPoint, type.kernelName(), Set.of(Mounts.Flag.NO_ACCESS_TIMES), "");
  }

  /** Unmounting drops what the kernel has cached of the files. */
  private void remount(FilesystemType type, boolean really) throws Exception {
    if (really) {
      Mounts.unmount(mountPoint);
      mount(devices.getLast().path(), type);
    }
  }

  private static void copy(Path from, Path to) throws Exception {
    run("cp", "--sparse=always", from.toString(), to.toString());
  }

  private static void run(String... command) throws Exception {
    assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
  }
}
