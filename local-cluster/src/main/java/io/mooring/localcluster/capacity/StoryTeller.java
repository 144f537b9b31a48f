package io.mooring.localcluster.capacity;

import io.mooring.localcluster.Progress;
import io.mooring.localcluster.event.ClusterEvent;
import io.mooring.schemas.AutopilotEvent;
import io.mooring.schemas.ResizeHeldBack;
import io.mooring.schemas.ResizeRequested;
import io.mooring.schemas.RuleMoved;
import io.mooring.schemas.RulePhase;
import io.mooring.schemas.VolumeEvent;
import io.mooring.schemas.VolumeResized;
import io.mooring.schemas.VolumeWillFill;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Tells a waiting person every decision about the brokers' volumes, when it is made. */
final class StoryTeller implements Consumer<ClusterEvent> {

  private static final long MIB = 1 << 20;

  private final List<BrokerVolume> volumes;
  private final Progress progress;

  StoryTeller(List<BrokerVolume> volumes, Progress progress) {
    this.volumes = volumes;
    this.progress = progress;
  }

  @Override
  public void accept(ClusterEvent event) {
    switch (event) {
      case ClusterEvent.Record record ->
          volumes.stream()
              .filter(volume -> volume.volumeId().equals(record.key()))
              .findFirst()
              .ifPresent(volume ->
                  record
                      .value()
                      .flatMap(StoryTeller::line)
                      .ifPresent(line ->
                          progress.say("  broker %d: %s".formatted(volume.broker(), line))));
      case ClusterEvent.Fault fault ->
          progress.say("  fault: " + fault.fault() + " " + fault.target());
      case ClusterEvent.Pod _ -> {}
    }
  }

  private static Optional<String> line(Object value) {
    Object detail =
        switch (value) {
          case AutopilotEvent decided -> decided.getDetail();
          case VolumeEvent happened -> happened.getDetail();
          default -> value;
        };
    return switch (detail) {
      case ResizeRequested asked ->
          Optional.of(
              "resize from %d to %d MiB asked for"
                  .formatted(asked.getFromBytes() / MIB, asked.getToBytes() / MIB));
      case VolumeResized done ->
          Optional.of(
              "volume has %d MiB, its file system %d MiB"
                  .formatted(done.getSizeBytes() / MIB, done.getFsBytes() / MIB));
      case RuleMoved moved when moved.getTo() == RulePhase.ActionsDeclined ->
          Optional.of("resize declined: " + moved.getMessage());
      case VolumeWillFill warning ->
          Optional.of(
              "will be full in %d s, a resize is permitted in %d s"
                  .formatted(
                      until(warning, warning.getFullAt()),
                      until(warning, warning.getResizePermittedAt())));
      case ResizeHeldBack held ->
          Optional.of("above the threshold again, resize held back until " + held.getUntil());
      default -> Optional.empty();
    };
  }

  private static long until(VolumeWillFill warning, Instant moment) {
    return Duration.between(warning.getUsage().getAt(), moment).toSeconds();
  }
}
