package io.mooring.autopilot.decision;

import io.mooring.autopilot.rule.AutopilotRule;
import io.mooring.autopilot.rule.ExpandAction;
import io.mooring.autopilot.rule.RebalanceAction;
import io.mooring.autopilot.rule.ResizeAction;
import java.math.BigDecimal;
import java.math.RoundingMode;
import org.jspecify.annotations.Nullable;

/** How large a volume, or the drive of a pool, becomes. */
final class Sizing {

  /** volume-manager rounds sizes up to this; so a maximum is rounded down to it (I7). */
  static final long UNIT_BYTES = 4096;

  private static final long SIZE_MAX_BYTES = 1L << 60;
  private static final BigDecimal HUNDRED = BigDecimal.valueOf(100);

  /** A forecast leaves a fifth of the volume free when it counts. */
  private static final double HEADROOM = 1.25;

  /** The size that a rule asks for. */
  sealed interface Size {
    record Grow(long bytes) implements Size {}

    /** The volume is as large as the rule lets it become. */
    record AtMaximum(long maxBytes) implements Size {}

    /** The pool's agent has no leave to grow its drive. */
    record NotPossible() implements Size {}

    /** The action does not change the size. */
    record Unchanged(RebalanceAction action) implements Size {}
  }

  private Sizing() {}

  static Size next(AutopilotRule rule, long currentBytes, UsageSample sample, Outlook outlook) {
    return switch (rule.action()) {
      case RebalanceAction rebalance -> new Size.Unchanged(rebalance);
      case ExpandAction expand ->
          next(expand, sample.pool() == null ? null : sample.pool().drive());
      case ResizeAction resize -> next(rule, resize, currentBytes, sample, outlook);
    };
  }

  private static Size next(ExpandAction expand, PoolFigures.@Nullable Drive drive) {
    if (drive == null) {
      return new Size.NotPossible();
    }
    long allowed = Math.min(expand.maxSizeBytes().orElse(SIZE_MAX_BYTES), drive.maxBytes());
    long max = roundedDown(allowed);
    long current = drive.sizeBytes();
    if (current >= max) {
      return new Size.AtMaximum(max);
    }
    long wanted =
        switch (expand.growth()) {
          case ExpandAction.Growth.Percentage(BigDecimal percent) -> scaled(percent, current);
          case ExpandAction.Growth.Bytes(long bytes) ->
              roundedUp(Math.min(current + Math.min(bytes, SIZE_MAX_BYTES), SIZE_MAX_BYTES));
        };
    return new Size.Grow(Math.min(wanted, max));
  }

  private static Size next(
      AutopilotRule rule,
      ResizeAction resize,
      long currentBytes,
      UsageSample sample,
      Outlook outlook) {
    long max = roundedDown(resize.maxSizeBytes().orElse(SIZE_MAX_BYTES));
    if (currentBytes >= max) {
      return new Size.AtMaximum(max);
    }
    long wanted = scaled(resize.scalePercentage(), currentBytes);
    if (rule.forecast() && sample.hasFileSystem()) {
      wanted = Math.max(wanted, lastingUntilNextResize(rule, sample, outlook));
    }
    return new Size.Grow(Math.min(wanted, max));
  }

  private static long scaled(BigDecimal percentage, long currentBytes) {
    BigDecimal current = BigDecimal.valueOf(currentBytes);
    BigDecimal growth =
        current.multiply(percentage).divide(HUNDRED, 0, RoundingMode.DOWN).max(BigDecimal.ONE);
    return roundedUp(current.add(growth).min(BigDecimal.valueOf(SIZE_MAX_BYTES)).longValueExact());
  }

  private static long lastingUntilNextResize(
      AutopilotRule rule, UsageSample sample, Outlook outlook) {
    double usedThen = outlook.usedAfter(rule.timing().coolDown(), sample);
    return roundedUp((long) Math.min(usedThen * HEADROOM, SIZE_MAX_BYTES));
  }

  private static long roundedUp(long bytes) {
    return Math.ceilDiv(bytes, UNIT_BYTES) * UNIT_BYTES;
  }

  private static long roundedDown(long bytes) {
    return bytes / UNIT_BYTES * UNIT_BYTES;
  }
}
