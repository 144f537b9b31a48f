package io.mooring.storage.replication;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class BlockRunsTest {
  private static final int BLOCK = Geometry.BLOCK_BYTES;

  @Test
  void neighboursAreOneRunUpToTheLimit() {
    BlockRuns runs = new BlockRuns(BlockSet.of(1, 2, 3, 4, 7), 3 * BLOCK, 100L * BLOCK);

    assertThat(runs.next()).isEqualTo(new ByteRange(BLOCK, 3L * BLOCK));
    assertThat(runs.next()).isEqualTo(new ByteRange(4L * BLOCK, BLOCK));
    assertThat(runs.next()).isEqualTo(new ByteRange(7L * BLOCK, BLOCK));
    assertThat(runs.hasNext()).isFalse();
  }

  @Test
  void whatIsLeftShrinksRunByRun() {
    BlockRuns runs = new BlockRuns(BlockSet.of(1, 2, 3, 7), 2 * BLOCK, 100L * BLOCK);

    assertThat(runs.bytesLeft()).isEqualTo(4L * BLOCK);
    runs.next();
    assertThat(runs.bytesLeft()).isEqualTo(2L * BLOCK);
    runs.next();
    runs.next();
    assertThat(runs.bytesLeft()).isZero();
  }

  @Test
  void nothingIsLeftBeyondTheEndOfTheVolume() {
    BlockRuns runs = new BlockRuns(BlockSet.of(1, 8, 9), 2 * BLOCK, 2L * BLOCK);

    assertThat(runs.next()).isEqualTo(new ByteRange(BLOCK, BLOCK));
    assertThat(runs.hasNext()).isFalse();
    assertThat(runs.bytesLeft()).isZero();
  }
}
