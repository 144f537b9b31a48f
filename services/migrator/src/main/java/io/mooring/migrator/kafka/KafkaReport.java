package io.mooring.migrator.kafka;

import java.util.List;

/**
 * How a cluster compares with a cut.
 *
 * @param good whether nothing below the cut is missing
 * @param recordsBeyond records above the cut; they were written between its reading and the
 *     snapshots, or since the start
 * @param findings what is missing or different
 */
public record KafkaReport(
    boolean good,
    String clusterId,
    int partitions,
    int groupOffsets,
    long recordsMissing,
    long recordsBeyond,
    List<Finding> findings) {

  /** Something that is not as it was. */
  public record Finding(String subject, String expected, String found) {}

  public KafkaReport {
    findings = List.copyOf(findings);
  }
}
