package io.mooring.storage.replication;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class BlockSetTest {
  private static final int FAR = BlockSet.PAGE_BITS * 3 + 5;

  @Test
  void rangesCrossWordsAndPages() {
    BlockSet set = new BlockSet();

    set.addAll(60, 130);
    set.addAll(BlockSet.PAGE_BITS - 1, BlockSet.PAGE_BITS + 1);

    assertThat(set).hasToString("{60-130, 32767-32769}");
    assertThat(set.size()).isEqualTo(74);
    assertThat(set.containsAny(131, BlockSet.PAGE_BITS - 2)).isFalse();
    assertThat(set.containsAny(0, 60)).isTrue();
  }

  @Test
  void untouchedPagesAreEmpty() {
    BlockSet set = BlockSet.of(FAR);

    assertThat(set.next(0)).isEqualTo(FAR);
    assertThat(set.next(FAR + 1)).isEqualTo(-1);
    assertThat(set.contains(FAR + BlockSet.PAGE_BITS)).isFalse();
    assertThat(set.pages()).extracting(BlockSet.Page::index).containsExactly(3);
  }

  @Test
  void pagesCarryASetToAnotherPlace() {
    BlockSet set = BlockSet.of(1, 64, FAR);
    BlockSet copy = new BlockSet();

    set.pages().forEach(copy::addPage);

    assertThat(copy).isEqualTo(set).hasSameHashCodeAs(set);
  }

  @Test
  void behavesLikeABitSet() {
    SplittableRandom random = new SplittableRandom(7);
    BlockSet set = new BlockSet();
    BitSet model = new BitSet();
    for (int step = 0; step < 20_000; step++) {
      int number = random.nextInt(BlockSet.PAGE_BITS * 2);
      int last = number + random.nextInt(200);
      switch (random.nextInt(4)) {
        case 0 -> {
          set.addAll(number, last);
          model.set(number, last + 1);
        }
        case 1 -> {
          set.remove(number);
          model.clear(number);
        }
        case 2 -> {
          set.add(number);
          model.set(number);
        }
        default -> assertThat(set.next(number)).isEqualTo(model.nextSetBit(number));
      }
    }

    List<Integer> numbers = new ArrayList<>();
    set.forEach(numbers::add);
    assertThat(numbers).isEqualTo(model.stream().boxed().toList());
    assertThat(set.size()).isEqualTo(model.cardinality());
  }

  @Test
  void setsAddAndSubtract() {
    BlockSet set = BlockSet.of(1, 2, FAR);

    set.addAll(BlockSet.of(3));
    set.removeAll(BlockSet.of(2, FAR, FAR + BlockSet.PAGE_BITS));

    assertThat(set).isEqualTo(BlockSet.of(1, 3)).isNotEqualTo(BlockSet.of(1));
    assertThat(set.within(2, 9)).isEqualTo(BlockSet.of(3));
    set.clear();
    assertThat(set.isEmpty()).isTrue();
  }
}
