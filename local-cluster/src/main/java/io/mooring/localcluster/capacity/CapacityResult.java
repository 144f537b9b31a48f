package io.mooring.localcluster.capacity;

import io.mooring.localcluster.load.LedgerVerdict;
import io.mooring.localcluster.report.Check;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Everything the demonstration has seen; written as JSON as it is. Seconds are those of the story.
 *
 * @param held whether every check held
 * @param startedAt ISO 8601
 * @param machine processors and memory
 * @param rule the rule as it was in use
 * @param seed seed of the faults, null without
 * @param faults what was done to the cluster
 * @param toCommand seconds from crossing a threshold to the command
 * @param toGrown seconds from crossing a threshold to the larger file system
 * @param rows each row of the paper's table on each broker
 * @param heldBackSeconds how long producers had to wait because a volume was almost full
 * @param ledger the audit
 * @param checks all checks
 * @param brokers curves of each broker
 */
record CapacityResult(
    boolean held,
    String startedAt,
    String machine,
    String rule,
    @Nullable Long seed,
    List<Struck> faults,
    Reaction toCommand,
    Reaction toGrown,
    List<RowOutcome> rows,
    double heldBackSeconds,
    LedgerVerdict ledger,
    List<Check> checks,
    List<Curve> brokers) {

  /** How long something took, over all resizes of all brokers. */
  record Reaction(double medianSeconds, double maxSeconds) {}

  /** A fault, or its end. */
  record Struck(double second, String fault, String target) {}

  /** Size and use of a broker's volume over time. */
  record Curve(int broker, List<Point> points) {}

  /** One look. */
  record Point(double second, long volumeBytes, long fsBytes, long usedBytes) {}
}
