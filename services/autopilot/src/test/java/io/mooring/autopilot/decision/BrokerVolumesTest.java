package io.mooring.autopilot.decision;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.autopilot.decision.BrokerVolumes.Broker;
import io.mooring.autopilot.decision.BrokerVolumes.LogDirectory;
import io.mooring.autopilot.decision.BrokerVolumes.Pod;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** On which volumes the log directories of brokers are. */
class BrokerVolumesTest {

  private static final Instant START = FilledVolume.START;
  private static final long SIZE = 1000;

  private final BrokerVolumes brokers = new BrokerVolumes();

  @Test
  void theClaimOfABrokersPodHasItsCeiling() {
    brokers.told(broker("prod", "kafka-0", "orders/0", directory("/data", SIZE)));

    assertThat(ceiling("prod", "data-kafka-0", SIZE)).isNotNull();
    assertThat(ceiling("test", "data-kafka-0", SIZE)).as("another namespace").isNull();
    assertThat(ceiling("prod", "data-kafka-1", SIZE)).as("another pod").isNull();
    assertThat(ceiling("prod", "kafka-0", SIZE)).as("no template").isNull();
    assertThat(ceiling("prod", "data-kafka-0", SIZE - 1)).as("another file system").isNull();
    assertThat(ceiling("", "", SIZE)).as("no claim").isNull();
  }

  @Test
  void theClaimThatKubernetesNamesCountsBeforeTheOneOfTheProvisioner() {
    brokers.told(broker("prod", "kafka-0", "orders/0", directory("/data", SIZE)));
    WatchedVolume other = volume("test", "data-other-0", SIZE);
    Claim claim = new Claim("prod", "data-kafka-0", Map.of(), Map.of());

    assertThat(brokers.ceilingOf(other.withClaim(claim), sample(SIZE, START))).isNotNull();
  }

  @Test
  void theLongestNameOfAPodFits() {
    brokers.told(broker("prod", "kafka-0", "a/0", directory("/a", SIZE)));
    brokers.told(broker("prod", "my-kafka-0", "b/0", directory("/b", SIZE)));

    assertThat(ceiling("prod", "data-my-kafka-0", SIZE)).isEqualTo(ceilingAt("/b"));
    assertThat(ceiling("prod", "data-kafka-0", SIZE)).isEqualTo(ceilingAt("/a"));
  }

  @Test
  void ofSeveralDirectoriesThatOneCountsWhosePathHasTheTemplate() {
    brokers.told(
        broker(
            "prod",
            "my-kafka-0",
            "orders/0",
            directory("/var/lib/kafka/data-0/kafka-log0", SIZE),
            directory("/var/lib/kafka/data-1/kafka-log0", SIZE)));

    assertThat(ceiling("prod", "data-1-my-kafka-0", SIZE))
        .isEqualTo(ceilingAt("/var/lib/kafka/data-1/kafka-log0"));
    assertThat(ceiling("prod", "logs-my-kafka-0", SIZE)).isNull();
  }

  @Test
  void twoBrokersThatAreSaidToBeOnePodCountForNothing() {
    brokers.told(broker("prod", "kafka-0", "orders/0", directory("/data", SIZE)));
    brokers.told(broker("prod", "kafka-0", "payments/0", directory("/data", SIZE)));
    assertThat(ceiling("prod", "data-kafka-0", SIZE)).isNull();
  }

  @Test
  void aVolumeThatHasGrownSinceTheBrokerWasAskedKeepsItsCeiling() {
    brokers.told(broker("prod", "kafka-0", "orders/0", directory("/data", SIZE)));
    WatchedVolume measured =
        volume("prod", "data-kafka-0", SIZE).measured(sample(SIZE, START.minusSeconds(10)));
    UsageSample grown = sample(2 * SIZE, START.plusSeconds(10));

    assertThat(brokers.ceilingOf(measured, grown)).isNotNull();
    WatchedVolume before = measured.measured(sample(2 * SIZE, START.minusSeconds(5)));
    assertThat(brokers.ceilingOf(before, grown)).as("it had grown before").isNull();
  }

  @Test
  void aBrokerThatIsNotHeardOfAnyMoreIsForgotten() {
    brokers.told(broker("prod", "kafka-0", "orders/0", directory("/data", SIZE)));
    Instant later = START.plusSeconds(3601);
    brokers.told(new Broker(new Pod("prod", "kafka-1"), "orders/1", later, List.of()));
    assertThat(ceiling("prod", "data-kafka-0", SIZE)).isNull();
  }

  @Test
  void aBrokerWhosePodIsNotKnownIsNobodys() {
    brokers.told(broker("prod", "", "orders/0", directory("/data", SIZE)));
    brokers.told(broker("", "kafka-0", "orders/0", directory("/data", SIZE)));
    assertThat(ceiling("prod", "data-", SIZE)).isNull();
    assertThat(ceiling("", "data-kafka-0", SIZE)).isNull();
  }

  private @Nullable RetentionCeiling ceiling(String namespace, String claim, long fsSize) {
    return brokers.ceilingOf(volume(namespace, claim, SIZE), sample(fsSize, START));
  }

  private static WatchedVolume volume(String namespace, String claim, long size) {
    return WatchedVolume.unmeasured(
        new VolumeFacts(
            "v1",
            "pvc-1",
            size,
            Map.of(
                "csi.storage.k8s.io/pvc/namespace", namespace,
                "csi.storage.k8s.io/pvc/name", claim)));
  }

  private static UsageSample sample(long fsSize, Instant at) {
    return new UsageSample(at, fsSize, fsSize, 10, 9, 1, -1);
  }

  private static Broker broker(
      String namespace, String pod, String name, LogDirectory... directories) {
    return new Broker(new Pod(namespace, pod), name, START, List.of(directories));
  }

  private static LogDirectory directory(String path, long fsSize) {
    return new LogDirectory(path, fsSize, ceilingAt(path));
  }

  /** Told apart by their other bytes. */
  private static RetentionCeiling ceilingAt(String path) {
    return new RetentionCeiling(START, path.hashCode(), 1, List.of());
  }
}
