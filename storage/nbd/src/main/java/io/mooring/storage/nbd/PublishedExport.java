package io.mooring.storage.nbd;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** An export, what was asked of it and who uses it. */
record PublishedExport(NbdExport export, ExportCounters counters, Set<Connection> connections) {

  static PublishedExport of(NbdExport export) {
    return new PublishedExport(export, new ExportCounters(), ConcurrentHashMap.newKeySet());
  }
}
