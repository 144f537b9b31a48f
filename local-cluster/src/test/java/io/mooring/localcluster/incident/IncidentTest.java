package io.mooring.localcluster.incident;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.mooring.localcluster.event.ClusterEvent;
import io.mooring.localcluster.orchestrator.PodIdentity;
import io.mooring.localcluster.orchestrator.PodStatus;
import io.mooring.localcluster.orchestrator.PodStep;
import io.mooring.localcluster.report.Step;
import io.mooring.schemas.ControlTopic;
import io.mooring.schemas.EventHeaders;
import io.mooring.schemas.NodeDown;
import io.mooring.schemas.NodeEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class IncidentTest {

  private static final Instant DEATH = Instant.parse("2026-01-01T00:00:00Z");
  private static final Subject SUBJECT = new Subject("n1", "kafka-broker-0", "vol-1", 0);

  @Test
  void milestonesAreCountedFromTheDeathOfTheNode() {
    Incident incident =
        Incident.of(
            SUBJECT,
            DEATH,
            List.of(nodeDown("n1", 1200), pod("kafka-broker-0", PodStep.SCHEDULED, 1500)));

    assertThat(incident.millisTo(Milestone.JUDGED_DEAD)).isEqualTo(OptionalDouble.of(1200));
    assertThat(incident.steps())
        .extracting(Step::name, Step::fromMs, Step::toMs)
        .containsExactly(
            tuple(Milestone.JUDGED_DEAD.title(), 0.0, 1200.0),
            tuple(Milestone.SCHEDULED.title(), 1200.0, 1500.0));
    assertThat(incident.missing()).contains(Milestone.SERVING).doesNotContain(Milestone.SCHEDULED);
    assertThat(incident.correlationIds()).hasSize(1);
  }

  @Test
  void eventsBeforeTheDeathAndOfOthersDoNotCount() {
    Incident incident =
        Incident.of(
            SUBJECT,
            DEATH,
            List.of(
                nodeDown("n1", -5000),
                nodeDown("n2", 100),
                pod("kafka-broker-1", PodStep.SCHEDULED, 100)));

    assertThat(incident.missing()).containsExactly(Milestone.values());
  }

  @Test
  void firstEventOfAKindCounts() {
    Incident incident =
        Incident.of(SUBJECT, DEATH, List.of(nodeDown("n1", 900), nodeDown("n1", 9000)));

    assertThat(incident.millisTo(Milestone.JUDGED_DEAD)).isEqualTo(OptionalDouble.of(900));
  }

  @Test
  void recorderFindsPastEventsAndGivesUpInTime() throws InterruptedException {
    EventRecorder recorder = new EventRecorder();
    recorder.accept(nodeDown("n1", 1));

    assertThat(recorder.await(ClusterEvent.Record.class::isInstance, Duration.ZERO)).isPresent();
    assertThat(recorder.await(ClusterEvent.Pod.class::isInstance, Duration.ofMillis(5))).isEmpty();
  }

  private static ClusterEvent nodeDown(String node, long afterMs) {
    Instant at = DEATH.plusMillis(afterMs);
    NodeEvent event =
        NodeEvent.newBuilder()
            .setNodeId(node)
            .setIncarnation("i")
            .setAt(at)
            .setDetail(new NodeDown(9.0, 1000L, "peers", List.of()))
            .build();
    return new ClusterEvent.Record(
        at,
        ControlTopic.NODE_EVENTS,
        node,
        Optional.of(EventHeaders.root("io.mooring.NodeDown", "/mooring/test/1", node)),
        Optional.of(event));
  }

  private static ClusterEvent pod(String name, PodStep step, long afterMs) {
    int dash = name.lastIndexOf('-');
    PodIdentity identity =
        new PodIdentity(name.substring(0, dash), Integer.parseInt(name.substring(dash + 1)));
    return new ClusterEvent.Pod(
        DEATH.plusMillis(afterMs), new PodStatus(identity, "n2", step, 0, ""));
  }
}
