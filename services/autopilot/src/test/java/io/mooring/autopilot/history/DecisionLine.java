package io.mooring.autopilot.history;

import io.mooring.autopilot.decision.Effect;
import io.mooring.autopilot.decision.UsageSample;
import io.mooring.autopilot.decision.VolumeFacts;
import io.mooring.autopilot.decision.VolumeWatch.Outcome;
import io.mooring.schemas.AutopilotEvent;
import io.mooring.schemas.MeasuredUsage;
import io.mooring.schemas.ResizeHeldBack;
import io.mooring.schemas.ResizeRequested;
import io.mooring.schemas.RuleMoved;
import io.mooring.schemas.VolumeWillFill;

/** A decision in one line, whether it was published or replayed. */
public final class DecisionLine {

  private DecisionLine() {}

  public static String of(AutopilotEvent event) {
    String what =
        switch (event.getDetail()) {
          case RuleMoved moved ->
              "%s -> %s at %s: %s, %s; %s"
                  .formatted(
                      moved.getFrom(),
                      moved.getTo(),
                      event.getAt(),
                      moved.getReason(),
                      moved.getMessage(),
                      moved.getUsage() == null ? "" : usage(moved.getUsage()));
          case ResizeRequested resize ->
              "resize %s attempt %d: %d -> %d"
                  .formatted(
                      resize.getCommandId(),
                      resize.getAttempt(),
                      resize.getFromBytes(),
                      resize.getToBytes());
          case ResizeHeldBack held ->
              "held back until %s; %s".formatted(held.getUntil(), usage(held.getUsage()));
          case VolumeWillFill fill ->
              "will fill at %s before %s at %s; %s"
                  .formatted(
                      fill.getFullAt(),
                      fill.getResizePermittedAt(),
                      fill.getBytesPerSecond(),
                      usage(fill.getUsage()));
          default -> throw new AssertionError("no such decision: " + event);
        };
    return event.getVolumeId() + " " + event.getRuleName() + " " + what;
  }

  public static String of(VolumeFacts volume, Outcome outcome) {
    String what =
        switch (outcome.effect()) {
          case Effect.Moved moved ->
              "%s -> %s at %s: %s, %s; %s"
                  .formatted(
                      moved.from().name(),
                      moved.to().name(),
                      moved.to().since(),
                      moved.reason(),
                      moved.message(),
                      moved.evidence() == null ? "" : usage(moved.evidence().sample()));
          case Effect.Resize resize ->
              "resize %s attempt %d: %d -> %d"
                  .formatted(
                      resize.order().commandId(),
                      resize.order().attempt(),
                      resize.order().fromBytes(),
                      resize.order().toBytes());
          case Effect.HeldBack held ->
              "held back until %s; %s".formatted(held.until(), usage(held.evidence().sample()));
          case Effect.WillFill fill ->
              "will fill at %s before %s at %s; %s"
                  .formatted(
                      fill.fullAt(),
                      fill.resizePermittedAt(),
                      fill.bytesPerSecond(),
                      usage(fill.sample()));
        };
    return volume.id() + " " + outcome.rule() + " " + what;
  }

  private static String usage(MeasuredUsage usage) {
    return "%s %d/%d of %d"
        .formatted(
            usage.getAt(),
            usage.getFsUsedBytes(),
            usage.getFsSizeBytes(),
            usage.getCapacityBytes());
  }

  private static String usage(UsageSample sample) {
    return "%s %d/%d of %d"
        .formatted(sample.at(), sample.fsUsedBytes(), sample.fsSizeBytes(), sample.capacityBytes());
  }
}
