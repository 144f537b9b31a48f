package io.mooring.storage.blockstore;

import static io.mooring.storage.blockstore.SnapshotStory.UNITS;
import static io.mooring.storage.blockstore.SnapshotStory.UNIT_BYTES;
import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.storage.blockstore.SnapshotStory.Step;
import io.mooring.storage.replication.SnapshotId;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a replica and its snapshots must hold after the steps so far. */
final class SnapshotModel {
  private final Map<SnapshotId, byte[]> snapshots = new LinkedHashMap<>();
  private byte[] live = new byte[UNITS];

  /** Every value that a unit has had since the last flush, as bits. */
  private final long[] possible = new long[UNITS];

  SnapshotModel() {
    Arrays.fill(possible, 1);
  }

  /** Starts from what the replica holds now. */
  static SnapshotModel of(ReplicaFiles files) throws IOException {
    SnapshotModel model = new SnapshotModel();
    model.live = content(files.data()::read);
    for (ReplicaSnapshots.Held held : files.snapshots().list()) {
      model.snapshots.put(held.id(), content(files.snapshots().open(held.id())::read));
    }
    model.flushed();
    return model;
  }

  List<SnapshotId> known() {
    return List.copyOf(snapshots.keySet());
  }

  void apply(Step step) {
    switch (step) {
      case Step.Write(int unit, int count, int stamp) -> fill(unit, count, (byte) stamp);
      case Step.Zero(int unit, int count) -> fill(unit, count, (byte) 0);
      case Step.Flush _ -> flushed();
      case Step.Take(SnapshotId id) -> {
        snapshots.put(id, live.clone());
        flushed();
      }
      case Step.Delete(SnapshotId id) -> snapshots.remove(id);
    }
  }

  private void fill(int unit, int count, byte stamp) {
    for (int i = unit; i < unit + count; i++) {
      live[i] = stamp;
      possible[i] |= 1L << stamp;
    }
  }

  private void flushed() {
    for (int i = 0; i < UNITS; i++) {
      possible[i] = 1L << live[i];
    }
  }

  void check(ReplicaFiles files) throws IOException {
    assertThat(ids(files)).containsExactlyElementsOf(snapshots.keySet());
    checkSnapshots(files);
    assertThat(firstDifference(content(files.data()::read), live)).isEqualTo(-1);
  }

  /**
   * The process was killed in the middle of a step, and perhaps the machine lost its memory.
   *
   * @param cut the step that was under way; null if none was
   */
  void checkAfterCrash(ReplicaFiles files, @Nullable Step cut, boolean memoryLost)
      throws IOException {
    List<SnapshotId> found = ids(files);
    switch (cut) {
      case Step.Take(SnapshotId id) when found.contains(id) -> snapshots.put(id, live.clone());
      case Step.Delete(SnapshotId id) when !found.contains(id) -> snapshots.remove(id);
      case null, default -> {}
    }
    assertThat(found).containsExactlyElementsOf(snapshots.keySet());
    checkSnapshots(files);
    byte[] before = live.clone();
    byte[] found2 = content(files.data()::read);
    if (cut instanceof Step.Write || cut instanceof Step.Zero) {
      apply(cut);
    }
    for (int i = 0; i < UNITS; i++) {
      boolean allowed =
          memoryLost
              ? (possible[i] >>> found2[i] & 1) != 0
              : found2[i] == before[i] || found2[i] == live[i];
      assertThat(allowed)
          .as("unit %s may be %s, was %s, last written %s", i, found2[i], before[i], live[i])
          .isTrue();
    }
  }

  private void checkSnapshots(ReplicaFiles files) throws IOException {
    for (Map.Entry<SnapshotId, byte[]> snapshot : snapshots.entrySet()) {
      SnapshotReader reader = files.snapshots().open(snapshot.getKey());
      assertThat(firstDifference(content(reader::read), snapshot.getValue()))
          .as("first unit that differs in %s", snapshot.getKey())
          .isEqualTo(-1);
    }
  }

  /** A range that is not reported as changed must be equal in both snapshots. */
  void checkDifferences(ReplicaFiles files) throws IOException {
    List<SnapshotId> ids = known();
    for (int older = 0; older < ids.size(); older++) {
      for (int newer = older + 1; newer < ids.size(); newer++) {
        boolean[] changed = new boolean[UNITS];
        files
            .snapshots()
            .open(ids.get(newer))
            .visitChangedSince(
                ids.get(older),
                0,
                SnapshotStory.SIZE,
                (offset, length) ->
                    Arrays.fill(
                        changed,
                        (int) (offset / UNIT_BYTES),
                        (int) ((offset + length) / UNIT_BYTES),
                        true));
        byte[] before = snapshots.get(ids.get(older));
        byte[] after = snapshots.get(ids.get(newer));
        for (int i = 0; i < UNITS; i++) {
          assertThat(changed[i] || before[i] == after[i]).as("unit %s", i).isTrue();
        }
      }
    }
  }

  private static List<SnapshotId> ids(ReplicaFiles files) {
    return files.snapshots().list().stream().map(ReplicaSnapshots.Held::id).toList();
  }

  /** Reads all of it. */
  private interface Source {
    void read(long offset, MemorySegment target) throws IOException;
  }

  private static byte[] content(Source source) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment all = arena.allocate(SnapshotStory.SIZE, 4096).fill((byte) 99);
      source.read(0, all);
      byte[] units = new byte[UNITS];
      for (int i = 0; i < UNITS; i++) {
        MemorySegment unit = all.asSlice((long) i * UNIT_BYTES, UNIT_BYTES);
        units[i] = unit.get(ValueLayout.JAVA_BYTE, 0);
        assertThat(unit.asSlice(1).mismatch(unit.asSlice(0, UNIT_BYTES - 1)))
            .as("unit %s is of one value", i)
            .isEqualTo(-1);
      }
      return units;
    }
  }

  private static int firstDifference(byte[] found, byte[] expected) {
    return Arrays.mismatch(found, expected);
  }
}
