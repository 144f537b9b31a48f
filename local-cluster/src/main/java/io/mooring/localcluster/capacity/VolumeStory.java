package io.mooring.localcluster.capacity;

import io.mooring.localcluster.event.ClusterEvent;
import io.mooring.schemas.AutopilotEvent;
import io.mooring.schemas.EventHeaders;
import io.mooring.schemas.ExpandVolume;
import io.mooring.schemas.ResizeRequested;
import io.mooring.schemas.RuleMoved;
import io.mooring.schemas.RulePhase;
import io.mooring.schemas.VolumeCommand;
import io.mooring.schemas.VolumeEvent;
import io.mooring.schemas.VolumeExpanded;
import io.mooring.schemas.VolumeWillFill;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecord;

/**
 * What the control topics tell of one volume.
 *
 * @param events everything that happened in the cluster, in order
 */
record VolumeStory(BrokerVolume volume, List<ClusterEvent> events) {

  /** A record about the volume, with when it was written. */
  record Told<T>(Instant at, Optional<UUID> correlationId, T value) {}

  /** Triggers, newest last. */
  List<Told<AutopilotEvent>> triggers() {
    return moves(RulePhase.Triggered);
  }

  /** Refusals to act, because the maximum is reached. */
  List<Told<AutopilotEvent>> declines() {
    return moves(RulePhase.ActionsDeclined);
  }

  List<Told<AutopilotEvent>> requests() {
    return autopilot().filter(e -> e.value().getDetail() instanceof ResizeRequested).toList();
  }

  List<Told<AutopilotEvent>> warnings() {
    return autopilot().filter(e -> e.value().getDetail() instanceof VolumeWillFill).toList();
  }

  /** Commands to grow the volume, as they are on the command topic. */
  List<Told<VolumeCommand>> commands() {
    return told(VolumeCommand.class)
        .filter(command -> command.value().getDetail() instanceof ExpandVolume)
        .toList();
  }

  /** What volume-manager did. */
  List<Told<VolumeExpanded>> expansions() {
    return told(VolumeEvent.class)
        .filter(event -> event.value().getDetail() instanceof VolumeExpanded)
        .map(event ->
            new Told<>(
                event.at(), event.correlationId(), (VolumeExpanded) event.value().getDetail()))
        .toList();
  }

  private List<Told<AutopilotEvent>> moves(RulePhase to) {
    return autopilot()
        .filter(e -> e.value().getDetail() instanceof RuleMoved moved && moved.getTo() == to)
        .toList();
  }

  private Stream<Told<AutopilotEvent>> autopilot() {
    return told(AutopilotEvent.class);
  }

  private <T extends SpecificRecord> Stream<Told<T>> told(Class<T> type) {
    return events.stream()
        .filter(ClusterEvent.Record.class::isInstance)
        .map(ClusterEvent.Record.class::cast)
        .filter(record -> record.key().equals(volume.volumeId()))
        .flatMap(record ->
            record.value().filter(type::isInstance).map(type::cast).stream()
                .map(value ->
                    new Told<>(
                        record.at(), record.headers().map(EventHeaders::correlationId), value)));
  }
}
