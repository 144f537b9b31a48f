package io.mooring.benchmarks.migration;

import java.util.List;

/** Figures of one run. */
public record MigrationResult(String machine, String at, List<Row> rows) {

  /**
   * One way of sending all volumes of a replication factor and fetching the first.
   *
   * @param heldBytes content of all volumes
   * @param storedBytes that the store holds for them, metadata and compression included
   * @param distinctRatio distinct chunks to content, before compression; 1 for a plain copy
   * @param sendBytesPerSecond content of all volumes by time
   * @param fetchBytesPerSecond content of the first volume by time
   */
  public record Row(
      int replicationFactor,
      String way,
      long heldBytes,
      long storedBytes,
      double distinctRatio,
      double sendBytesPerSecond,
      double fetchBytesPerSecond) {}
}
