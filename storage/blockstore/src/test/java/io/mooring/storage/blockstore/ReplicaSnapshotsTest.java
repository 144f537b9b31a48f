package io.mooring.storage.blockstore;

import static io.mooring.storage.blockstore.SnapshotWriter.REPLICA;
import static io.mooring.storage.blockstore.SnapshotWriter.VOLUME;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.mooring.storage.blockstore.SnapshotStory.Step;
import io.mooring.storage.replication.SnapshotId;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReplicaSnapshotsTest {

  private static final SnapshotId S1 = new SnapshotId("s1");
  private static final SnapshotId S2 = new SnapshotId("s2");
  private static final int BLOCK = SnapshotStory.UNITS_PER_BLOCK;

  @TempDir Path directory;
  private ReplicaPool pool;
  private ReplicaFiles files;

  @BeforeEach
  void open() throws IOException {
    pool = ReplicaPool.open(directory);
    assumeTrue(pool.withoutSnapshots().isEmpty(), () -> pool.withoutSnapshots().toString());
    pool.create(VOLUME, REPLICA, SnapshotStory.SIZE);
    files = pool.open(VOLUME, REPLICA);
  }

  @AfterEach
  void close() {
    if (files != null) {
      files.close();
    }
    pool.close();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void everySnapshotKeepsItsContentWhateverHappensLater(long seed) throws Exception {
    SnapshotStory story = new SnapshotStory(seed, List.of());
    SnapshotModel model = new SnapshotModel();
    for (int i = 1; i <= 600; i++) {
      Step step = story.next();
      SnapshotWriter.apply(step, files);
      model.apply(step);
      if (i % 60 == 0) {
        model.check(files);
        model.checkDifferences(files);
        reopen(i % 120 == 0);
        model.check(files);
      }
    }
    awaitMerges();
    model.check(files);
    model.checkDifferences(files);
  }

  @Test
  void whatALayerHoldsIsFoundAgainExactly() throws Exception {
    SnapshotStory story = new SnapshotStory(7, List.of());
    for (int i = 0; i < 300; i++) {
      SnapshotWriter.apply(story.next(), files);
    }
    awaitMerges();
    List<String> before = held();
    reopen(false);
    assertThat(held()).isEqualTo(before).hasSizeGreaterThan(1);
  }

  private List<String> held() throws IOException {
    Layers layers = files.data().layers();
    List<String> held = new ArrayList<>();
    for (int i = 0; i < layers.count() - 1; i++) {
      held.add(layers.held(i, i + 1, 0, SnapshotStory.SIZE).toString());
    }
    return held;
  }

  @Test
  void withoutSnapshotsThereIsOnePlainFile() throws Exception {
    SnapshotWriter.apply(new Step.Write(0, BLOCK, 1), files);
    assertThat(files.data().layers().isPlain()).isTrue();
    assertThat(path("layers")).doesNotExist();
  }

  @Test
  void theLastSnapshotDeletedLeavesAPlainFileAndGivesItsSpaceBack() throws Exception {
    SnapshotWriter.apply(new Step.Write(0, 100 * BLOCK, 1), files);
    SnapshotWriter.apply(new Step.Take(S1), files);
    SnapshotWriter.apply(new Step.Write(50 * BLOCK, 100 * BLOCK, 2), files);
    assertThat(files.data().allocatedBytes()).isEqualTo(200L * 4096);

    SnapshotWriter.apply(new Step.Delete(S1), files);
    awaitMerges();

    assertThat(files.data().layers().isPlain()).isTrue();
    assertThat(files.data().allocatedBytes()).isEqualTo(150L * 4096);
    assertThat(path("data")).doesNotExist();
    reopen(true);
    assertThat(files.data().layers().isPlain()).isTrue();
    assertThat(files.data().allocatedBytes()).isEqualTo(150L * 4096);
  }

  @Test
  void whatALayerDoesNotGiveBackIsUnreadableAndNotZeros() throws Exception {
    SnapshotWriter.apply(new Step.Write(0, BLOCK, 1), files);
    SnapshotWriter.apply(new Step.Write(40 * BLOCK, BLOCK, 1), files);
    SnapshotWriter.apply(new Step.Take(S1), files);
    SnapshotWriter.apply(new Step.Write(20 * BLOCK, BLOCK, 2), files);
    SnapshotWriter.apply(new Step.Take(S2), files);
    SnapshotReader snapshot = files.snapshots().open(S1);
    try (RandomAccessFile data = new RandomAccessFile(path("data").toFile(), "rw");
        RandomAccessFile layer = new RandomAccessFile(path("layer-1").toFile(), "rw");
        Arena arena = Arena.ofConfined()) {
      MemorySegment block = arena.allocate(4096, 4096);
      data.setLength(10 * 4096);
      layer.setLength(10 * 4096);

      files.data().read(0, block);
      assertThat(block.get(ValueLayout.JAVA_BYTE, 0)).isEqualTo((byte) 1);
      for (long unreadable : new long[] {20 * 4096, 40 * 4096}) {
        assertUnreadable(() -> files.data().read(unreadable, block));
        assertUnreadable(() -> snapshot.read(unreadable, block));
      }
      assertUnreadable(() -> SnapshotWriter.apply(new Step.Write(40 * BLOCK, 1, 3), files));

      SnapshotWriter.apply(new Step.Write(40 * BLOCK, BLOCK, 3), files);
      files.data().read(40 * 4096, block);
      assertThat(block.get(ValueLayout.JAVA_BYTE, 0)).isEqualTo((byte) 3);
      assertUnreadable(() -> snapshot.read(40 * 4096, block));
    }
  }

  private static void assertUnreadable(ThrowingCallable action) {
    assertThatThrownBy(action)
        .isInstanceOfSatisfying(
            ReplicaFileException.class,
            e -> assertThat(e.problem()).isEqualTo(ReplicaProblem.UNREADABLE));
  }

  @Test
  void theOldestOfTwoSnapshotsIsMergedIntoTheLargerFile() throws Exception {
    SnapshotWriter.apply(new Step.Write(0, 500 * BLOCK, 1), files);
    SnapshotWriter.apply(new Step.Take(S1), files);
    SnapshotWriter.apply(new Step.Write(0, 10 * BLOCK, 2), files);
    SnapshotWriter.apply(new Step.Take(S2), files);
    SnapshotWriter.apply(new Step.Delete(S1), files);
    awaitMerges();

    assertThat(path("data")).exists();
    assertThat(path("layer-1")).doesNotExist();
    assertThat(files.snapshots().list())
        .containsExactly(new ReplicaSnapshots.Held(S2, SnapshotStory.SIZE));
    assertThat(files.data().allocatedBytes()).isEqualTo(500L * 4096);
  }

  @Test
  void aTrimOfWhatASnapshotHoldsHidesItAndOthersGiveSpaceBack() throws Exception {
    SnapshotWriter.apply(new Step.Write(0, 32 * BLOCK, 1), files);
    SnapshotWriter.apply(new Step.Take(S1), files);
    SnapshotWriter.apply(new Step.Write(32 * BLOCK, 32 * BLOCK, 2), files);
    SnapshotWriter.apply(new Step.Zero(16 * BLOCK, 48 * BLOCK), files);

    assertThat(files.data().allocatedBytes()).isEqualTo((32L + 16) * 4096);
    SnapshotModel model = SnapshotModel.of(files);
    reopen(false);
    model.check(files);
  }

  @Test
  void aSnapshotKeepsItsSizeWhenTheVolumeGrows() throws Exception {
    SnapshotWriter.apply(new Step.Write(0, BLOCK, 1), files);
    SnapshotWriter.apply(new Step.Take(S1), files);
    files.grow(ReplicaPoolTest.ofSize(2 * SnapshotStory.SIZE));
    assertThat(files.snapshots().open(S1).sizeBytes()).isEqualTo(SnapshotStory.SIZE);
    SnapshotWriter.apply(new Step.Write(SnapshotStory.UNITS, 2 * BLOCK, 2), files);
    SnapshotWriter.apply(new Step.Zero(SnapshotStory.UNITS, BLOCK), files);
    SnapshotWriter.apply(new Step.Flush(), files);
    files.snapshots().take(S2, 2 * SnapshotStory.SIZE);
    SnapshotWriter.apply(new Step.Delete(S1), files);
    awaitMerges();
    reopen(false);
    assertThat(files.snapshots().list())
        .containsExactly(new ReplicaSnapshots.Held(S2, 2 * SnapshotStory.SIZE));
  }

  @Test
  void the65thSnapshotIsRefusedAndChangesNothing() throws Exception {
    for (int i = 0; i < ReplicaSnapshots.SNAPSHOTS_MAX; i++) {
      files.snapshots().take(new SnapshotId("s" + i), SnapshotStory.SIZE);
    }
    assertProblem(
        ReplicaProblem.TOO_MANY_SNAPSHOTS,
        () -> files.snapshots().take(new SnapshotId("one-more"), SnapshotStory.SIZE));
    reopen(false);
    assertThat(files.snapshots().list()).hasSize(ReplicaSnapshots.SNAPSHOTS_MAX);
    files.snapshots().delete(new SnapshotId("s7"));
    awaitMerges();
    files.snapshots().take(new SnapshotId("one-more"), SnapshotStory.SIZE);
  }

  @Test
  void anIdIsTakenOnce() throws Exception {
    files.snapshots().take(S1, SnapshotStory.SIZE);
    assertProblem(
        ReplicaProblem.SNAPSHOT_EXISTS, () -> files.snapshots().take(S1, SnapshotStory.SIZE));
  }

  @Test
  void aDeletedSnapshotCannotBeReadAnyMore() throws Exception {
    files.snapshots().take(S1, SnapshotStory.SIZE);
    SnapshotReader reader = files.snapshots().open(S1);
    assertThat(files.snapshots().delete(S1)).isTrue();
    assertThat(files.snapshots().delete(S1)).isFalse();
    assertProblem(
        ReplicaProblem.SNAPSHOT_UNKNOWN,
        () -> reader.visitAllocated(0, 4096, (offset, length) -> {}));
    assertProblem(ReplicaProblem.SNAPSHOT_UNKNOWN, () -> files.snapshots().open(S1));
  }

  @Test
  void aDamagedListOfLayersIsRefused() throws Exception {
    files.snapshots().take(S1, SnapshotStory.SIZE);
    files.close();
    try (RandomAccessFile list = new RandomAccessFile(path("layers").toFile(), "rw")) {
      list.seek(30);
      list.write(77);
    }
    assertProblem(ReplicaProblem.LAYERS_CORRUPT, () -> pool.open(VOLUME, REPLICA));
  }

  @Test
  void aMissingLayerIsNamed() throws Exception {
    files.snapshots().take(S1, SnapshotStory.SIZE);
    files.close();
    Files.delete(path("data"));
    assertProblem(ReplicaProblem.FILE_MISSING, () -> pool.open(VOLUME, REPLICA));
  }

  @Test
  void aLayerThatIsTooShortIsRefused() throws Exception {
    files.snapshots().take(S1, SnapshotStory.SIZE);
    files.close();
    try (RandomAccessFile data = new RandomAccessFile(path("data").toFile(), "rw")) {
      data.setLength(SnapshotStory.SIZE - 1);
    }
    assertProblem(ReplicaProblem.DATA_TRUNCATED, () -> pool.open(VOLUME, REPLICA));
  }

  @Test
  void whatACrashLeftBesideTheListIsSweptAway() throws Exception {
    files.snapshots().take(S1, SnapshotStory.SIZE);
    files.close();
    Files.createFile(path("layer-2"));
    Files.createFile(path("layers.new"));
    files = pool.open(VOLUME, REPLICA);
    assertThat(path("layer-2")).doesNotExist();
    files.snapshots().take(S2, SnapshotStory.SIZE);
  }

  @Test
  void anEarlierReleaseRefusesAReplicaWithLayers() throws Exception {
    files.snapshots().take(S1, SnapshotStory.SIZE);
    files.close();
    for (int opened = 0; opened < 2; opened++) {
      try (RandomAccessFile header = new RandomAccessFile(path("super").toFile(), "r")) {
        List<Integer> versions = new ArrayList<>();
        for (long slot : List.of(0L, 4096L)) {
          header.seek(slot + 8);
          versions.add(header.readInt());
        }
        assertThat(versions).contains(SuperblockCodec.VERSION_LAYERED);
      }
      pool.open(VOLUME, REPLICA).close();
    }
  }

  private void reopen(boolean clean) throws IOException {
    if (clean) {
      files.closeClean();
    } else {
      files.close();
    }
    files = pool.open(VOLUME, REPLICA);
  }

  private void awaitMerges() {
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(() -> {
          assertThat(files.snapshots().mergeFailure()).isEmpty();
          assertThat(files.snapshots().awaitingMerge()).isZero();
          try (Stream<Path> all = Files.list(path(""))) {
            assertThat(all.filter(ReplicaSnapshotsTest::isLayer))
                .hasSize(files.data().layers().count());
          }
        });
  }

  private static boolean isLayer(Path path) {
    String name = path.getFileName().toString();
    return name.equals("data") || name.startsWith("layer-");
  }

  private Path path(String file) {
    return directory.resolve(VOLUME.value()).resolve(REPLICA.value()).resolve(file);
  }

  private static void assertProblem(ReplicaProblem problem, ThrowingCallable call) {
    assertThatThrownBy(call)
        .satisfies(e -> assertThat(problemOf(e)).isEqualTo(problem))
        .hasMessageStartingWith(problem.code() + " ");
  }

  private static ReplicaProblem problemOf(Throwable thrown) {
    Throwable cause = thrown instanceof SnapshotRefusedException ? thrown.getCause() : thrown;
    return ((ReplicaFileException) cause).problem();
  }
}
