package io.mooring.volumemanager.catalogue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mooring.schemas.ControlRebalance;
import io.mooring.schemas.ControlTopic;
import io.mooring.schemas.CreateVolume;
import io.mooring.schemas.DiskSick;
import io.mooring.schemas.EventHeaders;
import io.mooring.schemas.HeadServing;
import io.mooring.schemas.NodeEvent;
import io.mooring.schemas.PoolCommand;
import io.mooring.schemas.PoolCommandAccepted;
import io.mooring.schemas.PoolCommandRejected;
import io.mooring.schemas.PoolEvent;
import io.mooring.schemas.PublishVolume;
import io.mooring.schemas.RebalanceControl;
import io.mooring.schemas.RebalancePhase;
import io.mooring.schemas.RebalanceState;
import io.mooring.schemas.ReplicaCaughtUp;
import io.mooring.schemas.ReplicaMovePhase;
import io.mooring.schemas.ReplicaRemoved;
import io.mooring.schemas.ReplicaRole;
import io.mooring.schemas.StartRebalance;
import io.mooring.schemas.VolumeCommand;
import io.mooring.schemas.VolumeEvent;
import io.mooring.schemas.VolumeReport;
import io.mooring.schemas.VolumeState;
import io.mooring.testsupport.TopologyBed;
import io.mooring.volumemanager.volume.VolumeId;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.streams.TestOutputTopic;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rebalances in the topology without Kafka, with the real serdes. */
class RebalanceTopologyTest {

  private static final String NAME = "data";
  private static final String ID = VolumeId.ofName(NAME).value();
  private static final long SIZE = 64L << 20;

  @TempDir private Path stateDir;

  private TopologyBed bed;
  private TestOutputTopic<String, VolumeState> states;
  private TestOutputTopic<String, VolumeEvent> events;
  private TestOutputTopic<String, PoolEvent> poolEvents;
  private TestOutputTopic<String, RebalanceState> rebalances;

  @BeforeEach
  void start() {
    bed = CatalogueBed.start(stateDir);
    states = bed.output(ControlTopic.VOLUMES, VolumeState.class);
    events = bed.output(ControlTopic.VOLUME_EVENTS, VolumeEvent.class);
    poolEvents = bed.output(ControlTopic.POOL_EVENTS, PoolEvent.class);
    rebalances = bed.output(ControlTopic.POOL_REBALANCES, RebalanceState.class);
    List.of("n1", "n2", "n3")
        .forEach(node -> CatalogueBed.registerNode(bed, node, CatalogueBed.POOL_BYTES));
  }

  @AfterEach
  void stop() {
    bed.close();
  }

  @Test
  void aRebalanceMovesAReplicaExactlyOnceAndEndsWhenTheOldOneIsReleased() {
    CatalogueBed.registerNode(bed, "n1", 1L << 30);
    CatalogueBed.registerNode(bed, "n2", 1L << 27);
    CatalogueBed.registerNode(bed, "n3", 1L << 30);
    command("create", new CreateVolume(NAME, SIZE, Map.of("repl", "1"), "n2", null, ""));
    command("publish", new PublishVolume("n2", "", null, false));
    long generation = states.readValuesToList().getLast().getGeneration();
    report("n2", 1, generation, new HeadServing(5L), null);
    drain();

    EventHeaders start = poolCommand("start", new StartRebalance(5.0, false));
    EventHeaders repeated = poolCommand("start", new StartRebalance(5.0, false));
    EventHeaders joined = poolCommand("other", new StartRebalance(5.0, false));

    awaitWhilePlanning(() -> !states.isEmpty());
    VolumeState joining = states.readValue();
    assertThat(joining.getReplicas())
        .extracting(replica -> replica.getRole())
        .containsExactly(ReplicaRole.IN_SYNC, ReplicaRole.JOINING);
    assertThat(joining.getReplicas().getLast().getReplaces()).isEqualTo("r1");
    assertThat(joining.getCorrelationId()).isEqualTo(start.correlationId().toString());
    assertThat(states.isEmpty()).as("asked for once").isTrue();
    assertThat(poolAnswers())
        .extracting(PoolCommandAccepted::getIdempotencyKey)
        .containsExactly("start", "start", "other");
    assertThat(List.of(repeated, joined)).doesNotContain(start);

    report("n2", 1, joining.getGeneration(), new ReplicaCaughtUp("r2", 1L, 1L, 0L, 0L), null);
    bed.pass(Duration.ofSeconds(1));

    assertThat(states.readValuesToList().getLast().getReplicas())
        .extracting(replica -> replica.getRole())
        .containsExactly(ReplicaRole.LEAVING, ReplicaRole.IN_SYNC);
    report("n2", 1, joining.getGeneration() + 2, new ReplicaRemoved("r1"), null);
    bed.pass(Duration.ofSeconds(1));

    RebalanceState last = rebalances.readValuesToList().getLast();
    assertThat(last.getPhase()).isEqualTo(RebalancePhase.DONE);
    assertThat(last.getCommands()).containsExactly("start", "other");
    assertThat(last.getMoves())
        .singleElement()
        .satisfies(move -> assertThat(move.getPhase()).isEqualTo(ReplicaMovePhase.DONE));
  }

  @Test
  void aTrialMovesNothing() {
    CatalogueBed.registerNode(bed, "n2", 1L << 27);
    command("create", new CreateVolume(NAME, SIZE, Map.of("repl", "1"), "n2", null, ""));
    command("publish", new PublishVolume("n2", "", null, false));
    drain();

    poolCommand("trial", new StartRebalance(5.0, true));

    RebalanceState trial = lastTrial();
    assertThat(trial.getPhase()).isEqualTo(RebalancePhase.DONE);
    assertThat(trial.getMoves())
        .singleElement()
        .satisfies(move -> assertThat(move.getPhase()).isEqualTo(ReplicaMovePhase.PLANNED));
    assertThat(states.isEmpty()).isTrue();
  }

  @Test
  void aPoolThatIsJudgedSickIsNoTarget() {
    CatalogueBed.registerNode(bed, "n1", 1L << 30);
    CatalogueBed.registerNode(bed, "n2", 1L << 27);
    CatalogueBed.registerNode(bed, "n3", 1L << 30);
    nodeEvent("n1", new DiskSick("pool", "EIO", 0L));
    command("create", new CreateVolume(NAME, SIZE, Map.of("repl", "1"), "n2", null, ""));
    command("publish", new PublishVolume("n2", "", null, false));
    drain();

    poolCommand("trial", new StartRebalance(5.0, true));

    assertThat(lastTrial().getMoves())
        .singleElement()
        .satisfies(move -> assertThat(move.getToNodeId()).isEqualTo("n3"));
  }

  @Test
  void whatIsAskedOfPoolsWronglyIsRefused() {
    poolCommand("bad", new StartRebalance(-1.0, false));
    poolCommand("unknown", new ControlRebalance("rb-nowhere", RebalanceControl.PAUSE));

    assertThat(poolEvents.readValuesToList())
        .extracting(event -> ((PoolCommandRejected) event.getDetail()).getCode())
        .containsExactly("POL-001", "POL-002");
  }

  private static VolumeCommand volumeCommand(String key, SpecificRecord detail) {
    return new VolumeCommand(ID, key, null, "test", detail);
  }

  private EventHeaders command(String key, SpecificRecord detail) {
    return bed.pipe(ControlTopic.VOLUME_COMMANDS, ID, volumeCommand(key, detail), null);
  }

  private EventHeaders poolCommand(String key, SpecificRecord detail) {
    return bed.pipe(
        ControlTopic.POOL_COMMANDS,
        "cluster",
        new PoolCommand("cluster", key, null, "test", detail, null),
        null);
  }

  /** Plans are made beside the topology's thread and taken over with the next tick. */
  private void awaitWhilePlanning(BooleanSupplier over) {
    await()
        .until(() -> {
          bed.pass(Duration.ofSeconds(1));
          return over.getAsBoolean();
        });
  }

  private RebalanceState lastTrial() {
    List<RebalanceState> seen = new ArrayList<>();
    awaitWhilePlanning(() -> {
      seen.addAll(rebalances.readValuesToList());
      return !seen.isEmpty() && seen.getLast().getPhase() == RebalancePhase.DONE;
    });
    return seen.getLast();
  }

  private List<PoolCommandAccepted> poolAnswers() {
    return poolEvents.readValuesToList().stream()
        .map(PoolEvent::getDetail)
        .filter(PoolCommandAccepted.class::isInstance)
        .map(PoolCommandAccepted.class::cast)
        .toList();
  }

  private EventHeaders report(
      String node, long epoch, long generation, SpecificRecord detail, EventHeaders cause) {
    return bed.pipe(
        ControlTopic.VOLUME_REPORTS,
        ID,
        new VolumeReport(ID, node, epoch, generation, Instant.now(), detail),
        cause);
  }

  private EventHeaders nodeEvent(String node, SpecificRecord detail) {
    return bed.pipe(
        ControlTopic.NODE_EVENTS, node, new NodeEvent(node, "i1", Instant.now(), detail), null);
  }

  private void drain() {
    events.readValuesToList();
    states.readRecordsToList();
  }
}
