package io.mooring.storage.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class FuseFileIT {
  private static final long SIZE = 64L << 20;

  @TempDir Path directory;
  private Arena arena;
  private Path mountPoint;
  private FileBackedDevice device;
  private FuseFile fuse;

  @BeforeEach
  void mountFile() throws Exception {
    Privileges.assumeRootWithFuse();
    arena = Arena.ofConfined();
    mountPoint = directory.resolve("volume");
    BlockFile backing = BlockFile.open(directory.resolve("backing"), BlockFile.Access.CREATE_NEW);
    backing.truncate(SIZE);
    device = new FileBackedDevice(backing);
    fuse = FuseFile.mount(mountPoint, device, FuseFile.DEFAULT_THREADS);
  }

  @AfterEach
  void unmountFile() throws Exception {
    if (fuse != null) {
      fuse.abort();
      device.close();
      arena.close();
    }
  }

  @Test
  void servesReadsAndWritesOfAnySize() throws Exception {
    MemorySegment written = arena.allocate(5_000_001, 4096);
    byte[] noise = new byte[(int) written.byteSize()];
    new Random(1).nextBytes(noise);
    written.copyFrom(MemorySegment.ofArray(noise));
    try (BlockFile file = BlockFile.open(mountPoint, BlockFile.Access.READ_WRITE)) {
      file.write(12_345, written);

      MemorySegment read = arena.allocate(written.byteSize(), 4096);
      file.readFully(12_345, read);
      assertThat(read.mismatch(written)).isEqualTo(-1);
      assertThat(file.size()).isEqualTo(SIZE);
    }
    assertThat(fuse.isResumable()).isTrue();
  }

  @Test
  void syncArrivesAsFlush() throws Exception {
    try (BlockFile file = BlockFile.open(mountPoint, BlockFile.Access.READ_WRITE)) {
      file.write(0, arena.allocate(4096));
      file.dataSync();
    }
    assertThat(device.flushes).hasValue(1);
  }

  @Test
  void punchAndZeroArriveAsDiscardAndZero() throws Exception {
    try (BlockFile file = BlockFile.open(mountPoint, BlockFile.Access.READ_WRITE)) {
      file.write(0, arena.allocate(1 << 20).fill((byte) 1));
      file.punchHole(0, 65536);
      file.zeroRange(65536, 4096);

      MemorySegment read = arena.allocate(65536 + 4096 + 1);
      file.readFully(0, read);
      assertThat(read.asSlice(0, 65536 + 4096).mismatch(arena.allocate(65536 + 4096)))
          .isEqualTo(-1);
      assertThat(read.get(JAVA_BYTE, 65536 + 4096)).isEqualTo((byte) 1);
    }
    assertThat(device.discardedBytes).hasValue(65536);
    assertThat(device.zeroedBytes).hasValue(4096);
  }

  @Test
  void growthShowsAtOnce() throws Exception {
    try (BlockFile file = BlockFile.open(mountPoint, BlockFile.Access.READ_WRITE)) {
      device.grow(2 * SIZE);

      assertThat(Files.size(mountPoint)).isEqualTo(2 * SIZE);
      file.write(2 * SIZE - 4096, arena.allocate(4096));
    }
  }

  @Test
  void failuresOfTheDeviceReachTheProgramWithTheirErrno() throws Exception {
    try (BlockFile file = BlockFile.open(mountPoint, BlockFile.Access.READ_WRITE)) {
      device.failure = Errno.ENOSPC;
      assertThatThrownBy(() -> file.write(0, arena.allocate(4096)))
          .isInstanceOfSatisfying(
              LinuxException.class, e -> assertThat(e.errno()).isEqualTo(Errno.ENOSPC));

      device.failure = Errno.EIO;
      assertThatThrownBy(() -> file.read(0, arena.allocate(4096)))
          .isInstanceOfSatisfying(
              LinuxException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EIO));
    }
  }

  @Test
  void writesPastTheEndAreRefused() throws Exception {
    try (BlockFile file = BlockFile.open(mountPoint, BlockFile.Access.READ_WRITE)) {
      assertThatThrownBy(() -> file.write(SIZE - 100, arena.allocate(4096)))
          .isInstanceOfSatisfying(LinuxException.class, e -> assertThat(e.isOutOfSpace()).isTrue());
      assertThat(file.read(SIZE - 100, arena.allocate(4096))).isEqualTo(100);
    }
  }

  @Test
  void secondAnswerToARequestIsRefused() throws Exception {
    try (BlockFile file = BlockFile.open(mountPoint, BlockFile.Access.READ_WRITE)) {
      file.write(0, arena.allocate(4096));
    }
    FuseReply answered = Objects.requireNonNull(device.lastWrite);
    assertThatThrownBy(answered::succeed).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> answered.fail(Errno.EIO)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void nothingIsMountedOverAMount() {
    assertThatThrownBy(() -> FuseFile.mount(mountPoint, device, 1))
        .isInstanceOfSatisfying(
            LinuxException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EBUSY));
  }

  @Test
  void staysMountedWhileInUseAndEndsOnClose() throws Exception {
    try (BlockFile file = BlockFile.open(mountPoint, BlockFile.Access.READ_WRITE)) {
      assertThatThrownBy(fuse::close)
          .isInstanceOfSatisfying(
              LinuxException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EBUSY));
      assertThat(file.read(0, arena.allocate(4096))).isEqualTo(4096);
    }

    fuse.close();

    assertThat(fuse.isServing()).isFalse();
    assertThat(Mounts.at(mountPoint)).isEmpty();
    assertThat(Files.size(mountPoint)).isZero();
  }

  @Test
  void abortFailsTheUsersInsteadOfHangingThem() throws Exception {
    try (BlockFile file = BlockFile.open(mountPoint, BlockFile.Access.READ_WRITE)) {
      fuse.abort();

      assertThatThrownBy(() -> file.read(0, arena.allocate(4096)))
          .isInstanceOf(LinuxException.class);
    }
    assertThat(Mounts.at(mountPoint)).isEmpty();
  }
}
