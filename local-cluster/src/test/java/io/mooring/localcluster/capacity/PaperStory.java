package io.mooring.localcluster.capacity;

import io.mooring.localcluster.DiskUse;
import io.mooring.localcluster.event.ClusterEvent;
import io.mooring.schemas.AutopilotEvent;
import io.mooring.schemas.ConditionReading;
import io.mooring.schemas.ControlTopic;
import io.mooring.schemas.EventHeaders;
import io.mooring.schemas.ExpandVolume;
import io.mooring.schemas.MeasuredUsage;
import io.mooring.schemas.ResizeRequested;
import io.mooring.schemas.RuleMoved;
import io.mooring.schemas.RulePhase;
import io.mooring.schemas.VolumeCommand;
import io.mooring.schemas.VolumeEvent;
import io.mooring.schemas.VolumeExpanded;
import io.mooring.schemas.VolumeWillFill;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.apache.avro.specific.SpecificRecord;

/** What is seen of one volume; {@link #told} when all goes as in the paper, which tests bend. */
final class PaperStory {

  static final Instant BEGAN = Instant.parse("2026-01-01T00:00:00Z");

  private static final long MIB = 1 << 20;
  private static final long OVERHEAD = 64 * MIB;

  final List<ClusterEvent> events = new ArrayList<>();
  final List<DiskGauge.Sample> samples = new ArrayList<>();
  long finalBytes = 1000 * MIB;

  private final BrokerVolume volume;

  PaperStory(BrokerVolume volume) {
    this.volume = volume;
  }

  /** The whole story: thresholds are crossed at 10, 20 and 30 s. */
  static PaperStory told() {
    PaperStory story = new PaperStory(new BrokerVolume(0, "vol-1", "data-kafka-broker-0"));
    story.look(0, 400, 22);
    story.look(10, 400, 321);
    story.resize(11, 400, 800, UUID.randomUUID());
    story.look(12, 800, 330);
    story.look(20, 800, 641);
    story.resize(21, 800, 1000, UUID.randomUUID());
    story.look(22, 1000, 650);
    story.look(30, 1000, 801);
    story.decline(31, 802);
    story.look(40, 1000, 810);
    return story;
  }

  CapacityEvidence.Seen seen() {
    return new CapacityEvidence.Seen(new VolumeStory(volume, events), samples, finalBytes);
  }

  void look(int second, long volumeMib, long usedMib) {
    samples.add(
        new DiskGauge.Sample(at(second), new DiskUse(volumeMib * MIB - OVERHEAD, usedMib * MIB)));
  }

  void resize(int second, long fromMib, long toMib, UUID correlation) {
    String trigger = UUID.randomUUID().toString();
    String key = UUID.randomUUID().toString();
    tell(second, correlation, moved(RulePhase.Triggered, "CONDITIONS_MET", trigger, 81, 0));
    tell(
        second,
        correlation,
        decided(
            trigger,
            ResizeRequested.newBuilder()
                .setCommandId(key)
                .setAttempt(1)
                .setFromBytes(fromMib * MIB)
                .setToBytes(toMib * MIB)
                .build()));
    command(second, toMib, key, correlation);
    tell(
        second,
        correlation,
        VolumeEvent.newBuilder()
            .setVolumeId(volume.volumeId())
            .setEpoch(1)
            .setGeneration(1)
            .setAt(at(second))
            .setDetail(new VolumeExpanded(toMib * MIB, fromMib * MIB))
            .build());
  }

  void command(int second, long toMib, String key, UUID correlation) {
    tell(
        second,
        correlation,
        VolumeCommand.newBuilder()
            .setVolumeId(volume.volumeId())
            .setIdempotencyKey(key)
            .setRequestedBy("autopilot")
            .setDetail(new ExpandVolume(toMib * MIB))
            .build());
  }

  void decline(int second, long usedMib) {
    String trigger = UUID.randomUUID().toString();
    UUID correlation = UUID.randomUUID();
    tell(second, correlation, moved(RulePhase.Triggered, "CONDITIONS_MET", trigger, 80.2, 0));
    tell(
        second,
        correlation,
        moved(RulePhase.ActionsDeclined, "MAXIMUM_REACHED", trigger, 80.2, usedMib));
  }

  void warn(int second, int fullSecond, int permittedSecond) {
    tell(
        second,
        UUID.randomUUID(),
        decided(
            "trigger", new VolumeWillFill(at(fullSecond), at(permittedSecond), 6e6, usage(400))));
  }

  private static MeasuredUsage usage(long usedMib) {
    return MeasuredUsage.newBuilder()
        .setAt(BEGAN)
        .setCapacityBytes(1000 * MIB)
        .setFsSizeBytes(936 * MIB)
        .setFsUsedBytes(usedMib * MIB)
        .setInodesTotal(-1L)
        .setInodesUsed(-1L)
        .setAllocatedBytes(-1L)
        .build();
  }

  private AutopilotEvent moved(
      RulePhase to, String reason, String trigger, double reading, long usedMib) {
    return decided(
        trigger,
        RuleMoved.newBuilder()
            .setFrom(RulePhase.Normal)
            .setTo(to)
            .setReason(reason)
            .setMessage("")
            .setUsage(usage(usedMib))
            .setReadings(
                List.of(
                    ConditionReading.newBuilder()
                        .setKey("use")
                        .setOperator("Gt")
                        .setValues(List.of("80"))
                        .setReading(Double.toString(reading))
                        .setVerdict("MET")
                        .build()))
            .build());
  }

  private AutopilotEvent decided(String trigger, SpecificRecord detail) {
    return AutopilotEvent.newBuilder()
        .setRuleName("kafka-resize")
        .setVolumeId(volume.volumeId())
        .setVolumeName(volume.volumeName())
        .setAt(BEGAN)
        .setTriggerId(trigger)
        .setDetail(detail)
        .build();
  }

  private void tell(int second, UUID correlation, SpecificRecord value) {
    EventHeaders headers =
        new EventHeaders(
            UUID.randomUUID(),
            "io.mooring.Test",
            "/mooring/test",
            at(second),
            volume.volumeId(),
            correlation,
            null);
    events.add(
        new ClusterEvent.Record(
            at(second),
            ControlTopic.AUTOPILOT_EVENTS,
            volume.volumeId(),
            Optional.of(headers),
            Optional.of(value)));
  }

  private static Instant at(int second) {
    return BEGAN.plusSeconds(second);
  }
}
