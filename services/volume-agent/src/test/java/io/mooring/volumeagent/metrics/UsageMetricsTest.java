package io.mooring.volumeagent.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.mooring.schemas.FileSystem;
import io.mooring.schemas.IoProfile;
import io.mooring.schemas.PoolPriority;
import io.mooring.schemas.VolumePhase;
import io.mooring.schemas.VolumeSpec;
import io.mooring.schemas.VolumeState;
import io.mooring.schemas.VolumeUsage;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class UsageMetricsTest {

  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final Map<String, VolumeUsage> measured = new HashMap<>();
  private final Map<String, VolumeState> described = new HashMap<>();
  private final UsageMetrics metrics =
      new UsageMetrics(
          registry,
          new UsageMetrics.Node(
              "n1",
              volume -> Optional.ofNullable(measured.get(volume)),
              volume -> Optional.ofNullable(described.get(volume)),
              Duration.ofSeconds(10),
              Clock.fixed(NOW, ZoneOffset.UTC)));

  @Test
  void aVolumeHasTheNamesAndLabelsThatPxMetricsHave() {
    described.put("v1", state("v1"));
    measured.put("v1", new VolumeUsage("v1", "n1", NOW, 400L, 390L, 300L, 10L, 1L, -1L));
    metrics.follow(List.of("v1"));

    assertThat(value("px.volume.usage")).isEqualTo(300);
    assertThat(value("px.volume.capacity")).isEqualTo(400);
    assertThat(value("px.volume.fs.capacity")).isEqualTo(390);
    Meter.Id id = registry.get("px.volume.usage").meter().getId();
    assertThat(id.getBaseUnit()).isEqualTo("bytes");
    assertThat(id.getTag("volumeid")).isEqualTo("v1");
    assertThat(id.getTag("volumename")).isEqualTo("pvc-1");
    assertThat(id.getTag("pvc")).isEqualTo("data-kafka-0");
    assertThat(id.getTag("namespace")).isEqualTo("kafka");
  }

  @Test
  void whatWasMeasuredTooLongAgoOrNotAtAllHasNoValue() {
    measured.put(
        "v1", new VolumeUsage("v1", "n1", NOW.minusSeconds(11), 400L, 390L, 300L, 10L, 1L, -1L));
    metrics.follow(List.of("v1"));
    assertThat(value("px.volume.usage")).isNaN();

    measured.put("v1", new VolumeUsage("v1", "n1", NOW, 400L, -1L, -1L, -1L, -1L, -1L));
    assertThat(value("px.volume.usage")).isNaN();
    assertThat(value("px.volume.capacity")).isEqualTo(400);
  }

  @Test
  void theMetersComeAndGoWithTheVolumeAndFollowItsName() {
    metrics.follow(List.of("v1"));
    assertThat(registry.get("px.volume.usage").meter().getId().getTag("volumename")).isEmpty();
    described.put("v1", state("v1"));
    metrics.follow(List.of("v1"));
    assertThat(registry.find("px.volume.usage").meters()).hasSize(1);
    assertThat(registry.get("px.volume.usage").meter().getId().getTag("volumename"))
        .isEqualTo("pvc-1");
    metrics.follow(List.of());
    assertThat(registry.getMeters()).isEmpty();
  }

  private double value(String name) {
    return registry.get(name).gauge().value();
  }

  private static VolumeState state(String id) {
    return VolumeState.newBuilder()
        .setVolumeId(id)
        .setName("pvc-1")
        .setSizeBytes(400)
        .setSpec(
            VolumeSpec.newBuilder()
                .setRepl(1)
                .setPriorityIo(PoolPriority.LOW)
                .setIoProfile(IoProfile.NONE)
                .setFs(FileSystem.EXT4)
                .setLabels(
                    Map.of(
                        "csi.storage.k8s.io/pvc/name", "data-kafka-0",
                        "csi.storage.k8s.io/pvc/namespace", "kafka"))
                .build())
        .setEpoch(1)
        .setGeneration(1)
        .setPhase(VolumePhase.PUBLISHED)
        .setHolder("n1")
        .setReplicas(List.of())
        .setUpdatedAt(NOW)
        .build();
  }
}
