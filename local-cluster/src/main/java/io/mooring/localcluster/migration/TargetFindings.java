package io.mooring.localcluster.migration;

import io.mooring.localcluster.load.LedgerVerdict;
import java.util.List;

/**
 * What was seen of Kafka on the other cluster.
 *
 * @param clusterId its id
 * @param brokers brokers that are registered
 * @param watched of them, those that the failover-detector there sees serving
 * @param partitions partitions of all topics, Kafka's own too
 * @param withoutLeader of them, those without a leader within the limit
 * @param ledger what was acknowledged below the cut, held against what is there
 * @param groups where the consumer group is
 * @param written records that it has acknowledged since, to show that it takes new ones
 */
record TargetFindings(
    String clusterId,
    int brokers,
    int watched,
    int partitions,
    int withoutLeader,
    LedgerVerdict ledger,
    List<GroupPosition> groups,
    long written) {

  /**
   * A consumer group at a partition.
   *
   * @param recorded offset at the cut
   * @param committed offset that the cluster knows; -1 if none
   * @param resumed offset at which a member of the group went on; -1 if it did not
   * @param end end of the partition
   */
  record GroupPosition(
      String topic, int partition, long recorded, long committed, long resumed, long end) {

    /** Nothing that was committed at the cut is read again, and nothing is left out. */
    boolean isKept() {
      return committed >= recorded && committed <= end && resumed == committed;
    }
  }
}
