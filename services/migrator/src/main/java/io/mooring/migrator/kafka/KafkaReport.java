package io.mooring.migrator.kafka;

import java.util.List;

/**
 * How a cluster compares with a cut.
 *
 * @param good whether nothing below the cut is missing
 * @param recordsMissing below the cut, at the end of partitions or where their histories part
 * @param recordsBeyond records above the cut; they were written between its reading and the
 *     snapshots, or since the start
 * @param recordsExpired below the cut, but deleted at the beginning of partitions that keep records
 *     for a limited time or size only: retention goes on where brokers are started
 * @param findings what is missing or different
 * @param notes what is no loss below the cut, but should be known
 */
public record KafkaReport(
    boolean good,
    String clusterId,
    int partitions,
    int groupOffsets,
    long recordsMissing,
    long recordsBeyond,
    long recordsExpired,
    List<Finding> findings,
    List<Finding> notes) {

  /** Something that is not as it was. */
  public record Finding(String subject, String expected, String found) {}
}
