package io.mooring.autopilot.decision;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.autopilot.rule.AutopilotRule;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Selection by the labels that Kubernetes has. */
class ClaimedVolumeTest {

  private static final String OF_NAMESPACE =
      """
      namespaceSelector:
        matchLabels:
          team: streaming
      """;

  private final VolumeWatch watch = new VolumeWatch(Duration.ofSeconds(30));

  @Test
  void theLabelsOfTheClaimCountBeforeThoseOfTheVolume() {
    WatchedVolume volume = volume(Map.of("app", "other", "tier", "gold"));
    AutopilotRule rule = Rules.read(Rules.paper("1T", ""));
    assertThat(volume.isSelectedBy(rule)).isFalse();

    volume = watch.claimed(volume, claim(Map.of("app", "kafka"), Map.of()));
    assertThat(volume.isSelectedBy(rule)).isTrue();
    volume = watch.claimed(volume, claim(Map.of(), Map.of()));
    assertThat(volume.isSelectedBy(rule)).isFalse();
  }

  @Test
  void withoutAClaimTheParametersOfTheStorageClassCount() {
    WatchedVolume volume = volume(Map.of("app", "kafka"));
    AutopilotRule rule = Rules.read(Rules.paper("1T", ""));
    assertThat(volume.isSelectedBy(rule)).isTrue();
    volume = watch.claimed(volume, claim(Map.of(), Map.of()));
    assertThat(volume.isSelectedBy(rule)).isTrue();
    assertThat(watch.claimed(volume, null).isSelectedBy(rule)).isTrue();
  }

  @Test
  void namespacesAreSelectedByTheirLabels() {
    AutopilotRule rule = Rules.read(Rules.paper("1T", OF_NAMESPACE));
    WatchedVolume volume = volume(Map.of("app", "kafka"));
    assertThat(volume.isSelectedBy(rule)).isFalse();
    volume = watch.claimed(volume, claim(Map.of(), Map.of("team", "streaming")));
    assertThat(volume.isSelectedBy(rule)).isTrue();
    assertThat(watch.claimed(volume, null).isSelectedBy(rule)).isFalse();
  }

  @Test
  void aNamespaceAlwaysHasItsNameAsALabel() {
    AutopilotRule rule =
        Rules.read(
            Rules.paper("1T", OF_NAMESPACE.replace("team: streaming", NAME + ": kafka-prod")));
    WatchedVolume volume = volume(Map.of("app", "kafka"));
    assertThat(watch.claimed(volume, claim(Map.of(), Map.of())).isSelectedBy(rule)).isTrue();
  }

  private static final String NAME = "kubernetes.io/metadata.name";

  private WatchedVolume volume(Map<String, String> labels) {
    return watch.described(null, new VolumeFacts("v1", "pvc-1", 1, labels));
  }

  private static Claim claim(Map<String, String> labels, Map<String, String> namespaceLabels) {
    return new Claim("kafka-prod", "data-kafka-0", labels, namespaceLabels);
  }
}
