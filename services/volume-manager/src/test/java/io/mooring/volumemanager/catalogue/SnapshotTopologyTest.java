package io.mooring.volumemanager.catalogue;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.mooring.schemas.CommandRejected;
import io.mooring.schemas.ControlTopic;
import io.mooring.schemas.CreateVolume;
import io.mooring.schemas.DeadLetter;
import io.mooring.schemas.DeleteSnapshotSchedule;
import io.mooring.schemas.DeleteSnapshots;
import io.mooring.schemas.DeleteVolume;
import io.mooring.schemas.EventHeaders;
import io.mooring.schemas.NodeDown;
import io.mooring.schemas.NodeEvent;
import io.mooring.schemas.PublishVolume;
import io.mooring.schemas.PutSnapshotSchedule;
import io.mooring.schemas.RestoreVolume;
import io.mooring.schemas.SnapshotCommand;
import io.mooring.schemas.SnapshotCommandAccepted;
import io.mooring.schemas.SnapshotCommandRejected;
import io.mooring.schemas.SnapshotEvent;
import io.mooring.schemas.SnapshotHolder;
import io.mooring.schemas.SnapshotMember;
import io.mooring.schemas.SnapshotRecurrence;
import io.mooring.schemas.SnapshotRemoved;
import io.mooring.schemas.SnapshotReport;
import io.mooring.schemas.SnapshotSchedulePlan;
import io.mooring.schemas.SnapshotScheduleState;
import io.mooring.schemas.SnapshotSetPhase;
import io.mooring.schemas.SnapshotSetState;
import io.mooring.schemas.SnapshotTaken;
import io.mooring.schemas.SnapshotsDeleted;
import io.mooring.schemas.SnapshotsFailed;
import io.mooring.schemas.SnapshotsStarted;
import io.mooring.schemas.SnapshotsTaken;
import io.mooring.schemas.TakeSnapshots;
import io.mooring.schemas.TaskDone;
import io.mooring.schemas.VolumeCommand;
import io.mooring.schemas.VolumeEvent;
import io.mooring.schemas.VolumePhase;
import io.mooring.schemas.VolumeSource;
import io.mooring.schemas.VolumeState;
import io.mooring.schemas.VolumeTaskEnded;
import io.mooring.schemas.VolumeTaskKind;
import io.mooring.schemas.VolumeTaskRecord;
import io.mooring.schemas.WritesHeld;
import io.mooring.testsupport.TopologyBed;
import io.mooring.volumemanager.volume.VolumeId;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Snapshots in the topology without Kafka, with the real serdes; the test plays the agents. */
class SnapshotTopologyTest {

  private static final String SET = "snap-1";
  private static final long SIZE = 64L << 20;
  private static final List<String> REPLICAS = List.of("r1", "r2");

  @TempDir private Path stateDir;

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private TopologyBed bed;
  private TestOutputTopic<String, VolumeState> states;
  private TestOutputTopic<String, VolumeEvent> events;
  private TestOutputTopic<String, SnapshotSetState> sets;
  private TestOutputTopic<String, SnapshotScheduleState> schedules;
  private TestOutputTopic<String, SnapshotEvent> setEvents;
  private TestOutputTopic<String, DeadLetter> letters;

  @BeforeEach
  void start() {
    bed = CatalogueBed.start(stateDir, meters, new ArrayList<>());
    states = bed.output(ControlTopic.VOLUMES, VolumeState.class);
    events = bed.output(ControlTopic.VOLUME_EVENTS, VolumeEvent.class);
    sets = bed.output(ControlTopic.SNAPSHOTS, SnapshotSetState.class);
    schedules = bed.output(ControlTopic.SNAPSHOT_SCHEDULES, SnapshotScheduleState.class);
    setEvents = bed.output(ControlTopic.SNAPSHOT_EVENTS, SnapshotEvent.class);
    letters = bed.output(ControlTopic.DEAD_LETTERS, DeadLetter.class);
    List.of("n1", "n2", "n3")
        .forEach(node -> CatalogueBed.registerNode(bed, node, CatalogueBed.POOL_BYTES));
  }

  @AfterEach
  void stop() {
    bed.close();
  }

  @Test
  void aGroupIsHeldTakenAndDeletedAndEveryStepNamesItsCause() {
    publish("a");
    publish("b");
    EventHeaders take = take("take", "a", "b");
    TestRecord<String, SnapshotSetState> holding = sets.readRecord();
    assertThat(holding.value().getPhase()).isEqualTo(SnapshotSetPhase.HOLDING);
    assertThat(EventHeaders.read(holding.headers()).causationId()).isEqualTo(take.id());
    String snapshotId = holding.value().getMembers().getFirst().getSnapshotId();

    said("a", snapshotId, new WritesHeld(1L));
    EventHeaders last = said("b", snapshotId, new WritesHeld(1L));
    TestRecord<String, SnapshotSetState> taking = sets.readRecordsToList().getLast();
    assertThat(taking.value().getPhase()).isEqualTo(SnapshotSetPhase.TAKING);
    assertThat(taking.value().getTakenAt()).isNotNull();
    assertThat(taking.value().getMembers())
        .allSatisfy(member -> assertThat(member.getEpoch()).isEqualTo(1));
    assertThat(EventHeaders.read(taking.headers()).causationId()).isEqualTo(last.id());

    said("b", snapshotId, new SnapshotTaken(1L, SIZE, REPLICAS, 7L));
    said("a", snapshotId, new SnapshotTaken(1L, SIZE, REPLICAS, 5L));
    SnapshotSetState ready = sets.readValuesToList().getLast();
    assertThat(ready.getPhase()).isEqualTo(SnapshotSetPhase.READY);
    assertThat(ready.getCorrelationId()).isEqualTo(take.correlationId().toString());
    assertThat(ready.getMembers()).allSatisfy(member -> assertThat(member.getHolders()).hasSize(2));
    assertThat(details())
        .hasExactlyElementsOfTypes(
            SnapshotCommandAccepted.class, SnapshotsStarted.class, SnapshotsTaken.class);
    assertThat(meters.get("mooring.snapshot.sets").tag("phase", "ready").gauge().value())
        .isEqualTo(1);

    delete("delete");
    assertThat(sets.readValue().getPhase()).isEqualTo(SnapshotSetPhase.DELETING);
    for (SnapshotMember member : ready.getMembers()) {
      for (SnapshotHolder holder : member.getHolders()) {
        saidBy(
            holder.getNodeId(),
            member.getVolumeName(),
            snapshotId,
            new SnapshotRemoved(holder.getReplicaId()));
      }
    }
    assertThat(sets.readRecord().value()).as("a tombstone").isNull();
    assertThat(details())
        .hasExactlyElementsOfTypes(SnapshotCommandAccepted.class, SnapshotsDeleted.class);
  }

  @Test
  void aDetachedVolumeIsPublishedForItsSnapshotAndIsFreeAgainAfterwards() {
    create("a");
    take("take", "a");
    SnapshotSetState holding = sets.readValuesToList().getLast();
    assertThat(holding.getPhase()).isEqualTo(SnapshotSetPhase.HOLDING);
    VolumeState working = states.readValuesToList().getLast();
    assertThat(working.getPhase()).isEqualTo(VolumePhase.PUBLISHED);
    assertThat(working.getTask().getKind()).isEqualTo(VolumeTaskKind.SNAPSHOT);
    String snapshotId = holding.getMembers().getFirst().getSnapshotId();
    assertThat(working.getTask().getSnapshotId()).isEqualTo(snapshotId);

    saidBy(working.getHolder(), "a", snapshotId, new WritesHeld(1L));
    saidBy(working.getHolder(), "a", snapshotId, new SnapshotTaken(1L, SIZE, REPLICAS, 3L));
    assertThat(sets.readValuesToList().getLast().getPhase()).isEqualTo(SnapshotSetPhase.READY);
    done(working, 0);

    VolumeState free = states.readValuesToList().getLast();
    assertThat(free.getPhase()).isEqualTo(VolumePhase.DETACHED);
    assertThat(free.getTask()).isNull();
    assertThat(details()).last().isInstanceOf(VolumeTaskEnded.class);
  }

  @Test
  void anAttemptEndsByTimeAloneAndWithTheDeathOfANode() {
    publish("a");
    publish("b");
    take("take", "a", "b");
    bed.pass(Duration.ofSeconds(11));
    assertThat(sets.readValuesToList().getLast().getPhase()).isEqualTo(SnapshotSetPhase.FAILED);

    take("again", "a", "b");
    String snapshotId = sets.readValue().getMembers().getFirst().getSnapshotId();
    said("a", snapshotId, new WritesHeld(1L));
    bed.pipe(
        ControlTopic.NODE_EVENTS,
        "n1",
        new NodeEvent("n1", "i1", Instant.now(), new NodeDown(9.0, 1500L, "silent", List.of())));
    bed.pass(Duration.ofSeconds(1));

    assertThat(sets.readValuesToList().getLast().getReason()).startsWith("SNP-022");
    assertThat(details())
        .filteredOn(SnapshotsFailed.class::isInstance)
        .extracting(failed -> ((SnapshotsFailed) failed).getCode())
        .containsExactly("SNP-021", "SNP-022");
  }

  @Test
  void aVolumeIsRestoredAndClonedAndItsSnapshotsKeepItFromBeingDeleted() {
    SnapshotSetState ready = readySet();
    String snapshotId = ready.getMembers().getFirst().getSnapshotId();

    EventHeaders restore =
        bed.pipe(
            ControlTopic.VOLUME_TASKS,
            id("a"),
            new VolumeTaskRecord(
                id("a"), "restore", null, "test", new RestoreVolume(SET, snapshotId)));
    TestRecord<String, VolumeState> restoring = states.readRecordsToList().getLast();
    assertThat(restoring.value().getTask().getKind()).isEqualTo(VolumeTaskKind.RESTORE);
    assertThat(EventHeaders.read(restoring.headers()).causationId()).isEqualTo(restore.id());
    delete("while it is read");
    assertThat(details())
        .last()
        .isInstanceOfSatisfying(
            SnapshotCommandRejected.class,
            rejected -> assertThat(rejected.getCode()).isEqualTo("SNP-012"));
    done(restoring.value(), 4096);
    assertThat(states.readValuesToList().getLast().getPhase()).isEqualTo(VolumePhase.DETACHED);

    command("delete", "a", new DeleteVolume());
    assertThat(events.readValuesToList().getLast().getDetail())
        .isInstanceOfSatisfying(
            CommandRejected.class, rejected -> assertThat(rejected.getCode()).isEqualTo("VOL-071"));

    command(
        "clone",
        "c",
        new CreateVolume("c", 0L, Map.of(), null, new VolumeSource(SET, id("a")), ""));
    bed.pass(Duration.ofSeconds(1));
    VolumeState filling = states.readValuesToList().getLast();
    assertThat(filling.getTask().getKind()).isEqualTo(VolumeTaskKind.FILL);
    assertThat(filling.getTask().getVolumeId()).isEqualTo(id("a"));
    assertThat(filling.getSizeBytes()).isEqualTo(SIZE);
    assertThat(filling.getSpec().getRepl()).as("as its source").isEqualTo(2);
    done(filling, SIZE);
    assertThat(states.readValuesToList().getLast().getPhase()).isEqualTo(VolumePhase.DETACHED);
  }

  @Test
  void aRepeatedCommandTakesNoSecondSet() {
    publish("a");
    take("take", "a");
    sets.readValuesToList();

    take("take", "a");

    assertThat(sets.isEmpty()).isTrue();
    assertThat(details())
        .hasExactlyElementsOfTypes(
            SnapshotCommandAccepted.class, SnapshotsStarted.class, SnapshotCommandAccepted.class);
  }

  @Test
  void aScheduleTakesSetsByItselfAndKeepsTheNewest() {
    publish("a");
    schedule(
        "put",
        new PutSnapshotSchedule(
            SnapshotSchedulePlan.newBuilder()
                .setRecurrence(SnapshotRecurrence.INTERVAL)
                .setIntervalMinutes(5)
                .setRetain(2)
                .setVolumeIds(List.of(id("a"), id("nowhere")))
                .build()));
    List<String> taken = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      bed.pass(Duration.ofMinutes(5));
      SnapshotSetState taking = sets.readValuesToList().getLast();
      assertThat(taking.getPhase()).isEqualTo(SnapshotSetPhase.TAKING);
      assertThat(taking.getLabels()).containsEntry("mooring.schedule", "often");
      assertThat(taking.getMembers())
          .extracting(SnapshotMember::getVolumeName)
          .containsExactly("a");
      taken.add(taking.getSetId());
      bed.pipe(
          ControlTopic.SNAPSHOT_REPORTS,
          taking.getSetId(),
          new SnapshotReport(
              taking.getSetId(),
              id("a"),
              taking.getMembers().getFirst().getSnapshotId(),
              "n1",
              Instant.now(),
              new SnapshotTaken(1L, SIZE, REPLICAS, 1L)));
      assertThat(sets.readValuesToList().getLast().getPhase()).isEqualTo(SnapshotSetPhase.READY);
    }
    assertThat(taken).doesNotHaveDuplicates();

    bed.pass(Duration.ofSeconds(1));
    assertThat(sets.readValuesToList())
        .singleElement()
        .satisfies(oldest -> {
          assertThat(oldest.getSetId()).isEqualTo(taken.getFirst());
          assertThat(oldest.getPhase()).isEqualTo(SnapshotSetPhase.DELETING);
        });

    schedule("end", new DeleteSnapshotSchedule());
    bed.pass(Duration.ofMinutes(5));
    assertThat(sets.readKeyValuesToList())
        .as("nothing more is taken")
        .allSatisfy(set -> assertThat(set.key).isEqualTo(taken.getFirst()));
    assertThat(schedules.readKeyValuesToList().getLast().value).as("a tombstone").isNull();
  }

  private void schedule(String key, SpecificRecord detail) {
    bed.pipe(
        ControlTopic.SNAPSHOT_COMMANDS,
        "often",
        new SnapshotCommand("often", key, null, "test", detail));
  }

  @Test
  void whatCannotBeReadIsSetAside() {
    bed.pipe(
        ControlTopic.SNAPSHOT_COMMANDS,
        "another-key",
        new SnapshotCommand(SET, "k", null, "test", new DeleteSnapshots()));
    bed.pipe(
        ControlTopic.SNAPSHOT_REPORTS,
        SET,
        new SnapshotReport(SET, "no volume id", "s", "n1", Instant.now(), new WritesHeld(1L)));
    bed.send(
        ControlTopic.SNAPSHOT_REPORTS,
        SET,
        new byte[] {1, 2, 3},
        TopologyBed.headers("io.mooring.Garbage"));

    assertThat(letters.readValuesToList())
        .hasSize(3)
        .extracting(DeadLetter::getTopic)
        .containsExactly(
            ControlTopic.SNAPSHOT_COMMANDS.topicName(),
            ControlTopic.SNAPSHOT_REPORTS.topicName(),
            ControlTopic.SNAPSHOT_REPORTS.topicName());
    assertThat(sets.isEmpty()).isTrue();
  }

  /** A complete set of volume a, which is detached. */
  private SnapshotSetState readySet() {
    create("a");
    take("take", "a");
    VolumeState working = states.readValuesToList().getLast();
    String snapshotId = sets.readValue().getMembers().getFirst().getSnapshotId();
    saidBy(working.getHolder(), "a", snapshotId, new WritesHeld(1L));
    saidBy(working.getHolder(), "a", snapshotId, new SnapshotTaken(1L, SIZE, REPLICAS, 3L));
    done(working, 0);
    states.readValuesToList();
    events.readValuesToList();
    return sets.readValuesToList().getLast();
  }

  private void create(String volume) {
    command(
        "create-" + volume,
        volume,
        CreateVolume.newBuilder()
            .setName(volume)
            .setSizeBytes(SIZE)
            .setParameters(Map.of("repl", "2"))
            .setPreferredNode("n1")
            .build());
  }

  private void publish(String volume) {
    create(volume);
    command("publish-" + volume, volume, new PublishVolume("n1", "", null, false));
  }

  private EventHeaders take(String key, String... volumes) {
    List<String> ids = List.of(volumes).stream().map(SnapshotTopologyTest::id).toList();
    return bed.pipe(
        ControlTopic.SNAPSHOT_COMMANDS,
        SET,
        new SnapshotCommand(SET, key, null, "test", new TakeSnapshots("nightly", ids, Map.of())));
  }

  private void delete(String key) {
    bed.pipe(
        ControlTopic.SNAPSHOT_COMMANDS,
        SET,
        new SnapshotCommand(SET, key, null, "test", new DeleteSnapshots()));
  }

  private EventHeaders said(String volume, String snapshotId, SpecificRecord detail) {
    return saidBy("n1", volume, snapshotId, detail);
  }

  private EventHeaders saidBy(
      String node, String volume, String snapshotId, SpecificRecord detail) {
    return bed.pipe(
        ControlTopic.SNAPSHOT_REPORTS,
        SET,
        new SnapshotReport(SET, id(volume), snapshotId, node, Instant.now(), detail));
  }

  private void done(VolumeState working, long bytes) {
    bed.pipe(
        ControlTopic.VOLUME_TASKS,
        working.getVolumeId(),
        new VolumeTaskRecord(
            working.getVolumeId(),
            working.getTask().getTaskId() + "-" + working.getEpoch() + "-done",
            null,
            working.getHolder(),
            new TaskDone(working.getTask().getTaskId(), working.getEpoch(), bytes, 10L)));
  }

  private void command(String key, String volume, SpecificRecord detail) {
    bed.pipe(
        ControlTopic.VOLUME_COMMANDS,
        id(volume),
        new VolumeCommand(id(volume), key, null, "test", detail));
  }

  private List<Object> details() {
    return setEvents.readValuesToList().stream().map(SnapshotEvent::getDetail).toList();
  }

  private static String id(String volume) {
    return VolumeId.ofName(volume).value();
  }
}
