package io.mooring.storage.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SerialExecutorTest {

  @Test
  void tasksOfOneOwnerRunInTheirOrderAlthoughThereAreManyThreads() throws InterruptedException {
    List<Integer> seen = new ArrayList<>(); // never touched by two threads at a time
    int count = 20_000;
    CountDownLatch done = new CountDownLatch(count);
    try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
      SerialExecutor serial = new SerialExecutor(threads);
      for (int i = 0; i < count; i++) {
        int number = i;
        serial.execute(() -> {
          seen.add(number);
          done.countDown();
        });
      }
      assertThat(done.await(20, TimeUnit.SECONDS)).isTrue();
    }
    assertThat(seen).isEqualTo(IntStream.range(0, count).boxed().toList());
  }

  @Test
  void aTaskThatFailsDoesNotTakeTheOthersWithIt() {
    ArrayDeque<Runnable> given = new ArrayDeque<>();
    SerialExecutor serial = new SerialExecutor(given::add);
    List<String> seen = new ArrayList<>();
    serial.execute(() -> {
      throw new IllegalStateException("bug");
    });
    serial.execute(() -> seen.add("next"));

    try {
      given.remove().run();
    } catch (IllegalStateException e) {
      seen.add(e.getMessage());
    }
    given.remove().run();

    assertThat(seen).containsExactly("bug", "next");
  }
}
