package io.mooring.autopilot.prometheus;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.autopilot.decision.Answer;
import io.mooring.autopilot.decision.Claim;
import io.mooring.autopilot.decision.VolumeFacts;
import io.mooring.autopilot.decision.VolumeWatch;
import io.mooring.autopilot.decision.WatchedVolume;
import io.mooring.autopilot.prometheus.ServerAnswer.Element;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AnswerJoinTest {

  private static final Instant AT = Instant.parse("2026-01-01T00:00:00Z");
  private static final VolumeWatch WATCH = new VolumeWatch(Duration.ofSeconds(30));

  private final AnswerJoin join =
      new AnswerJoin(
          List.of(
              volume("v1", "pvc-1", "data-0"),
              WATCH.claimed(
                  volume("v2", "pvc-2", ""), new Claim("kafka", "data-1", Map.of(), Map.of()))),
          List.of());
  private final AnswerJoin pools =
      new AnswerJoin(
          List.of(pool("n1", "fast"), pool("n2", "fast"), pool("n3", "slow")),
          List.of(
              pool("n1", "fast"),
              pool("n1", "slow"),
              pool("n2", "fast"),
              pool("n3", "slow"),
              pool("n4", "spare")));

  private static WatchedVolume pool(String node, String pool) {
    String id = node + "/" + pool;
    return WATCH.described(
        null, new VolumeFacts(id, id, 0, Map.of("node", node, "pool", pool, "priority", "high")));
  }

  private static WatchedVolume volume(String id, String name, String claim) {
    Map<String, String> labels =
        Map.of("csi.storage.k8s.io/pvc/name", claim, "csi.storage.k8s.io/pvc/namespace", "kafka");
    return WATCH.described(null, new VolumeFacts(id, name, 1, labels));
  }

  @Test
  void volumesAreFoundByIdNameOrClaim() {
    assertThat(found(Map.of("volumeid", "v1"))).containsOnlyKeys("v1");
    assertThat(found(Map.of("volumename", "pvc-2"))).containsOnlyKeys("v2");
    assertThat(found(Map.of("pvc", "data-0", "namespace", "kafka"))).containsOnlyKeys("v1");
    assertThat(found(Map.of("persistentvolumeclaim", "data-1", "namespace", "kafka")))
        .containsOnlyKeys("v2");
  }

  @Test
  void poolsAreFoundByNodeAndPoolAndByOneOfThemIfNoOtherHasIt() {
    assertThat(foundPools(Map.of("node", "n1", "pool", "fast"))).containsOnlyKeys("n1/fast");
    assertThat(foundPools(Map.of("node", "n2"))).containsOnlyKeys("n2/fast");
    assertThat(foundPools(Map.of("node", "n1"))).as("it has two").isEmpty();
    assertThat(foundPools(Map.of("pool", "fast"))).as("two nodes have it").isEmpty();
    assertThat(foundPools(Map.of("pool", "spare"))).as("no rule asks about it").isEmpty();
    assertThat(foundPools(Map.of("node", "n1", "pool", "slow")))
        .as("no rule asks about it")
        .isEmpty();
    assertThat(foundPools(Map.of("node", "n2", "pool", "fast", "volumeid", "v1")))
        .as("it is about a volume")
        .isEmpty();
  }

  @Test
  void aQueryAboutVolumesIsNotAboutPools() {
    assertThat(join.join(List.of(element(Map.of("node", "n1"), "1"))).unjoinable()).isEqualTo(1);
    assertThat(pools.join(List.of(element(Map.of("instance", "a:1"), "1"))).unjoinable())
        .isEqualTo(1);
  }

  @Test
  void anotherVolumeIsNobodys() {
    assertThat(found(Map.of("volumeid", "v3", "volumename", "pvc-1"))).isEmpty();
    assertThat(found(Map.of("pvc", "data-0", "namespace", "other"))).isEmpty();
    assertThat(join.join(List.of(element(Map.of("volumeid", "v3"), "1"))).unjoinable()).isZero();
  }

  @Test
  void whatNamesNoVolumeIsCounted() {
    assertThat(join.join(List.of(element(Map.of(), "1"), element(Map.of("pvc", "a"), "1"))))
        .satisfies(joined -> assertThat(joined.unjoinable()).isEqualTo(2))
        .satisfies(joined -> assertThat(joined.answers()).isEmpty());
  }

  @Test
  void severalValuesForOneVolumeAreNone() {
    AnswerJoin.Joined joined =
        join.join(
            List.of(
                element(Map.of("volumeid", "v1", "node", "a"), "1"),
                element(Map.of("volumeid", "v1", "node", "b"), "2"),
                element(Map.of("volumeid", "v1", "node", "c"), "3"),
                element(Map.of("volumeid", "v2"), "4")));
    assertThat(joined.ambiguous()).containsExactly("v1");
    assertThat(joined.answers()).containsOnlyKeys("v2");
  }

  @Test
  void whatIsNotANumberHasNoValue() {
    for (String value : List.of("NaN", "+Inf", "-Inf")) {
      assertThat(join.join(List.of(element(Map.of("volumeid", "v1"), value))).answers())
          .containsExactly(Map.entry("v1", new Answer(null, AT)));
    }
    assertThat(join.join(List.of(element(Map.of("volumeid", "v1"), "1.5e+12"))).answers())
        .containsExactly(Map.entry("v1", new Answer(new BigDecimal("1.5e+12"), AT)));
  }

  private Map<String, Answer> foundPools(Map<String, String> labels) {
    return pools.join(List.of(element(labels, "1"))).answers();
  }

  private Map<String, Answer> found(Map<String, String> labels) {
    return join.join(List.of(element(labels, "1"))).answers();
  }

  private static Element element(Map<String, String> labels, String value) {
    return new Element(labels, value, AT);
  }
}
