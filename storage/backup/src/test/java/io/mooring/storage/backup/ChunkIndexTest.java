package io.mooring.storage.backup;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.storage.backup.format.BlobId;
import io.mooring.storage.backup.format.BlobRef;
import io.mooring.storage.backup.format.PackId;
import java.util.SplittableRandom;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class ChunkIndexTest {

  private static final long LIMIT = 1 << 20;

  /** Known by its number, the same each time it is asked for. */
  private static BlobRef blob(int number) {
    SplittableRandom random = new SplittableRandom(number);
    BlobId id =
        new BlobId(random.nextLong(), random.nextLong(), random.nextLong(), random.nextLong());
    PackId pack = new PackId(new UUID(1, 1), new UUID(2, number / 100));
    return new BlobRef(id, pack, 64 + number % 100, 1000 + number, 2000 + number, number % 2 == 0);
  }

  @Test
  void memoryFollowsWhatIsKnownAndStaysBelowItsLimit() {
    ChunkIndex index = new ChunkIndex(LIMIT);
    long empty = index.bytes();
    for (int i = 0; i < 2_000; i++) {
      index.add(blob(i));
    }
    assertThat(index.isFull()).isFalse();
    assertThat(index.bytes()).isGreaterThanOrEqualTo(empty);
    for (int i = 0; i < 2_000; i++) {
      assertThat(index.find(blob(i).id())).contains(blob(i));
    }
    for (int i = 2_000; i < 100_000; i++) {
      index.add(blob(i));
    }
    assertThat(index.isFull()).isTrue();
    assertThat(index.bytes()).isLessThanOrEqualTo(LIMIT);
    for (int i = 0; i < 2_000; i++) {
      assertThat(index.find(blob(i).id())).contains(blob(i));
    }
  }

  @Test
  void anIndexWithRoomForManyTakesLittleWhileFewAreKnown() {
    ChunkIndex index = new ChunkIndex(256L << 20);
    assertThat(index.bytes()).isLessThan(1 << 20);
    for (int i = 0; i < 100_000; i++) {
      index.add(blob(i));
    }
    assertThat(index.bytes()).isLessThan(16L << 20);
    assertThat(index.isFull()).isFalse();
    assertThat(index.find(blob(99_999).id())).contains(blob(99_999));
    assertThat(index.find(blob(100_000).id())).isEmpty();
  }
}
