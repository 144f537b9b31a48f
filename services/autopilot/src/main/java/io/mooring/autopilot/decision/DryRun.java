package io.mooring.autopilot.decision;

import io.mooring.autopilot.rule.AutopilotRule;
import io.mooring.autopilot.rule.Conditions.Judgement;
import java.util.Optional;

/** What a rule would do on the newest measurement of a volume. Nothing is done, nothing is kept. */
public final class DryRun {

  private DryRun() {}

  /** What would happen. */
  public sealed interface Foreseen {

    /** The rule would grow the volume, after approval and {@code for} if it has them. */
    record Growth(Preview preview) implements Foreseen {}

    /** The conditions hold, and the volume is as large as the rule lets it become. */
    record AtMaximum(long maxBytes) implements Foreseen {}

    /** The rule would have replicas moved, after approval and {@code for} if it has them. */
    record Rebalance() implements Foreseen {}

    /** The pool's agent has no leave to grow its drive. */
    record NotPossible() implements Foreseen {}

    /** The conditions do not hold, or it is not known whether they do. */
    record Nothing() implements Foreseen {}
  }

  /** What the conditions come to, and what follows. */
  public record Result(UsageSample sample, Judgement judgement, Foreseen foreseen) {}

  /** Empty if the rule does not select the volume or the volume was not measured. */
  public static Optional<Result> of(WatchedVolume volume, AutopilotRule rule) {
    UsageSample sample = volume.newest();
    if (sample == null || !volume.isSelectedBy(rule)) {
      return Optional.empty();
    }
    Judgement judgement = volume.judge(rule, sample);
    return Optional.of(new Result(sample, judgement, foresee(volume, rule, sample, judgement)));
  }

  private static Foreseen foresee(
      WatchedVolume volume, AutopilotRule rule, UsageSample sample, Judgement judgement) {
    return switch (judgement.verdict()) {
      case NOT_MET, UNKNOWN -> new Foreseen.Nothing();
      case MET -> {
        Outlook outlook = volume.outlook(sample);
        long current = volume.sizeBytes(sample);
        yield switch (Sizing.next(rule, current, sample, outlook)) {
          case Sizing.Size.Grow(long bytes) -> new Foreseen.Growth(new Preview(current, bytes));
          case Sizing.Size.AtMaximum(long max) -> new Foreseen.AtMaximum(max);
          case Sizing.Size.NotPossible _ -> new Foreseen.NotPossible();
          case Sizing.Size.Unchanged _ -> new Foreseen.Rebalance();
        };
      }
    };
  }
}
