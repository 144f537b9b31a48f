package io.mooring.storage.blockstore;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.storage.replication.ReplicaId;
import io.mooring.storage.replication.VolumeId;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReplicaDataTest {

  private static final VolumeId VOLUME = new VolumeId("vol-0123456789ab");
  private static final ReplicaId R1 = new ReplicaId("r1");
  private static final long SIZE = 64 << 20;
  private static final int MIB = 1 << 20;

  @TempDir Path directory;
  private final Arena arena = Arena.ofShared();
  private ReplicaPool pool;
  private ReplicaFiles files;
  private ReplicaData data;

  @BeforeEach
  void open() throws IOException {
    pool = ReplicaPool.open(directory);
    pool.create(VOLUME, R1, SIZE);
    files = pool.open(VOLUME, R1);
    data = files.data();
  }

  @AfterEach
  void close() {
    files.close();
    pool.close();
    arena.close();
  }

  @Test
  void whatWasWrittenIsReadAndTheRestIsZero() throws IOException {
    data.write(4096, filled(4096, 7));
    assertThat(bytes(read(4096, 4096))).containsOnly(7);
    assertThat(bytes(read(0, 4096))).containsOnly(0);
    assertThat(bytes(read(SIZE - 512, 512))).containsOnly(0);
  }

  @Test
  void aLargeZeroGivesTheSpaceBack() throws Exception {
    data.write(0, filled(4 * MIB, 7));
    CompletableFuture<Void> zeroed = new CompletableFuture<>();
    data.zero(MIB, 2 * MIB, into(zeroed));
    await(zeroed);
    assertThat(bytes(read(MIB, 2 * MIB))).containsOnly(0);
    assertThat(extents()).containsExactly("0+1048576", "3145728+1048576");
  }

  @Test
  void aSmallZeroIsWritten() throws Exception {
    data.write(0, filled(MIB, 7));
    CompletableFuture<Void> zeroed = new CompletableFuture<>();
    data.zero(4096, 8192, into(zeroed));
    assertThat(zeroed).isCompleted();
    assertThat(bytes(read(4096, 8192))).containsOnly(0);
    assertThat(bytes(read(12288, 4096))).containsOnly(7);
    assertThat(extents()).containsExactly("0+1048576");
  }

  @Test
  void manyZeroesAndFlushesAllComplete() throws Exception {
    data.write(0, filled(32 * MIB, 7));
    List<CompletableFuture<Void>> all = new ArrayList<>();
    for (int i = 0; i < 256; i++) {
      CompletableFuture<Void> zeroed = new CompletableFuture<>();
      CompletableFuture<Void> flushed = new CompletableFuture<>();
      data.zero((255L - i) * (128 << 10), 128 << 10, into(zeroed));
      data.flush(into(flushed));
      all.add(zeroed);
      all.add(flushed);
    }
    for (CompletableFuture<Void> each : all) {
      await(each);
    }
    assertThat(extents()).isEmpty();
    assertThat(data.allocatedBytes()).isZero();
  }

  @Test
  void afterAFailedFlushEveryLaterOneFails() {
    data.close();
    for (int i = 0; i < 2; i++) {
      CompletableFuture<Void> flushed = new CompletableFuture<>();
      data.flush(into(flushed));
      assertThat(flushed)
          .failsWithin(10, TimeUnit.SECONDS)
          .withThrowableThat()
          .withMessageContaining("REP-021 Cannot flush");
    }
  }

  private List<String> extents() throws IOException {
    List<String> extents = new ArrayList<>();
    data.visitAllocated(0, SIZE, (offset, length) -> extents.add(offset + "+" + length));
    return extents;
  }

  private MemorySegment filled(long length, int value) {
    return arena.allocate(length).fill((byte) value);
  }

  private MemorySegment read(long offset, long length) throws IOException {
    MemorySegment target = filled(length, 99);
    data.read(offset, target);
    return target;
  }

  private static byte[] bytes(MemorySegment segment) {
    return segment.toArray(ValueLayout.JAVA_BYTE);
  }

  private static Completion into(CompletableFuture<Void> future) {
    return failure -> {
      if (failure == null) {
        future.complete(null);
      } else {
        future.completeExceptionally(failure);
      }
    };
  }

  private static void await(CompletableFuture<Void> future) throws Exception {
    future.get(10, TimeUnit.SECONDS);
  }
}
