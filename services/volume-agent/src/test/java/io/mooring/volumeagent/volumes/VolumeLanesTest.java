package io.mooring.volumeagent.volumes;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class VolumeLanesTest {

  private static final Duration LIMIT = Duration.ofSeconds(20);

  private final VolumeLanes lanes = new VolumeLanes("test", 2);

  @AfterEach
  void close() {
    lanes.close();
  }

  @Test
  void workOnOneVolumeIsDoneInItsOrder() throws InterruptedException {
    List<Integer> done = new CopyOnWriteArrayList<>();
    IntStream.range(0, 100).forEach(i -> lanes.submit("v1", () -> done.add(i)));

    assertThat(lanes.awaitIdle("v1", LIMIT)).isTrue();
    assertThat(done).containsExactlyElementsOf(IntStream.range(0, 100).boxed().toList());
  }

  @Test
  void oneVolumeDoesNotHoldUpAnother() throws InterruptedException {
    CountDownLatch blocked = new CountDownLatch(1);
    lanes.submit("v1", () -> awaitQuietly(blocked));

    assertThat(lanes.awaitIdle("v2", LIMIT)).isTrue();
    assertThat(lanes.awaitIdle("v1", Duration.ofMillis(20))).isFalse();
    blocked.countDown();
    assertThat(lanes.awaitIdle("v1", LIMIT)).isTrue();
  }

  @Test
  void workThatMeetsABugDoesNotEndTheLane() throws InterruptedException {
    lanes.submit(
        "v1",
        () -> {
          throw new IllegalStateException("bug");
        });

    assertThat(lanes.awaitIdle("v1", LIMIT)).isTrue();
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
