package io.mooring.storage.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.EOFException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BlockFileTest {
  private static final int MIB = 1 << 20;

  @TempDir Path directory;
  private Arena arena;
  private BlockFile file;

  @BeforeEach
  void openFile() throws Exception {
    arena = Arena.ofConfined();
    file = BlockFile.open(directory.resolve("data"), BlockFile.Access.CREATE_NEW);
  }

  @AfterEach
  void closeFile() {
    file.close();
    arena.close();
  }

  @Test
  void readsBackWhatWasWritten() throws Exception {
    MemorySegment written = filled(3 * MIB, 0x5a);

    file.write(4096, written);
    file.dataSync();

    MemorySegment read = arena.allocate(3 * MIB);
    file.readFully(4096, read);
    assertThat(read.mismatch(written)).isEqualTo(-1);
    assertThat(file.size()).isEqualTo(4096 + 3 * MIB);
  }

  @Test
  void longWritesAreWholeWhereverTheyBegin() throws Exception {
    byte[] content = new byte[MIB + 77];
    new Random(3).nextBytes(content);
    MemorySegment written = arena.allocateFrom(ValueLayout.JAVA_BYTE, content);

    file.write(5001, written);

    MemorySegment read = arena.allocate(content.length);
    file.readFully(5001, read);
    assertThat(read.mismatch(written)).isEqualTo(-1);
    assertThat(file.size()).isEqualTo(5001 + content.length);
  }

  @Test
  void directBuffersAdvanceTheirPosition() throws Exception {
    ByteBuffer source = ByteBuffer.allocateDirect(8192).putLong(0, 42).position(0).limit(4096);

    file.write(0, source);

    ByteBuffer target = ByteBuffer.allocateDirect(8192);
    assertThat(file.read(0, target)).isEqualTo(4096);
    assertThat(source.remaining()).isZero();
    assertThat(target.position()).isEqualTo(4096);
    assertThat(target.getLong(0)).isEqualTo(42);
  }

  @Test
  void readEndsShortAtTheEndOfTheFile() throws Exception {
    file.truncate(1000);

    assertThat(file.read(600, arena.allocate(4096))).isEqualTo(400);
    assertThatThrownBy(() -> file.readFully(600, arena.allocate(4096)))
        .isInstanceOf(EOFException.class)
        .hasMessageContaining("ends at 1000");
  }

  @Test
  void punchedHoleReadsAsZerosAndGivesSpaceBack() throws Exception {
    file.write(0, filled(4 * MIB, 1));
    file.dataSync();
    long before = file.allocatedBytes();

    file.punchHole(MIB, 2 * MIB);

    assertThat(file.allocatedBytes()).isLessThanOrEqualTo(before - 2 * MIB);
    assertThat(file.size()).isEqualTo(4 * MIB);
    assertThat(isZero(MIB, 2 * MIB)).isTrue();
    assertThat(isZero(0, MIB)).isFalse();
  }

  @Test
  void zeroedRangeReadsAsZeros() throws Exception {
    file.write(0, filled(MIB, 1));

    file.zeroRange(4096, 8192);

    assertThat(isZero(4096, 8192)).isTrue();
    assertThat(isZero(0, 4096)).isFalse();
    assertThat(file.size()).isEqualTo(MIB);
  }

  @Test
  void visitsStoredExtentsCutToTheRange() throws Exception {
    file.truncate(16 * MIB);
    file.write(MIB, filled(MIB, 1));
    file.write(8 * MIB, filled(2 * MIB, 1));
    file.dataSync();

    List<String> extents = new ArrayList<>();
    file.visitData(MIB + 65536, 9 * MIB, (offset, length) -> extents.add(offset + "+" + length));

    assertThat(extents).containsExactly((MIB + 65536) + "+" + (MIB - 65536), 8 * MIB + "+" + MIB);
    assertThat(file.nextData(10 * MIB)).isEmpty();
    assertThat(file.nextHole(0)).hasValue(0);
    assertThat(file.nextHole(17 * MIB)).isEmpty();
  }

  @Test
  void writebackAndCacheHintsKeepTheData() throws Exception {
    MemorySegment written = filled(MIB, 7);
    file.write(0, written);

    file.startWriteback(0, MIB);
    file.dataSync();
    file.dropCached(0, MIB);

    MemorySegment read = arena.allocate(MIB);
    file.readFully(0, read);
    assertThat(read.mismatch(written)).isEqualTo(-1);
  }

  @Test
  void interruptedThreadGoesOnWorking() throws Exception {
    Thread.currentThread().interrupt();
    try {
      file.write(0, filled(4096, 1));
      file.dataSync();
      assertThat(file.size()).isEqualTo(4096);
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  @Test
  void failureNamesTheCallTheFileAndTheErrno() {
    Path missing = directory.resolve("missing");

    assertThatThrownBy(() -> BlockFile.open(missing, BlockFile.Access.READ_ONLY))
        .isInstanceOfSatisfying(
            LinuxException.class, e -> assertThat(e.errno()).isEqualTo(Errno.ENOENT))
        .hasMessage("open on %s failed: no such file or directory (errno 2)", missing);
  }

  @Test
  void fullDiskIsToldApart() throws Exception {
    // /dev/full answers every write with ENOSPC.
    try (BlockFile full = BlockFile.open(Path.of("/dev/full"), BlockFile.Access.READ_WRITE)) {
      assertThatThrownBy(() -> full.write(0, arena.allocate(512)))
          .isInstanceOfSatisfying(LinuxException.class, e -> assertThat(e.isOutOfSpace()).isTrue());
    }
  }

  @Test
  void closedFileRefusesFurtherUse() {
    file.close();
    file.close();

    assertThatThrownBy(() -> file.write(0, filled(1, 1)))
        .isInstanceOfSatisfying(
            LinuxException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EBADF));
  }

  @Test
  void createNewRefusesAnExistingFile() {
    assertThatThrownBy(() -> BlockFile.open(directory.resolve("data"), BlockFile.Access.CREATE_NEW))
        .isInstanceOfSatisfying(
            LinuxException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EEXIST));
  }

  @Test
  void onlyOneOpenHoldsTheLock() throws Exception {
    Path path = directory.resolve("data");
    assertThat(file.tryLock()).isTrue();

    try (BlockFile second = BlockFile.open(path, BlockFile.Access.READ_WRITE)) {
      assertThat(second.tryLock()).isFalse();
      file.close();
      assertThat(second.tryLock()).isTrue();
    }
  }

  @Test
  void directoryCanBeSynced() throws Exception {
    Files.createFile(directory.resolve("other"));
    BlockFile.syncDirectory(directory);
  }

  private MemorySegment filled(long size, int value) {
    return arena.allocate(size).fill((byte) value);
  }

  private boolean isZero(long offset, long length) throws Exception {
    MemorySegment read = arena.allocate(length);
    file.readFully(offset, read);
    return read.mismatch(arena.allocate(length)) == -1;
  }
}
