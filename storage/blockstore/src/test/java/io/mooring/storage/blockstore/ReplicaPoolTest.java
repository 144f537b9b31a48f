package io.mooring.storage.blockstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooring.storage.replication.BlockSet;
import io.mooring.storage.replication.Generation;
import io.mooring.storage.replication.Geometry;
import io.mooring.storage.replication.HeadMessage.Membership;
import io.mooring.storage.replication.Promise;
import io.mooring.storage.replication.ReplicaId;
import io.mooring.storage.replication.ReplicaRecord;
import io.mooring.storage.replication.ReplicaRecord.DirtyMap;
import io.mooring.storage.replication.ReplicaRecord.Restart;
import io.mooring.storage.replication.VolumeId;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.zip.CRC32C;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReplicaPoolTest {

  private static final VolumeId VOLUME = new VolumeId("vol-0123456789ab");
  private static final VolumeId OTHER_VOLUME = new VolumeId("vol-ba9876543210");
  private static final ReplicaId R1 = new ReplicaId("r1");
  private static final ReplicaId R2 = new ReplicaId("r2");
  private static final long SIZE = 64 << 20;

  @TempDir Path directory;
  private ReplicaPool pool;

  @BeforeEach
  void openPool() throws IOException {
    pool = ReplicaPool.open(directory);
  }

  @AfterEach
  void closePool() {
    pool.close();
  }

  @Test
  void aNewReplicaIsBlankIntactAndTakesNoSpace() throws IOException {
    pool.create(VOLUME, R1, SIZE);
    try (ReplicaFiles files = pool.open(VOLUME, R1)) {
      assertThat(files.found()).isEqualTo(ReplicaRecord.blank(SIZE));
      assertThat(files.restart()).isEqualTo(Restart.INTACT);
      assertThat(files.data().allocatedBytes()).isZero();
    }
    assertThat(pool.list()).containsExactly(new ReplicaPool.Entry(VOLUME, R1));
  }

  @Test
  void theRecordSurvivesReopening() throws IOException {
    pool.create(VOLUME, R1, SIZE);
    ReplicaRecord.Superblock superblock =
        new ReplicaRecord.Superblock(
            Promise.of(7, 2),
            new Membership(new Generation(5), List.of(R1), List.of(R2)),
            true,
            true,
            SIZE);
    try (ReplicaFiles files = pool.open(VOLUME, R1)) {
      files.writeSuperblock(superblock);
      files.activate(1, 2);
      files.writeMap(R2, false, BlockSet.of(3, 700).pages());
      files.writeMap(R2, true, BlockSet.of(100_000).pages());
    }
    try (ReplicaFiles files = pool.open(VOLUME, R1)) {
      assertThat(files.found())
          .isEqualTo(
              new ReplicaRecord(
                  superblock,
                  BlockSet.of(1, 2),
                  Map.of(R2, new DirtyMap(true, BlockSet.of(3, 700, 100_000)))));
      files.deactivate(BlockSet.of(1));
      files.dropMap(R2);
    }
    try (ReplicaFiles files = pool.open(VOLUME, R1)) {
      assertThat(files.found()).isEqualTo(new ReplicaRecord(superblock, BlockSet.of(2), Map.of()));
    }
  }

  @Test
  void aStreamActivatesSeveralRegionsAtOnceAndNoneBeyondTheEnd() throws IOException {
    pool.create(VOLUME, R1, 12L * Geometry.REGION_BYTES);
    try (ReplicaFiles files = pool.open(VOLUME, R1)) {
      files.activate(0, 0);
      files.activate(1, 1);
      files.activate(2, 2);
    }
    try (ReplicaFiles files = pool.open(VOLUME, R1)) {
      assertThat(files.found().activity()).isEqualTo(BlockSet.of(0, 1, 2, 3, 4, 5, 6, 7, 8));
      files.activate(9, 9);
    }
    try (ReplicaFiles files = pool.open(VOLUME, R1)) {
      assertThat(files.found().activity().next(12)).isNegative();
    }
  }

  @Test
  void afterAFailureOfTheDiskOnlyWhatWasFlushedCounts() throws IOException {
    pool.create(VOLUME, R1, SIZE);
    pool.open(VOLUME, R1).close();
    for (int opened = 0; opened < 2; opened++) {
      try (ReplicaFiles files = pool.openAfterFailure(VOLUME, R1)) {
        assertThat(files.restart()).isEqualTo(Restart.MACHINE_CRASH);
      }
    }
  }

  @Test
  void anotherBootWithoutACleanCloseHasLostMemory() throws IOException {
    pool.create(VOLUME, R1, SIZE);
    pool.open(VOLUME, R1).close();
    try (ReplicaFiles files = pool.open(VOLUME, R1)) {
      assertThat(files.restart()).isEqualTo(Restart.INTACT);
    }
    pretendOpenIn(new UUID(1, 2), false);
    for (int opened = 0; opened < 2; opened++) {
      try (ReplicaFiles files = pool.open(VOLUME, R1)) {
        assertThat(files.restart()).isEqualTo(Restart.MACHINE_CRASH);
      }
    }
    ReplicaFiles recorded = pool.open(VOLUME, R1);
    recorded.writeSuperblock(ofSize(SIZE));
    recorded.close();
    try (ReplicaFiles files = pool.open(VOLUME, R1)) {
      assertThat(files.restart()).isEqualTo(Restart.INTACT);
      files.closeClean();
    }
    pretendOpenIn(new UUID(1, 2), true);
    try (ReplicaFiles files = pool.open(VOLUME, R1)) {
      assertThat(files.restart()).isEqualTo(Restart.INTACT);
    }
  }

  @Test
  void aTornSuperblockLeavesThePreviousOneInForce() throws IOException {
    pool.create(VOLUME, R1, SIZE);
    writeGenerations(1, 2);
    int tornA = overwrite("super", 1000, 0x55);
    overwrite("super", 4096 + 1000, 0x55);
    assertProblem(ReplicaProblem.SUPERBLOCK_CORRUPT, "in slot A the checksum", "in slot B");

    overwrite("super", 1000, tornA);
    long survivor;
    try (ReplicaFiles files = pool.open(VOLUME, R1)) {
      survivor = files.found().superblock().membership().generation().value();
      assertThat(survivor).isIn(1L, 2L);
    }
    writeGenerations(3);
    try (ReplicaFiles files = pool.open(VOLUME, R1)) {
      assertThat(files.found().superblock().membership().generation().value()).isEqualTo(3);
    }
  }

  @Test
  void anEmptySuperblockFileIsCorrupt() throws IOException {
    pool.create(VOLUME, R1, SIZE);
    truncate("super", 0);
    assertProblem(ReplicaProblem.SUPERBLOCK_CORRUPT, "super", "Remove the directory");
  }

  @Test
  void aNewerFormatIsRefused() throws IOException {
    pool.create(VOLUME, R1, SIZE);
    ByteBuffer slot = ByteBuffer.allocate(SuperblockCodec.SLOT_BYTES);
    SuperblockCodec.encode(
        slot, SuperblockCodec.VERSION_PLAIN, 9, superblock(new UUID(1, 2), true));
    slot.putInt(8, SuperblockCodec.VERSION_LAYERED + 1);
    CRC32C crc = new CRC32C();
    crc.update(slot.duplicate().clear().limit(SuperblockCodec.SLOT_BYTES - 4));
    slot.putInt(SuperblockCodec.SLOT_BYTES - 4, (int) crc.getValue());
    try (RandomAccessFile file = new RandomAccessFile(path("super").toFile(), "rw")) {
      file.write(slot.array());
    }
    assertProblem(ReplicaProblem.FORMAT_TOO_NEW, "version 3", "up to 2");
  }

  @Test
  void filesOfAnotherVolumeAreRefused() throws IOException {
    pool.create(VOLUME, R1, SIZE);
    Files.move(directory.resolve(VOLUME.value()), directory.resolve(OTHER_VOLUME.value()));
    assertProblem(ReplicaProblem.WRONG_IDENTITY, () -> pool.open(OTHER_VOLUME, R1), VOLUME.value());
  }

  @Test
  void filesOfAnotherReplicaAreRefused() throws IOException {
    pool.create(VOLUME, R1, SIZE);
    Path volume = directory.resolve(VOLUME.value());
    Files.move(volume.resolve("r1"), volume.resolve("r2"));
    assertProblem(ReplicaProblem.WRONG_IDENTITY, () -> pool.open(VOLUME, R2), "r1");
  }

  @Test
  void truncatedDataIsRefused() throws IOException {
    pool.create(VOLUME, R1, SIZE);
    truncate("data", SIZE - 1);
    assertProblem(ReplicaProblem.DATA_TRUNCATED, "data", Long.toString(SIZE));
  }

  @Test
  void anActivityMapWithoutAHeaderIsRefused() throws IOException {
    pool.create(VOLUME, R1, SIZE);
    truncate("activity", 100);
    assertProblem(ReplicaProblem.BITMAP_CORRUPT, "activity");
  }

  @Test
  void anActivityMapThatIsTooShortIsRefused() throws IOException {
    pool.create(VOLUME, R1, SIZE);
    Files.delete(path("activity"));
    BitmapFile.create(path("activity"), "activity", false, 0, List.of());
    assertProblem(ReplicaProblem.ACTIVITY_TOO_SHORT, "0 pages", "needs 1");
  }

  @Test
  void aDamagedActivityPageCountsAsAllActive() throws IOException {
    pool.create(VOLUME, R1, SIZE);
    overwrite("activity", 4096 + 2000, 0x01);
    try (ReplicaFiles files = pool.open(VOLUME, R1)) {
      assertThat(files.found().activity().size()).isEqualTo(BlockSet.PAGE_BITS);
    }
  }

  @Test
  void aDamagedPageOfADirtyMapCountsAsAllDirty() throws IOException {
    pool.create(VOLUME, R1, SIZE);
    writeMap(BlockSet.of(1, BlockSet.PAGE_BITS));
    overwrite("dirty-r2", 4096 + 100, 0x01);
    try (ReplicaFiles files = pool.open(VOLUME, R1)) {
      DirtyMap map = Objects.requireNonNull(files.found().maps().get(R2));
      assertThat(map.blocks().size()).isEqualTo(BlockSet.PAGE_BITS + 1);
      assertThat(map.full()).isFalse();
    }
  }

  @Test
  void aDirtyMapThatCannotBeReadIsFullNotMissing() throws IOException {
    pool.create(VOLUME, R1, SIZE);
    writeMap(BlockSet.of(1));
    overwrite("dirty-r2", 16, 0xff);
    try (ReplicaFiles files = pool.open(VOLUME, R1)) {
      assertThat(files.found().maps())
          .containsExactly(Map.entry(R2, new DirtyMap(true, new BlockSet())));
    }
  }

  @Test
  void aDirtyMapOfAnotherReplicaIsRefused() throws IOException {
    pool.create(VOLUME, R1, SIZE);
    writeMap(BlockSet.of(1));
    Files.move(path("dirty-r2"), path("dirty-r3"));
    assertProblem(ReplicaProblem.WRONG_IDENTITY, "is about r2, not about r3");
  }

  @Test
  void aMissingFileIsNamed() throws IOException {
    pool.create(VOLUME, R1, SIZE);
    Files.delete(path("data"));
    assertProblem(ReplicaProblem.FILE_MISSING, path("data").toString());
  }

  @Test
  void aReplicaIsOpenedOnlyOnce() throws IOException {
    pool.create(VOLUME, R1, SIZE);
    try (ReplicaFiles files = pool.open(VOLUME, R1)) {
      assertProblem(ReplicaProblem.IN_USE, files.directory().toString());
    }
    pool.open(VOLUME, R1).close();
  }

  @Test
  void anExistingReplicaIsNotCreatedAgain() throws IOException {
    pool.create(VOLUME, R1, SIZE);
    assertProblem(
        ReplicaProblem.ALREADY_EXISTS, () -> pool.create(VOLUME, R1, SIZE), path("").toString());
  }

  @Test
  void aSizeIsAPositiveMultipleOfTheSector() {
    assertProblem(ReplicaProblem.SIZE_INVALID, () -> pool.create(VOLUME, R1, 1000), "1000");
    assertProblem(ReplicaProblem.SIZE_INVALID, () -> pool.create(VOLUME, R1, 0), "0 bytes");
  }

  @Test
  void anIdCannotLeaveThePool() {
    for (String name : List.of("..", ".r1", "../../etc", "a/b")) {
      assertProblem(
          ReplicaProblem.NAME_INVALID,
          () -> pool.create(VOLUME, new ReplicaId(name), SIZE),
          "'" + name + "'");
    }
  }

  @Test
  void aMissingPoolIsNamed() {
    Path missing = directory.resolve("missing");
    assertProblem(
        ReplicaProblem.POOL_UNUSABLE, () -> ReplicaPool.open(missing), missing.toString());
  }

  @Test
  void whatAnInterruptedCreationOrDeletionLeftIsSweptAway() throws IOException {
    Path volume = directory.resolve(VOLUME.value());
    Files.createDirectories(volume.resolve(".r1.new"));
    Files.writeString(volume.resolve(".r1.new").resolve("super"), "half");
    Files.createDirectories(volume.resolve(".r2.deleted"));
    try (ReplicaPool reopened = ReplicaPool.open(directory)) {
      assertThat(volume).isEmptyDirectory();
      reopened.create(VOLUME, R1, SIZE);
      reopened.open(VOLUME, R1).close();
    }
  }

  @Test
  void aDeletedReplicaIsGoneWithItsVolume() throws IOException {
    pool.create(VOLUME, R1, SIZE);
    pool.create(VOLUME, R2, SIZE);
    pool.delete(VOLUME, R1);
    assertThat(pool.contains(VOLUME, R1)).isFalse();
    assertThat(pool.contains(VOLUME, R2)).isTrue();
    pool.delete(VOLUME, R2);
    pool.delete(VOLUME, R2);
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void aGrownReplicaHasRoomForItsActivity() throws IOException {
    pool.create(VOLUME, R1, SIZE);
    long larger = SIZE + (1L << 40);
    try (ReplicaFiles files = pool.open(VOLUME, R1)) {
      files.grow(ofSize(larger));
      assertProblem(ReplicaProblem.SIZE_INVALID, () -> files.grow(ofSize(SIZE)), "only grows");
    }
    int last = (int) ((larger - 1) / Geometry.REGION_BYTES);
    try (ReplicaFiles files = pool.open(VOLUME, R1)) {
      assertThat(files.found().superblock().sizeBytes()).isEqualTo(larger);
      files.activate(last, last);
    }
    try (ReplicaFiles files = pool.open(VOLUME, R1)) {
      assertThat(files.found().activity()).isEqualTo(BlockSet.of(last));
    }
  }

  static ReplicaRecord.Superblock ofSize(long sizeBytes) {
    return ReplicaRecord.blank(sizeBytes).superblock();
  }

  private static Superblock superblock(UUID boot, boolean clean) {
    return new Superblock(VOLUME, R1, ofSize(SIZE), boot, clean);
  }

  private void writeGenerations(long... generations) throws IOException {
    try (ReplicaFiles files = pool.open(VOLUME, R1)) {
      for (long generation : generations) {
        files.writeSuperblock(
            new ReplicaRecord.Superblock(
                Promise.NONE,
                new Membership(new Generation(generation), List.of(R1), List.of()),
                false,
                false,
                SIZE));
      }
    }
  }

  private void writeMap(BlockSet blocks) throws IOException {
    try (ReplicaFiles files = pool.open(VOLUME, R1)) {
      files.writeMap(R2, false, blocks.pages());
    }
  }

  private void pretendOpenIn(UUID boot, boolean clean) throws IOException {
    Files.delete(path("super"));
    SuperblockFile.create(path("super"), superblock(boot, clean));
  }

  private Path path(String file) {
    return directory.resolve(VOLUME.value()).resolve(R1.value()).resolve(file);
  }

  /** Returns the byte that was there before. */
  private int overwrite(String file, long offset, int value) throws IOException {
    try (RandomAccessFile opened = new RandomAccessFile(path(file).toFile(), "rw")) {
      opened.seek(offset);
      int before = opened.read();
      opened.seek(offset);
      opened.write(value);
      return before;
    }
  }

  private void truncate(String file, long size) throws IOException {
    try (RandomAccessFile opened = new RandomAccessFile(path(file).toFile(), "rw")) {
      opened.setLength(size);
    }
  }

  private void assertProblem(ReplicaProblem problem, String... mentioned) {
    assertProblem(problem, () -> pool.open(VOLUME, R1), mentioned);
  }

  private static void assertProblem(
      ReplicaProblem problem, ThrowingCallable call, String... mentioned) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            ReplicaFileException.class, e -> assertThat(e.problem()).isEqualTo(problem))
        .hasMessageStartingWith(problem.code() + " ")
        .hasMessageContainingAll(mentioned);
  }
}
