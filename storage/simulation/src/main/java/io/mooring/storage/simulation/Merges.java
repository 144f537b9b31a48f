package io.mooring.storage.simulation;

import java.util.function.BooleanSupplier;

/** Merges the layers of deleted snapshots in the background, while one run of a replica lasts. */
final class Merges {
  private final Simulation simulation;
  private final Scheduler scheduler;
  private final ReplicaHost host;
  private final BooleanSupplier active;
  private boolean merging;

  Merges(Simulation simulation, ReplicaHost host, BooleanSupplier active) {
    this.simulation = simulation;
    this.scheduler = simulation.scheduler();
    this.host = host;
    this.active = active;
  }

  void start() {
    SimulatedDisk.Merge merge = merging ? null : host.disk().nextMerge();
    if (merge != null) {
      merging = true;
      mergeLater(merge, 0);
    }
  }

  /** Sector by sector, then a sync, then the list; a crash anywhere leaves it to the next run. */
  private void mergeLater(SimulatedDisk.Merge merge, int slot) {
    scheduler.after(
        scheduler.between(20, 2_000) * Scheduler.MICROS,
        "merge",
        () -> {
          if (!active.getAsBoolean()) {
            return;
          }
          if (slot == Layout.HOT_SECTORS.length) {
            syncLater(merge, host.disk().position(merge));
          } else if (host.disk().mergeSector(merge, slot)) {
            mergeLater(merge, slot + 1);
          } else {
            merging = false; // what cannot be read stays where it is; tried again some day
          }
          simulation.checkAfterEvent();
        });
  }

  private void syncLater(SimulatedDisk.Merge merge, SimulatedDisk.SyncPoint point) {
    scheduler.after(
        scheduler.between(50, 3_000) * Scheduler.MICROS,
        "merge synced",
        () -> {
          if (active.getAsBoolean() && host.fault != ReplicaHost.DiskFault.SYNCS_FAIL) {
            host.disk().synced(point);
            host.disk().merged(merge);
            merging = false;
            start();
            simulation.checkAfterEvent();
          }
        });
  }
}
