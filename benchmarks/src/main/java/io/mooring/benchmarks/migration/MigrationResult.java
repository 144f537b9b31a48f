package io.mooring.benchmarks.migration;

import java.util.List;

/** Figures of one run. */
public record MigrationResult(String machine, String at, List<Row> rows, List<MemoryRow> memory) {

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

  /**
   * Two volumes of a size, sent at the same time and fetched by one process.
   *
   * @param volumeBytes of each of them, all of it content
   * @param heapLimitBytes that the process may use
   * @param heapPeakBytes sum of the most that each part of the heap held
   * @param residentPeakBytes the most memory that the kernel saw the process have
   */
  public record MemoryRow(
      long volumeBytes, long heapLimitBytes, long heapPeakBytes, long residentPeakBytes) {}
}
