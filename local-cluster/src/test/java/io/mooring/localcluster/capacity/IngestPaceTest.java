package io.mooring.localcluster.capacity;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.localcluster.DiskUse;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class IngestPaceTest {

  private static final long MIB = 1 << 20;
  private static final long VOLUME = 400 * MIB;
  private static final long FILE_SYSTEM = 336 * MIB;

  private final IngestPace pace = new IngestPace(12 * MIB, Duration.ofSeconds(6));

  @Test
  void farFromTheThresholdItIsFast() {
    assertThat(at(300)).isEqualTo(12 * MIB);
  }

  @Test
  void nearTheThresholdTheRoomAboveItLasts() {
    double speed = at(310);

    assertThat(speed * 6).isPositive().isLessThan((336 - 320) * MIB);
  }

  @Test
  void afterTheResizeItIsFastAgain() {
    assertThat(pace.bytesPerSecond(800 * MIB, new DiskUse(736 * MIB, 330 * MIB)))
        .isEqualTo(12 * MIB);
  }

  @Test
  void anAlmostFullFileSystemGetsNothing() {
    assertThat(at(333)).isZero();
    assertThat(
            IngestPace.heedless(5 * MIB)
                .bytesPerSecond(VOLUME, new DiskUse(FILE_SYSTEM, 333 * MIB)))
        .isZero();
  }

  @Test
  void aHeedlessPaceDoesNotSlowDown() {
    assertThat(
            IngestPace.heedless(5 * MIB)
                .bytesPerSecond(VOLUME, new DiskUse(FILE_SYSTEM, 325 * MIB)))
        .isEqualTo(5 * MIB);
  }

  private double at(long usedMib) {
    return pace.bytesPerSecond(VOLUME, new DiskUse(FILE_SYSTEM, usedMib * MIB));
  }
}
