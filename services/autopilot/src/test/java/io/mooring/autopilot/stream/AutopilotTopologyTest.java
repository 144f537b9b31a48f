package io.mooring.autopilot.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.mooring.schemas.ApprovalDecision;
import io.mooring.schemas.AutopilotCommand;
import io.mooring.schemas.AutopilotEvent;
import io.mooring.schemas.AutopilotRuleText;
import io.mooring.schemas.CommandRejected;
import io.mooring.schemas.ControlSerdes;
import io.mooring.schemas.ControlTopic;
import io.mooring.schemas.DeadLetter;
import io.mooring.schemas.DecideApproval;
import io.mooring.schemas.EventHeaders;
import io.mooring.schemas.ExpandVolume;
import io.mooring.schemas.ResizeRequested;
import io.mooring.schemas.RuleMoved;
import io.mooring.schemas.RuleObjectState;
import io.mooring.schemas.RulePhase;
import io.mooring.schemas.VolumeCommand;
import io.mooring.schemas.VolumeEvent;
import io.mooring.schemas.VolumeLabels;
import io.mooring.schemas.VolumeResized;
import io.mooring.schemas.VolumeUsage;
import io.mooring.testsupport.InMemoryRegistry;
import io.mooring.testsupport.TopologyBed;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The topology without Kafka, with the real serdes. */
class AutopilotTopologyTest {

  private static final String ID = "v1";
  private static final String RULE = "kafka-resize";
  private static final long MIB = 1L << 20;

  @TempDir private Path stateDir;

  private final InMemoryRegistry registry = new InMemoryRegistry();
  private final ControlSerdes serdes = registry.serdes();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final AutopilotParts parts = TestParts.create(meters);
  private Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
  private TopologyBed bed;
  private TestOutputTopic<String, VolumeCommand> commands;
  private TestOutputTopic<String, AutopilotEvent> events;
  private TestOutputTopic<String, RuleObjectState> objects;
  private TestOutputTopic<String, DeadLetter> letters;

  @BeforeEach
  void start() {
    bed = new TopologyBed(AutopilotTopology.build(serdes, parts), serdes, stateDir, now);
    commands = bed.output(ControlTopic.VOLUME_COMMANDS, VolumeCommand.class);
    events = bed.output(ControlTopic.AUTOPILOT_EVENTS, AutopilotEvent.class);
    objects = bed.output(ControlTopic.AUTOPILOT_OBJECTS, RuleObjectState.class);
    letters = bed.output(ControlTopic.DEAD_LETTERS, DeadLetter.class);
  }

  @AfterEach
  void stop() {
    bed.close();
  }

  @Test
  void usageBecomesOneCommandAndEventsThatExplainIt() {
    rule(Samples.rule("1000Mi", ""));
    volume(400 * MIB);
    EventHeaders cause = usage(400 * MIB, 330 * MIB);

    TestRecord<String, VolumeCommand> command = commands.readRecord();
    assertThat(command.key()).isEqualTo(ID);
    assertThat(command.value().getDetail()).isEqualTo(new ExpandVolume(800 * MIB));
    EventHeaders commandHeaders = EventHeaders.read(command.headers());
    assertThat(command.value().getIdempotencyKey()).isEqualTo(commandHeaders.id().toString());
    assertThat(commandHeaders.causationId()).isEqualTo(cause.id());
    assertThat(commands.isEmpty()).isTrue();

    List<TestRecord<String, AutopilotEvent>> told = events.readRecordsToList();
    assertThat(told)
        .extracting(event -> phase(event.value()))
        .containsExactly(
            "Normal",
            "Triggered",
            "ActiveActionsPending",
            "ActiveActionsInProgress",
            "ResizeRequested");
    assertThat(told.subList(1, 5))
        .extracting(event -> EventHeaders.read(event.headers()).correlationId())
        .containsOnly(commandHeaders.correlationId());
    RuleMoved triggered = (RuleMoved) told.get(1).value().getDetail();
    assertThat(triggered.getReadings().getFirst().getReading()).isEqualTo("82.5");
    assertThat(triggered.getUsage().getFsUsedBytes()).isEqualTo(330 * MIB);
  }

  @Test
  void aRepeatedMeasurementChangesNothing() {
    rule(Samples.rule("1000Mi", ""));
    volume(400 * MIB);
    Instant at = now;
    usage(at, 400 * MIB, 330 * MIB);
    usage(at, 400 * MIB, 330 * MIB);
    pass();
    usage(400 * MIB, 390 * MIB);

    assertThat(commands.readValuesToList()).hasSize(1);
  }

  @Test
  void thePapersStoryEndsAtTheMaximum() {
    rule(Samples.rule("1000Mi", "actionsCoolDownPeriod: 10"));
    volume(400 * MIB);
    long size = 400 * MIB;
    for (long used = 300 * MIB; used <= 950 * MIB; used += 2 * MIB) {
      pass();
      usage(size, used);
      for (VolumeCommand command : commands.readValuesToList()) {
        size = ((ExpandVolume) command.getDetail()).getSizeBytes();
        volume(size);
      }
    }

    assertThat(size).isEqualTo(1000 * MIB);
    assertThat(
            events.readValuesToList().stream()
                .filter(event -> event.getDetail() instanceof ResizeRequested)
                .map(event -> ((ResizeRequested) event.getDetail()).getToBytes()))
        .containsExactly(800 * MIB, 1000 * MIB);
    RuleObjectState last = objects.readValuesToList().getLast();
    assertThat(last.getPhase()).isEqualTo(RulePhase.ActionsDeclined);
    assertThat(last.getReason()).isEqualTo("MAXIMUM_REACHED");
    assertThat(parts.objects().all()).containsExactly(last);
  }

  @Test
  void growthThatIsReportedEndsTheAction() {
    rule(Samples.rule("1000Mi", ""));
    volume(400 * MIB);
    usage(400 * MIB, 330 * MIB);
    volumeEvent(new VolumeResized(800 * MIB, 800 * MIB));

    assertThat(objects.readValuesToList().getLast().getPhase())
        .isEqualTo(RulePhase.ActiveActionsTaken);
  }

  @Test
  void aRefusedCommandIsRepeatedUnderAnotherKey() {
    rule(Samples.rule("1000Mi", ""));
    volume(400 * MIB);
    usage(400 * MIB, 330 * MIB);
    VolumeCommand first = commands.readValue();
    volumeEvent(
        new CommandRejected(first.getIdempotencyKey(), "VOL-034", "No room.", "Full.", "Add."));
    volumeEvent(new CommandRejected("somebody else's", "VOL-034", "No room.", "Full.", "Add."));
    assertThat(objects.readValuesToList().getLast().getMessage())
        .contains("failed to execute Action for rule", "VOL-034");

    pass(Duration.ofSeconds(31));
    usage(400 * MIB, 331 * MIB);
    VolumeCommand second = commands.readValue();
    assertThat(second.getDetail()).isEqualTo(first.getDetail());
    assertThat(second.getIdempotencyKey()).isNotEqualTo(first.getIdempotencyKey());
  }

  @Test
  void anApprovalIsAwaitedAndThenCarriedOut() {
    rule(Samples.rule("1000Mi", "enforcement: approvalRequired"));
    volume(400 * MIB);
    usage(400 * MIB, 330 * MIB);
    RuleObjectState awaiting = objects.readValue();
    while (!objects.isEmpty()) {
      awaiting = objects.readValue();
    }
    assertThat(awaiting.getPhase()).isEqualTo(RulePhase.ActionAwaitingApproval);
    assertThat(awaiting.getToBytes()).isEqualTo(800 * MIB);
    assertThat(commands.isEmpty()).isTrue();
    assertThat(parts.objects().approval(awaiting.getTriggerId())).contains(awaiting);

    pass();
    bed.pipe(
        ControlTopic.AUTOPILOT_COMMANDS,
        ID,
        new AutopilotCommand(
            ID,
            RULE,
            "ann",
            now,
            new DecideApproval(awaiting.getTriggerId(), ApprovalDecision.APPROVE)));
    pass();
    usage(400 * MIB, 330 * MIB);
    assertThat(commands.readValue().getDetail()).isEqualTo(new ExpandVolume(800 * MIB));
  }

  @Test
  void oldAndImpossibleMeasurementsLeadToNothing() {
    rule(Samples.rule("1000Mi", ""));
    volume(400 * MIB);
    usage(now.minusSeconds(31), 400 * MIB, 390 * MIB);
    usage(now.plusSeconds(31), 400 * MIB, 390 * MIB);
    usage(400 * MIB, 500 * MIB);

    assertThat(events.isEmpty()).isTrue();
    assertThat(meters.counter("mooring.autopilot.samples.refused", "reason", "STALE").count())
        .isEqualTo(1);
  }

  @Test
  void aBadRuleStopsNoOtherAndIsShownWithItsProblems() {
    bed.pipe(
        ControlTopic.AUTOPILOT_RULES,
        "bad",
        new AutopilotRuleText("bad", "kind: Pod", "rest", Instant.now()));
    rule(Samples.rule("1000Mi", ""));
    volume(400 * MIB);
    usage(400 * MIB, 330 * MIB);

    assertThat(commands.readValuesToList()).hasSize(1);
    assertThat(parts.rules().named("bad").orElseThrow().problems()).isNotEmpty();
    assertThat(meters.get("mooring.autopilot.rules.invalid").gauge().value()).isEqualTo(1);
    assertThat(meters.get("mooring.autopilot.rules").gauge().value()).isEqualTo(1);
  }

  @Test
  void aDeletedVolumeLeavesNothingBehind() {
    rule(Samples.rule("1000Mi", ""));
    volume(400 * MIB);
    usage(400 * MIB, 330 * MIB);
    bed.tombstone(ControlTopic.VOLUMES, ID);

    assertThat(parts.objects().all()).isEmpty();
    assertThat(parts.volumes().all()).isEmpty();
    usage(400 * MIB, 390 * MIB);
    assertThat(commands.readValuesToList()).hasSize(1);
  }

  @Test
  void aRemovedRuleIsNotObeyedAnyMore() {
    rule(Samples.rule("1000Mi", ""));
    volume(400 * MIB);
    bed.tombstone(ControlTopic.AUTOPILOT_RULES, RULE);
    usage(400 * MIB, 390 * MIB);

    assertThat(events.isEmpty()).isTrue();
  }

  @Test
  void poisonGoesToTheDeadLettersAndTheNextRecordIsTaken() {
    rule(Samples.rule("1000Mi", ""));
    volume(400 * MIB);
    RecordHeaders headers = TopologyBed.headers("io.mooring.VolumeUsage");
    bed.send(ControlTopic.VOLUME_USAGE, ID, new byte[] {1, 2, 3}, headers);
    bed.send(
        ControlTopic.VOLUME_USAGE,
        "other",
        bed.bytes(ControlTopic.VOLUME_USAGE, Samples.usage(ID, now, 400 * MIB, 390 * MIB)),
        headers);
    usage(400 * MIB, 330 * MIB);

    assertThat(letters.readValuesToList())
        .extracting(DeadLetter::getTopic)
        .containsExactly("mooring.volume.usage", "mooring.volume.usage");
    assertThat(commands.readValuesToList()).hasSize(1);
  }

  @Test
  void labelsThatKubernetesHasSelectWheneverTheyCome() {
    rule(Samples.rule("1000Mi", ""));
    labels(Map.of("app", "kafka"));
    bed.pipe(ControlTopic.VOLUMES, ID, Samples.volume(ID, "data-kafka-0", 400 * MIB, Map.of()));
    labels(Map.of("app", "other"));
    usage(400 * MIB, 330 * MIB);
    assertThat(commands.isEmpty()).isTrue();

    pass();
    labels(Map.of("app", "kafka"));
    usage(400 * MIB, 330 * MIB);
    assertThat(commands.readValuesToList()).hasSize(1);
  }

  @Test
  void labelsOfAVolumeThatIsNotKnownYetAreKept() {
    rule(Samples.rule("1000Mi", ""));
    labels(Map.of("app", "kafka"));
    bed.pipe(ControlTopic.VOLUMES, ID, Samples.volume(ID, "data-kafka-0", 400 * MIB, Map.of()));
    usage(400 * MIB, 330 * MIB);
    assertThat(commands.readValuesToList()).hasSize(1);
  }

  @Test
  void aVolumeWithoutAClaimIsStillThere() {
    rule(Samples.rule("1000Mi", ""));
    volume(400 * MIB);
    labels(Map.of("app", "other"));
    bed.tombstone(ControlTopic.VOLUME_LABELS, ID);
    usage(400 * MIB, 330 * MIB);
    assertThat(commands.readValuesToList()).hasSize(1);
  }

  private void labels(Map<String, String> labels) {
    bed.pipe(
        ControlTopic.VOLUME_LABELS,
        ID,
        new VolumeLabels(ID, "kafka-prod", "data-kafka-0", labels, Map.of(), now));
  }

  @Test
  void aRegistryThatIsAwayIsWaitedFor() {
    rule(Samples.rule("1000Mi", ""));
    volume(400 * MIB);
    VolumeUsage usage = Samples.usage(ID, now, 400 * MIB, 330 * MIB);
    byte[] written = bed.bytes(ControlTopic.VOLUME_USAGE, usage);
    registry.stop();
    CompletableFuture.delayedExecutor(700, TimeUnit.MILLISECONDS).execute(registry::restart);
    bed.send(
        ControlTopic.VOLUME_USAGE, ID, written, TopologyBed.headers(EventHeaders.typeOf(usage)));

    assertThat(commands.readValuesToList()).hasSize(1);
  }

  private static String phase(AutopilotEvent event) {
    return event.getDetail() instanceof RuleMoved moved
        ? moved.getTo().name()
        : ((SpecificRecord) event.getDetail()).getSchema().getName();
  }

  private void rule(String yaml) {
    bed.pipe(
        ControlTopic.AUTOPILOT_RULES,
        RULE,
        new AutopilotRuleText(RULE, yaml, "rest", Instant.now()));
  }

  private void volume(long sizeBytes) {
    bed.pipe(
        ControlTopic.VOLUMES,
        ID,
        Samples.volume(ID, "data-kafka-0", sizeBytes, Map.of("app", "kafka")));
  }

  private EventHeaders usage(long capacityBytes, long usedBytes) {
    return usage(now, capacityBytes, usedBytes);
  }

  private EventHeaders usage(Instant at, long capacityBytes, long usedBytes) {
    return bed.pipe(ControlTopic.VOLUME_USAGE, ID, Samples.usage(ID, at, capacityBytes, usedBytes));
  }

  private void volumeEvent(SpecificRecord detail) {
    pass();
    bed.pipe(ControlTopic.VOLUME_EVENTS, ID, new VolumeEvent(ID, 1L, 1L, now, detail));
  }

  private void pass() {
    pass(Duration.ofSeconds(2));
  }

  /** The driver's clock moves only here. */
  private void pass(Duration time) {
    bed.pass(time);
    now = now.plus(time);
  }
}
