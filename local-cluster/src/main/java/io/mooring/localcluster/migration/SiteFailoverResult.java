package io.mooring.localcluster.migration;

import io.mooring.localcluster.report.Check;
import java.util.List;

/**
 * Everything that the demonstration of a failover has seen; written as JSON as it is.
 *
 * @param held whether every check held
 * @param startedAt ISO 8601
 * @param machine processors and memory
 * @param moves in order
 * @param written records that were acknowledged, by whom
 * @param away what was seen on the target after the failover
 * @param recordedThere partitions of which a backup on the target has recorded what was committed
 * @param back what was seen on the source after the failback
 */
record SiteFailoverResult(
    boolean held,
    String startedAt,
    String machine,
    Departure departure,
    List<Move> moves,
    Written written,
    TargetFindings away,
    int recordedThere,
    TargetFindings back,
    List<Check> checks) {

  /**
   * Records that were acknowledged.
   *
   * @param onSource before the failover
   * @param notMoved of them, those that are younger than what came to the target; 0 if planned
   * @param onTarget between failover and failback
   */
  record Written(long onSource, long notMoved, long onTarget) {}
}
