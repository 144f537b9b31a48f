package io.mooring.storage.nbd;

import java.util.concurrent.atomic.LongAdder;

/** What the clients of one export have asked of it, since it was published. */
final class ExportCounters {

  private final LongAdder reads = new LongAdder();
  private final LongAdder readBytes = new LongAdder();
  private final LongAdder writes = new LongAdder();
  private final LongAdder writtenBytes = new LongAdder();
  private final LongAdder flushes = new LongAdder();
  private final LongAdder trims = new LongAdder();
  private final LongAdder failures = new LongAdder();

  void read(long bytes) {
    reads.increment();
    readBytes.add(bytes);
  }

  void write(long bytes) {
    writes.increment();
    writtenBytes.add(bytes);
  }

  void flush() {
    flushes.increment();
  }

  void trim() {
    trims.increment();
  }

  void failed() {
    failures.increment();
  }

  ExportTraffic snapshot() {
    return new ExportTraffic(
        reads.sum(),
        readBytes.sum(),
        writes.sum(),
        writtenBytes.sum(),
        flushes.sum(),
        trims.sum(),
        failures.sum());
  }
}
