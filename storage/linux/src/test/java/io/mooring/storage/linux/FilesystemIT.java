package io.mooring.storage.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooring.storage.linux.FilesystemException.Reason;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A file system on a loop device on a FUSE file: what a pod sees of a volume. */
@Timeout(120)
class FilesystemIT {
  /** mkfs.xfs refuses anything below 300 MiB. */
  private static final long SIZE = 320L << 20;

  private static final Duration LIMIT = Duration.ofSeconds(30);

  @TempDir Path directory;
  private Path backingPath;
  private Path mountPoint;
  private FileBackedDevice device;
  private FuseFile fuse;
  private LoopDevice loop;

  @BeforeEach
  void attach() throws Exception {
    Privileges.assumeRootWithFuse();
    backingPath = directory.resolve("backing");
    mountPoint = Files.createDirectory(directory.resolve("mounted"));
    BlockFile backing = BlockFile.open(backingPath, BlockFile.Access.CREATE_NEW);
    backing.truncate(SIZE);
    device = new FileBackedDevice(backing);
    fuse = FuseFile.mount(directory.resolve("volume"), device, FuseFile.DEFAULT_THREADS);
    loop = LoopDevice.attach(fuse.mountPoint(), LoopDevice.Lifetime.PERSISTENT);
  }

  @AfterEach
  void detach() throws Exception {
    try {
      if (loop != null) {
        if (Mounts.at(mountPoint).isPresent()) {
          Mounts.unmount(mountPoint);
        }
        loop.detach();
      }
    } finally {
      if (fuse != null) {
        fuse.abort();
        device.close();
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void filesSurviveRemountAndTrimGivesSpaceBack(FilesystemType type) throws Exception {
    assertThat(loop.isDirect()).isTrue();
    assertThat(Filesystems.probe(loop.path())).isEqualTo(new DeviceContent.Blank());
    Filesystems.format(loop.path(), type, LIMIT);
    assertThat(Filesystems.probe(loop.path())).isEqualTo(new DeviceContent.Formatted(type));
    mount(type);

    long flushesBefore = device.flushes.get();
    writeDurably(mountPoint.resolve("file"), 32 << 20);
    assertThat(device.flushes.get()).isGreaterThan(flushesBefore);
    Mounts.unmount(mountPoint);
    mount(type);
    assertThat(Files.size(mountPoint.resolve("file"))).isEqualTo(32 << 20);
    long allocated = allocatedBytes();

    Files.delete(mountPoint.resolve("file"));
    // Space counts as free only once the deletion is out of the journal.
    Mounts.unmount(mountPoint);
    mount(type);
    long discardedBefore = device.discardedBytes.get();
    assertThat(Filesystems.trim(mountPoint)).isGreaterThan(32 << 20);

    assertThat(device.discardedBytes.get() - discardedBefore).isGreaterThan(32 << 20);
    assertThat(allocatedBytes()).isLessThan(allocated - (24 << 20));
  }

  @Test
  void xfsGrowsWhileMounted() throws Exception {
    Filesystems.format(loop.path(), FilesystemType.XFS, LIMIT);
    mount(FilesystemType.XFS);
    FilesystemUsage before = Filesystems.usage(mountPoint);

    device.grow(2 * SIZE);
    loop.refreshCapacity(2 * SIZE);
    Filesystems.grow(loop.path(), mountPoint, FilesystemType.XFS, LIMIT);

    FilesystemUsage after = Filesystems.usage(mountPoint);
    assertThat(after.totalBytes()).isGreaterThanOrEqualTo(before.totalBytes() + SIZE);
    assertThat(after.usedBytes()).isPositive();
    assertThat(after.totalInodes()).isGreaterThan(after.freeInodes());
    writeDurably(mountPoint.resolve("file"), 8 << 20);
  }

  /** The kernel drops an answer about the file's size that a write overtakes. */
  @Test
  void theDeviceGetsItsSizeWhileItIsWrittenTo() throws Exception {
    int growths = 200;
    long step = 1 << 20;
    AtomicBoolean stopped = new AtomicBoolean();
    try (BlockFile seen = BlockFile.open(loop.path(), BlockFile.Access.READ_ONLY);
        Arena arena = Arena.ofConfined();
        ExecutorService writers = Executors.newFixedThreadPool(3)) {
      MemorySegment last = arena.allocate(4096);
      for (int i = 0; i < 3; i++) {
        writers.submit(() -> writeUntil(stopped));
      }
      try {
        for (int i = 1; i <= growths; i++) {
          device.grow(SIZE + i * step);
          loop.refreshCapacity(SIZE + i * step);
          assertThat(seen.size()).isEqualTo(SIZE + i * step);
          seen.readFully(SIZE + i * step - 4096, last);
        }
      } finally {
        stopped.set(true);
      }
    }
  }

  private Void writeUntil(AtomicBoolean stopped) throws IOException {
    try (BlockFile file = BlockFile.open(loop.path(), BlockFile.Access.READ_WRITE);
        Arena arena = Arena.ofConfined()) {
      MemorySegment block = arena.allocate(4096);
      for (long i = 0; !stopped.get(); i = (i + 1) % 1000) {
        file.write(i * 4096, block);
        file.dataSync();
      }
    }
    return null;
  }

  /** The kernel decides by capability; both outcomes are right, silence is not. */
  @Test
  void ext4GrowsWhileMountedOrSaysWhichCapabilityIsMissing() throws Exception {
    Filesystems.format(loop.path(), FilesystemType.EXT4, LIMIT);
    mount(FilesystemType.EXT4);
    long before = Filesystems.usage(mountPoint).totalBytes();
    Filesystems.grow(loop.path(), mountPoint, FilesystemType.EXT4, LIMIT); // nothing to do
    device.grow(2 * SIZE);
    loop.refreshCapacity(2 * SIZE);

    try {
      Filesystems.grow(loop.path(), mountPoint, FilesystemType.EXT4, LIMIT);
      assertThat(Filesystems.usage(mountPoint).totalBytes()).isGreaterThan(before + SIZE / 2);
    } catch (FilesystemException e) {
      assertThat(e.reason()).isEqualTo(Reason.CAPABILITY_MISSING);
      assertThat(e).hasMessageContaining("CAP_SYS_RESOURCE");
    }
  }

  @Test
  void neverFormatsADeviceThatHoldsAnything() throws Exception {
    try (BlockFile file = BlockFile.open(loop.path(), BlockFile.Access.READ_WRITE);
        Arena arena = Arena.ofConfined()) {
      file.write(8192, arena.allocate(4096).fill((byte) 1));
    }
    assertThat(Filesystems.probe(loop.path())).isEqualTo(new DeviceContent.Unknown());
    assertThatThrownBy(() -> Filesystems.format(loop.path(), FilesystemType.EXT4, LIMIT))
        .isInstanceOfSatisfying(
            FilesystemException.class, e -> assertThat(e.reason()).isEqualTo(Reason.NOT_BLANK));
  }

  @Test
  void toolThatRefusesIsQuoted() throws Exception {
    Path tiny = directory.resolve("tiny");
    try (BlockFile file = BlockFile.open(tiny, BlockFile.Access.CREATE_NEW)) {
      file.truncate(16 << 20);
    }
    assertThatThrownBy(() -> Filesystems.format(tiny, FilesystemType.XFS, LIMIT))
        .isInstanceOfSatisfying(
            FilesystemException.class, e -> assertThat(e.reason()).isEqualTo(Reason.TOOL_FAILED))
        .hasMessageContaining("300MB");
  }

  @Test
  void deviceIsFoundByItsBackingFile() throws Exception {
    try (LoopDevice found = LoopDevice.findByBackingFile(fuse.mountPoint()).orElseThrow()) {
      assertThat(found.path()).isEqualTo(loop.path());
    }
    assertThat(LoopDevice.findByBackingFile(backingPath)).isEmpty();
  }

  @Test
  void deviceThatWaitsForItsServerIsNotAsked() throws Exception {
    try (FileBackedDevice otherDevice = otherDevice()) {
      FuseFile otherFuse =
          FuseFile.mount(directory.resolve("other"), otherDevice, FuseFile.DEFAULT_THREADS);
      LoopDevice other = LoopDevice.attach(otherFuse.mountPoint(), LoopDevice.Lifetime.PERSISTENT);
      otherDevice.stalled = new CountDownLatch(1);
      try {
        assertThat(attachedDevice()).contains(loop.path());
        assertThat(LoopDevice.findByBackingFile(backingPath)).isEmpty();
      } finally {
        otherDevice.stalled.countDown();
        other.detach();
        otherFuse.abort();
      }
    }
  }

  private FileBackedDevice otherDevice() throws IOException {
    BlockFile otherBacking =
        BlockFile.open(directory.resolve("otherBacking"), BlockFile.Access.CREATE_NEW);
    otherBacking.truncate(1 << 20);
    return new FileBackedDevice(otherBacking);
  }

  @Test
  void deviceWhoseServerIsDeadIsPassedBy() throws Exception {
    Path otherVolume = Files.createDirectory(directory.resolve("other")).resolve("volume");
    try (FileBackedDevice otherDevice = otherDevice()) {
      FuseFile otherFuse = FuseFile.mount(otherVolume, otherDevice, FuseFile.DEFAULT_THREADS);
      LoopDevice other = LoopDevice.attach(otherFuse.mountPoint(), LoopDevice.Lifetime.PERSISTENT);
      otherFuse.abort();
      try {
        assertThat(attachedDevice()).contains(loop.path());
        assertThat(LoopDevice.findByBackingFile(backingPath)).isEmpty();
      } finally {
        other.detach();
      }
    }
  }

  @Test
  void concurrentAttachmentsGetDevicesOfTheirOwn() throws Exception {
    List<Callable<LoopDevice>> attachments = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      Path file = directory.resolve("file" + i);
      try (BlockFile created = BlockFile.open(file, BlockFile.Access.CREATE_NEW)) {
        created.truncate(1 << 20);
      }
      attachments.add(() -> LoopDevice.attach(file, LoopDevice.Lifetime.PERSISTENT));
    }
    Set<Path> paths = new HashSet<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(attachments.size())) {
      for (Future<LoopDevice> attached : threads.invokeAll(attachments)) {
        paths.add(attached.get().path());
        attached.get().detach();
      }
    }
    assertThat(paths).hasSize(attachments.size());
  }

  @Test
  void autoclearDeviceEndsWithItsMount() throws Exception {
    Filesystems.format(loop.path(), FilesystemType.EXT4, LIMIT);
    loop.detach();
    loop = LoopDevice.attach(fuse.mountPoint(), LoopDevice.Lifetime.AUTOCLEAR);
    mount(FilesystemType.EXT4);
    loop.close();
    assertThat(attachedDevice()).isPresent();

    Mounts.unmount(mountPoint);

    assertThat(attachedDevice()).isEmpty();
    loop = LoopDevice.attach(fuse.mountPoint(), LoopDevice.Lifetime.PERSISTENT);
  }

  @Test
  void bindMountCanBeReadOnly() throws Exception {
    Filesystems.format(loop.path(), FilesystemType.EXT4, LIMIT);
    mount(FilesystemType.EXT4);
    Path published = Files.createDirectory(directory.resolve("published"));
    Mounts.bind(mountPoint, published, true);
    try {
      assertThat(Mounts.at(published).orElseThrow().isReadOnly()).isTrue();
      assertThat(Mounts.at(mountPoint).orElseThrow().isReadOnly()).isFalse();
      assertThatThrownBy(() -> Files.createFile(published.resolve("file")))
          .isInstanceOf(IOException.class);
    } finally {
      Mounts.unmountLazily(published);
    }
  }

  private void mount(FilesystemType type) throws IOException {
    Mounts.mount(
        loop.path().toString(),
        mountPoint,
        type.kernelName(),
        Set.of(Mounts.Flag.NO_ACCESS_TIMES),
        "");
  }

  private Optional<Path> attachedDevice() throws IOException {
    Optional<LoopDevice> found = LoopDevice.findByBackingFile(fuse.mountPoint());
    found.ifPresent(LoopDevice::close);
    return found.map(LoopDevice::path);
  }

  private long allocatedBytes() throws IOException {
    try (BlockFile file = BlockFile.open(backingPath, BlockFile.Access.READ_ONLY)) {
      file.dataSync();
      return file.allocatedBytes();
    }
  }

  private static void writeDurably(Path path, long size) throws IOException {
    try (BlockFile file = BlockFile.open(path, BlockFile.Access.CREATE_NEW);
        Arena arena = Arena.ofConfined()) {
      file.write(0, arena.allocate(size).fill((byte) 0x5a));
      file.dataSync();
    }
  }
}
