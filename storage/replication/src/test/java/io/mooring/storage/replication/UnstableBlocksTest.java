package io.mooring.storage.replication;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class UnstableBlocksTest {
  private final UnstableBlocks unstable = new UnstableBlocks(BlockSet.of(100));

  @Test
  void changeStaysUntilItIsStableAndFlushedHere() {
    unstable.settled();
    unstable.changed(1, 2, 5);

    unstable.stable(5);
    assertThat(unstable.all()).as("stable elsewhere is not enough").isEqualTo(BlockSet.of(1, 2));

    unstable.flushed(5);
    assertThat(unstable.all()).isEqualTo(new BlockSet());
  }

  @Test
  void changeAfterTheStablePointIsNeverForgotten() {
    unstable.settled();
    unstable.changed(1, 1, 5);
    unstable.changed(2, 2, 6);
    unstable.flushed(6);

    unstable.stable(5);
    assertThat(unstable.all().contains(2)).isTrue();

    unstable.changed(3, 3, 7);
    unstable.stable(6);
    assertThat(unstable.all().contains(3)).isTrue();

    unstable.flushed(7);
    unstable.stable(7);
    assertThat(unstable.all().isEmpty()).isTrue();
  }

  @Test
  void suspectsOfEarlierStreamsEndOnlyWhenSettled() {
    unstable.changed(1, 1, 5);
    unstable.startStream();
    unstable.changed(2, 2, 1);
    unstable.flushed(1);
    unstable.stable(1);

    assertThat(unstable.all())
        .as("sequence 1 of the new stream says nothing of 5 of the old one")
        .isEqualTo(BlockSet.of(1, 100));

    unstable.settled();
    assertThat(unstable.all().isEmpty()).isTrue();
  }
}
