package io.mooring.migrator.config;

/**
 * How a process's heap is shared out. What the service itself and the buffers of its workers take
 * does not depend on the size of volumes; what is left finds duplicates, and less of it finds fewer
 * of them.
 *
 * @param indexBytes most that one index may take: each task has one, and those of a backup share
 *     another
 * @param neededBytes heap with which all tasks can run at the same time
 */
public record HeapBudget(long indexBytes, long neededBytes) {

  private static final long MIB = 1 << 20;

  /** Clients of Kafka and of the registry, REST, and one check of a backup. */
  private static final long SERVICE = 160 * MIB;

  /** A region, a pack, and what a request to the object store takes beside them. */
  private static final long WORKER = 40 * MIB;

  private static final long INDEX_MIN = 4 * MIB;
  private static final long INDEX_MAX = 256 * MIB;

  /** Shares out a heap of that size. */
  public static HeapBudget of(MigratorConfig.Transfer transfer, long heapBytes) {
    long tasks = transfer.tasksMax();
    long indexes = tasks > 1 ? 2 * tasks : tasks;
    long buffers = SERVICE + tasks * transfer.workers() * WORKER;
    // A table that grows is there twice for a moment, and a collector needs room to work in.
    long left = (heapBytes - buffers) / 2;
    return new HeapBudget(
        Math.clamp(left / indexes, INDEX_MIN, INDEX_MAX), buffers + indexes * INDEX_MIN);
  }
}
