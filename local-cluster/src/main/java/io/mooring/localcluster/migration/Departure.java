package io.mooring.localcluster.migration;

/** Why an application leaves its cluster. */
enum Departure {
  /** Its cluster is well: it is stopped there, and what it wrote last goes with it. */
  PLANNED,
  /** Its cluster is gone: the other one starts what came there last. */
  LOST
}
