package io.mooring.failoverdetector.brokers;

import static io.mooring.failoverdetector.brokers.ClusterReading.Partition.NO_LEADER;
import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.failoverdetector.brokers.ClusterReading.Endpoint;
import io.mooring.failoverdetector.brokers.ClusterReading.Incarnation;
import io.mooring.failoverdetector.brokers.ClusterReading.Partition;
import io.mooring.failoverdetector.brokers.NodeIncidents.NodeIncident;
import io.mooring.failoverdetector.liveness.Trace;
import io.mooring.schemas.BrokerServing;
import io.mooring.schemas.IsrRestored;
import io.mooring.schemas.LeadersMoved;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class ClusterWatchTest {

  private static final Partition P0_LED_BY_1 = new Partition("t-0", 1, Set.of(1, 2), Set.of(1, 2));
  private static final Partition P0_LED_BY_2 = new Partition("t-0", 2, Set.of(1, 2), Set.of(2));
  private static final Partition P0_WHOLE = new Partition("t-0", 2, Set.of(1, 2), Set.of(1, 2));
  private static final Partition P0_ORPHANED =
      new Partition("t-0", NO_LEADER, Set.of(1, 2), Set.of(1));

  private final Supplier<UUID> ids =
      new Supplier<>() {
        private long next;

        @Override
        public UUID get() {
          return new UUID(0, ++next);
        }
      };

  private final List<BrokerJudgement> judgements = new ArrayList<>();
  private ClusterWatch watch = new ClusterWatch(RememberedCluster.unread("orders", "b:9092"), ids);
  private NodeIncidents incidents = NodeIncidents.NONE;
  private Map<Integer, Incarnation> incarnations = Map.of();
  private long nowMs = 1_000;

  @Test
  void aBrokerServesOnceItAnswers() {
    read(Map.of(1, at("h1")), Set.of(), P0_LED_BY_1);
    assertThat(decided()).isEmpty();

    read(Map.of(1, at("h1")), Set.of(1), P0_LED_BY_1);
    read(Map.of(1, at("h1")), Set.of(1), P0_LED_BY_1);

    assertThat(decided()).containsExactly("orders/1 BrokerServing");
  }

  @Test
  void anIncidentIsFollowedOnBothClocks() {
    bothServe();
    onlyBroker2(P0_LED_BY_1);
    onlyBroker2(P0_ORPHANED);
    onlyBroker2(P0_LED_BY_2);
    read(Map.of(1, at("h9"), 2, at("h2")), Set.of(1, 2), P0_LED_BY_2);
    read(Map.of(1, at("h9"), 2, at("h2")), Set.of(1, 2), P0_WHOLE);

    assertThat(decided())
        .containsExactly(
            "orders/1 BrokerDown",
            "orders/1 LeadersMoved",
            "orders/1 BrokerServing",
            "orders/-1 IsrRestored");
    assertThat(detail(LeadersMoved.class)).isEqualTo(new LeadersMoved(1, 200L));
    assertThat(detail(BrokerServing.class)).isEqualTo(new BrokerServing("h9", 9092, 300L));
    assertThat(detail(IsrRestored.class)).isEqualTo(new IsrRestored(1, 400L));
    assertThat(judgements)
        .extracting(judgement -> judgement.trace().correlationId())
        .containsOnly(judgements.getFirst().trace().correlationId());
  }

  @Test
  void leadershipsThatMovedBeforeTheBrokerVanishedFromTheReadingAreCounted() {
    bothServe();

    onlyBroker2(P0_LED_BY_2);

    assertThat(decided()).containsExactly("orders/1 BrokerDown", "orders/1 LeadersMoved");
  }

  @Test
  void aFullInSyncSetFromBeforeTheLossRestoresNothing() {
    bothServe();

    onlyBroker2(P0_LED_BY_1);
    onlyBroker2(P0_WHOLE);

    assertThat(decided()).doesNotContain("orders/-1 IsrRestored");
  }

  @Test
  void theLossBelongsToTheNodeDownOfItsHost() {
    Trace ofH1 = new Trace(UUID.randomUUID(), UUID.randomUUID(), null);
    Trace ofH2 = new Trace(UUID.randomUUID(), UUID.randomUUID(), null);
    bothServe();
    incidents =
        new NodeIncidents(List.of(new NodeIncident("h2", ofH2), new NodeIncident("h1", ofH1)));

    onlyBroker2(P0_LED_BY_2);

    Trace down = judgements.getFirst().trace();
    assertThat(down.correlationId()).isEqualTo(ofH1.correlationId());
    assertThat(down.causationId()).isEqualTo(ofH1.eventId());
  }

  @Test
  void aPodWithAnAddressOfItsOwnBelongsToTheOnlyNodeThatIsDown() {
    Trace ofNode = new Trace(UUID.randomUUID(), UUID.randomUUID(), null);
    bothServe();
    incidents = new NodeIncidents(List.of(new NodeIncident("10.0.0.7", ofNode)));

    onlyBroker2(P0_LED_BY_2);

    assertThat(judgements.getFirst().trace().correlationId()).isEqualTo(ofNode.correlationId());
  }

  @Test
  void aRestartedDetectorFollowsTheIncidentToItsEnd() {
    bothServe();
    onlyBroker2(P0_ORPHANED);
    watch = new ClusterWatch(watch.remember(), ids);

    onlyBroker2(P0_LED_BY_2);
    read(Map.of(1, at("h1"), 2, at("h2")), Set.of(1, 2), P0_WHOLE);

    assertThat(decided())
        .containsExactly(
            "orders/1 BrokerDown",
            "orders/1 LeadersMoved",
            "orders/1 BrokerServing",
            "orders/-1 IsrRestored");
  }

  @Test
  void deletedPartitionsNeedNoLeader() {
    bothServe();
    onlyBroker2(P0_ORPHANED);

    read(Map.of(2, at("h2")), Set.of(2));

    assertThat(decided()).contains("orders/1 LeadersMoved");
  }

  @Test
  void aBrokerThatWasReplacedWhileKafkaDidNotNoticeWasDown() {
    UUID observation = UUID.randomUUID();
    incarnations = Map.of(1, new Incarnation(observation, 0));
    bothServe();

    incarnations = Map.of(1, new Incarnation(observation, 1));
    read(Map.of(1, at("h1"), 2, at("h2")), Set.of(2), P0_LED_BY_1);
    assertThat(decided()).containsExactly("orders/1 BrokerDown");
    read(Map.of(1, at("h1"), 2, at("h2")), Set.of(1, 2), P0_LED_BY_1);
    read(Map.of(1, at("h1"), 2, at("h2")), Set.of(1, 2), P0_WHOLE);

    assertThat(decided())
        .containsExactly(
            "orders/1 BrokerDown",
            "orders/1 LeadersMoved",
            "orders/1 BrokerServing",
            "orders/-1 IsrRestored");
  }

  @Test
  void aReplacementOfWhichTheReadingWasLostIsStillTold() {
    UUID observation = UUID.randomUUID();
    incarnations = Map.of(1, new Incarnation(observation, 0));
    bothServe();

    incarnations = Map.of(1, new Incarnation(observation, 2));
    read(Map.of(1, at("h1"), 2, at("h2")), Set.of(1, 2), P0_LED_BY_2);

    assertThat(decided())
        .containsExactly("orders/1 BrokerDown", "orders/1 LeadersMoved", "orders/1 BrokerServing");
  }

  @Test
  void anObservationThatBeginsAnewSaysNothingOfBefore() {
    incarnations = Map.of(1, new Incarnation(UUID.randomUUID(), 0));
    bothServe();

    incarnations = Map.of(1, new Incarnation(UUID.randomUUID(), 5));
    read(Map.of(1, at("h1"), 2, at("h2")), Set.of(1, 2), P0_LED_BY_1);

    assertThat(decided()).isEmpty();
  }

  private void bothServe() {
    read(Map.of(1, at("h1"), 2, at("h2")), Set.of(1, 2), P0_LED_BY_1);
    judgements.clear();
  }

  private void onlyBroker2(Partition partition) {
    read(Map.of(2, at("h2")), Set.of(2), partition);
  }

  private void read(
      Map<Integer, Endpoint> brokers, Set<Integer> answering, Partition... partitions) {
    nowMs += 100;
    judgements.addAll(
        watch.onReading(
            new ClusterReading(
                List.of(partitions), new HashMap<>(brokers), answering, incarnations),
            incidents,
            nowMs));
  }

  private static Endpoint at(String host) {
    return new Endpoint(host, 9092, host);
  }

  private List<String> decided() {
    return judgements.stream()
        .map(judgement ->
            judgement.key() + " " + judgement.event().getDetail().getClass().getSimpleName())
        .toList();
  }

  private <T> T detail(Class<T> type) {
    return judgements.stream()
        .map(judgement -> judgement.event().getDetail())
        .filter(type::isInstance)
        .map(type::cast)
        .findFirst()
        .orElseThrow();
  }
}
