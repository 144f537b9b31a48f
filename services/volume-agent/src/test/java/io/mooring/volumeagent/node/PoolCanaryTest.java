package io.mooring.volumeagent.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mooring.schemas.PoolPriority;
import io.mooring.volumeagent.config.PoolSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PoolCanaryTest {

  private static final Duration LIMIT = Duration.ofSeconds(2);

  @TempDir Path directory;

  private final AtomicLong now = new AtomicLong();

  @Test
  void aPoolThatTakesTestWritesIsHealthyAndMeasured() {
    try (var canary = PoolCanary.start(pool(Optional.of(1L << 20)), Duration.ofMillis(20), LIMIT)) {
      await().untilAsserted(() -> assertThat(canary.health().getCanaryMicros()).isPositive());

      assertThat(canary.health().getHealthy()).isTrue();
      assertThat(canary.space()).isEqualTo(new PoolSpace(1L << 20, 1L << 20));
      assertThat(directory.resolve(PoolCanary.FILE_NAME)).hasSize(4096);
    }
  }

  @Test
  void whatReplicasTakeIsNotFree() {
    PoolCanary canary =
        new PoolCanary(pool(Optional.of(1L << 20)), LIMIT, now::get, () -> now.addAndGet(1));
    canary.measureUseBy(() -> 256L << 10);
    canary.round();
    assertThat(canary.space()).isEqualTo(new PoolSpace(1L << 20, 768L << 10));

    canary.measureUseBy(() -> 2L << 20);
    canary.round();
    assertThat(canary.space()).isEqualTo(new PoolSpace(1L << 20, 0));
  }

  @Test
  void aFailedTestWriteMakesThePoolSickUntilOneSucceeds() {
    boolean[] broken = {true};
    PoolCanary canary =
        canary(() -> {
          if (broken[0]) {
            throw new IOException("Input/output error");
          }
        });

    canary.round();
    assertThat(canary.health().getHealthy()).isFalse();
    assertThat(canary.health().getError()).contains("Input/output error");

    broken[0] = false;
    canary.round();
    assertThat(canary.health().getHealthy()).isTrue();
    assertThat(canary.health().getError()).isNull();
  }

  @Test
  void aTestWriteThatHangsIsReportedWhileItHangs() throws InterruptedException {
    var entered = new CountDownLatch(1);
    var release = new CountDownLatch(1);
    PoolCanary canary =
        canary(() -> {
          entered.countDown();
          awaitUninterruptibly(release);
        });
    Thread round = Thread.ofPlatform().start(canary::round);
    entered.await();

    now.set(LIMIT.toNanos());
    assertThat(canary.health().getHealthy()).isTrue();
    now.set(LIMIT.plusMillis(1).toNanos());
    assertThat(canary.health().getHealthy()).isFalse();
    assertThat(canary.health().getCanaryMicros()).isEqualTo(2_001_000);
    assertThat(canary.health().getError()).contains("hangs for 2001 ms");

    release.countDown();
    round.join();
    assertThat(canary.health().getHealthy()).isFalse();
    assertThat(canary.health().getError()).contains("took 2001 ms");
  }

  @Test
  void aPoolWhoseDirectoryVanishedIsSick() {
    var gone =
        new PoolSettings(
            "p1",
            directory.resolve("gone"),
            PoolPriority.LOW,
            Optional.empty(),
            Optional.empty(),
            Map.of());
    try (var canary = PoolCanary.start(gone, Duration.ofMillis(20), LIMIT)) {
      await().untilAsserted(() -> assertThat(canary.health().getHealthy()).isFalse());
      assertThat(canary.space()).isEqualTo(PoolSpace.UNKNOWN);
    }
  }

  private PoolCanary canary(PoolCanary.TestWrite testWrite) {
    return new PoolCanary(pool(Optional.empty()), LIMIT, now::get, testWrite);
  }

  private PoolSettings pool(Optional<Long> capacity) {
    return new PoolSettings(
        "p1", directory, PoolPriority.HIGH, capacity, Optional.empty(), Map.of());
  }

  private static void awaitUninterruptibly(CountDownLatch latch) throws IOException {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }
}
