package io.mooring.volumemanager.catalogue;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.mooring.schemas.CommandAccepted;
import io.mooring.schemas.CommandRejected;
import io.mooring.schemas.ControlTopic;
import io.mooring.schemas.CreateVolume;
import io.mooring.schemas.DeadLetter;
import io.mooring.schemas.DeleteVolume;
import io.mooring.schemas.DiskSick;
import io.mooring.schemas.EventHeaders;
import io.mooring.schemas.HeadServing;
import io.mooring.schemas.NodeDown;
import io.mooring.schemas.NodeEvent;
import io.mooring.schemas.NodeUp;
import io.mooring.schemas.PublishVolume;
import io.mooring.schemas.ReplicaFenced;
import io.mooring.schemas.ReplicaLost;
import io.mooring.schemas.ReplicaPlaced;
import io.mooring.schemas.ReplicaRemoved;
import io.mooring.schemas.ReplicaRole;
import io.mooring.schemas.VolumeCommand;
import io.mooring.schemas.VolumeCreated;
import io.mooring.schemas.VolumeDegraded;
import io.mooring.schemas.VolumeDeleted;
import io.mooring.schemas.VolumeDetached;
import io.mooring.schemas.VolumeEvent;
import io.mooring.schemas.VolumeFencing;
import io.mooring.schemas.VolumePhase;
import io.mooring.schemas.VolumePublished;
import io.mooring.schemas.VolumeReport;
import io.mooring.schemas.VolumeState;
import io.mooring.testsupport.TopologyBed;
import io.mooring.volumemanager.volume.VolumeId;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The topology without Kafka, with the real serdes. */
class CatalogueTopologyTest {

  private static final String NAME = "data";
  private static final String ID = VolumeId.ofName(NAME).value();
  private static final long SIZE = 64L << 20;

  @TempDir private Path stateDir;

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final List<Record<String, SpecificRecord>> globalLetters = new ArrayList<>();
  private TopologyBed bed;
  private TestOutputTopic<String, VolumeState> states;
  private TestOutputTopic<String, VolumeEvent> events;
  private TestOutputTopic<String, DeadLetter> letters;

  @BeforeEach
  void start() {
    bed = CatalogueBed.start(stateDir, meters, globalLetters);
    states = bed.output(ControlTopic.VOLUMES, VolumeState.class);
    events = bed.output(ControlTopic.VOLUME_EVENTS, VolumeEvent.class);
    letters = bed.output(ControlTopic.DEAD_LETTERS, DeadLetter.class);
    List.of("n1", "n2", "n3")
        .forEach(node -> CatalogueBed.registerNode(bed, node, CatalogueBed.POOL_BYTES));
  }

  @AfterEach
  void stop() {
    bed.close();
  }

  @Test
  void aCommandIsAnsweredByAnEventThatNamesItAsItsCause() {
    EventHeaders command = command("k1", create(2));

    TestRecord<String, VolumeEvent> answer = events.readRecord();
    EventHeaders answerHeaders = EventHeaders.read(answer.headers());
    assertThat(answer.key()).isEqualTo(ID);
    assertThat(answer.value().getDetail()).isInstanceOf(VolumeCreated.class);
    assertThat(answerHeaders.causationId()).isEqualTo(command.id());
    assertThat(answerHeaders.correlationId()).isEqualTo(command.correlationId());
    assertThat(answerHeaders.type()).isEqualTo("io.mooring.VolumeCreated");

    TestRecord<String, VolumeState> state = states.readRecord();
    assertThat(EventHeaders.read(state.headers()).causationId()).isEqualTo(command.id());
    assertThat(state.value().getPhase()).isEqualTo(VolumePhase.DETACHED);
    assertThat(state.value().getReplicas()).hasSize(2);
    assertThat(gauge("detached")).isEqualTo(1);
  }

  @Test
  void aRepeatedKeyGetsTheSameAnswerAndNothingElse() {
    command("create", create(2));
    command("publish", new PublishVolume("n1", "", null, false));
    command("other", new PublishVolume("n2", "", null, false));
    drain();

    EventHeaders repeat = command("publish", new PublishVolume("n1", "", null, false));
    VolumeEvent published = answerTo(repeat);
    assertThat(published.getDetail()).isEqualTo(new VolumePublished("n1", ""));
    assertThat(published.getEpoch()).isEqualTo(1);
    assertThat(answerTo(command("other", new PublishVolume("n2", "", null, false))).getDetail())
        .isInstanceOf(CommandRejected.class);
    // A key that was used is not looked at again, whatever the command says now.
    assertThat(answerTo(command("create", new DeleteVolume())).getDetail())
        .isInstanceOf(VolumeCreated.class);
    assertThat(states.isEmpty()).isTrue();
  }

  @Test
  void aDeadNodeIsFencedInEveryVolumeAndTheIncidentKeepsItsCorrelation() {
    command("create", create(2));
    VolumeState placed = states.readValue();
    String holder = placed.getReplicas().getFirst().getNodeId();
    String survivor = placed.getReplicas().getLast().getNodeId();
    command("publish", new PublishVolume(holder, "", null, false));
    drain();

    EventHeaders down = nodeEvent(holder, new NodeDown(9.0, 1500L, "silent", List.of()));

    VolumeState fencing = states.readValue();
    assertThat(fencing.getPhase()).isEqualTo(VolumePhase.FENCING);
    assertThat(fencing.getEpoch()).isEqualTo(2);
    assertThat(fencing.getHolder()).isNull();
    assertThat(fencing.getFencedNode()).isEqualTo(holder);
    assertThat(details()).hasExactlyElementsOfTypes(VolumeFencing.class, VolumeDegraded.class);

    EventHeaders promise =
        report(survivor, 2, fencing.getGeneration(), new ReplicaFenced("r2", 2L), down);
    TestRecord<String, VolumeEvent> detached = events.readRecord();
    EventHeaders headers = EventHeaders.read(detached.headers());
    assertThat(((VolumeDetached) detached.value().getDetail()).getEvidence())
        .anyMatch(line -> line.contains(down.id().toString()))
        .anyMatch(line -> line.contains(promise.id().toString()));
    assertThat(headers.correlationId()).isEqualTo(down.correlationId());
    assertThat(headers.causationId()).isEqualTo(promise.id());
    assertThat(states.readValue().getCorrelationId()).isEqualTo(down.correlationId().toString());
  }

  @Test
  void aLostReplicaIsAnsweredByAStateThatNamesTheReport() {
    command("create", create(2));
    String head = states.readValue().getReplicas().getFirst().getNodeId();
    command("publish", new PublishVolume(head, "", null, false));
    long generation = states.readValue().getGeneration();
    report(head, 1, generation, new HeadServing(5L), null);
    drain();

    EventHeaders lost = report(head, 1, generation, new ReplicaLost("r2", "gone"), null);

    TestRecord<String, VolumeState> state = states.readRecord();
    assertThat(EventHeaders.read(state.headers()).causationId()).isEqualTo(lost.id());
    assertThat(state.value().getReplicas().getLast().getRole()).isEqualTo(ReplicaRole.STALE);
    assertThat(meters.get("mooring.volumes.degraded").gauge().value()).isEqualTo(1);
  }

  @Test
  void timeAloneReplacesALostReplicaWithinTheSameIncident() {
    command("create", create(2));
    VolumeState placed = states.readValue();
    drain();
    String lost = placed.getReplicas().getLast().getNodeId();
    EventHeaders down = nodeEvent(lost, new NodeDown(9.0, 1500L, "silent", List.of()));
    drain();

    bed.pass(CatalogueBed.REPLACE_AFTER.plusSeconds(1));

    TestRecord<String, VolumeEvent> event = events.readRecord();
    assertThat(event.value().getDetail()).isInstanceOf(ReplicaPlaced.class);
    assertThat(EventHeaders.read(event.headers()).correlationId()).isEqualTo(down.correlationId());
  }

  @Test
  void aNodeThatCameBackIsPublishedToAgain() {
    command("create", create(1));
    nodeEvent("n3", new NodeDown(9.0, 1500L, "silent", List.of()));
    drain();

    assertThat(answerTo(command("p1", new PublishVolume("n3", "", null, false))).getDetail())
        .isInstanceOf(CommandRejected.class);
    nodeEvent("n3", new NodeUp(10L));
    assertThat(answerTo(command("p2", new PublishVolume("n3", "", null, false))).getDetail())
        .isEqualTo(new VolumePublished("n3", ""));
  }

  @Test
  void aSickPoolTakesNothingNew() {
    nodeEvent("n1", new DiskSick("pool", "EIO", 0L));
    nodeEvent("n2", new DiskSick("pool", "EIO", 0L));

    command("create", create(1));

    assertThat(states.readValue().getReplicas().getFirst().getNodeId()).isEqualTo("n3");
  }

  @Test
  void aDeletedVolumeLeavesATombstone() {
    command("create", create(1));
    String node = states.readValue().getReplicas().getFirst().getNodeId();
    command("delete", new DeleteVolume());
    drain();

    report(node, 0, 1, new ReplicaRemoved("r1"), null);

    assertThat(states.readRecord().value()).isNull();
    assertThat(details()).hasExactlyElementsOfTypes(VolumeDeleted.class);
    assertThat(answerTo(command("again", new DeleteVolume())).getDetail())
        .isInstanceOf(CommandAccepted.class);
  }

  @Test
  void poisonGoesToTheDeadLettersAndTheNextRecordIsTaken() {
    bed.send(
        ControlTopic.VOLUME_COMMANDS,
        ID,
        new byte[] {1, 2, 3},
        TopologyBed.headers("io.mooring.X"));
    bed.send(
        ControlTopic.VOLUME_REPORTS,
        ID,
        bed.bytes(ControlTopic.VOLUME_COMMANDS, volumeCommand("k", new DeleteVolume())),
        TopologyBed.headers("io.mooring.X"));
    bed.send(
        ControlTopic.VOLUME_COMMANDS,
        ID,
        bed.bytes(ControlTopic.VOLUME_COMMANDS, volumeCommand("k", new DeleteVolume())),
        new RecordHeaders());
    bed.send(
        ControlTopic.VOLUME_COMMANDS,
        "vol-000000000000",
        bed.bytes(ControlTopic.VOLUME_COMMANDS, volumeCommand("k", new DeleteVolume())),
        TopologyBed.headers("io.mooring.X"));
    bed.send(ControlTopic.NODE_EVENTS, "n1", null, TopologyBed.headers("io.mooring.X"));

    assertThat(letters.readValuesToList())
        .extracting(DeadLetter::getCode)
        .containsExactly("EVT-003", "EVT-003", "EVT-002", "VOL-091", "EVT-004");
    command("create", create(1));
    assertThat(details()).hasExactlyElementsOfTypes(VolumeCreated.class);
  }

  @Test
  void poisonOnTopicsWithoutTransactionGetsALetterToo() {
    bed.send(ControlTopic.NODES, "n9", new byte[] {9}, TopologyBed.headers("io.mooring.X"));
    bed.send(ControlTopic.VOLUMES, ID, new byte[] {9}, TopologyBed.headers("io.mooring.X"));

    assertThat(globalLetters).hasSize(2);
    command("create", create(3));
    assertThat(details()).hasExactlyElementsOfTypes(VolumeCreated.class);
  }

  private double gauge(String phase) {
    return meters.get("mooring.volumes").tag("phase", phase).gauge().value();
  }

  private static CreateVolume create(int repl) {
    return new CreateVolume(NAME, SIZE, Map.of("repl", Integer.toString(repl)), null, null, "");
  }

  private static VolumeCommand volumeCommand(String key, SpecificRecord detail) {
    return new VolumeCommand(ID, key, null, "test", detail);
  }

  private EventHeaders command(String key, SpecificRecord detail) {
    return bed.pipe(ControlTopic.VOLUME_COMMANDS, ID, volumeCommand(key, detail), null);
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

  private List<Object> details() {
    return events.readValuesToList().stream().map(VolumeEvent::getDetail).toList();
  }

  private VolumeEvent answerTo(EventHeaders command) {
    TestRecord<String, VolumeEvent> answer = events.readRecord();
    UUID cause = EventHeaders.read(answer.headers()).causationId();
    assertThat(cause).isEqualTo(command.id());
    return answer.value();
  }

  private void drain() {
    events.readValuesToList();
    states.readRecordsToList();
    letters.readValuesToList();
  }
}
