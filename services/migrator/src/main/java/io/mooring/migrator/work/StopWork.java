package io.mooring.migrator.work;

import io.mooring.migrator.objects.Namespaces;
import io.mooring.migrator.outside.ApplicationDoor;
import io.mooring.migrator.outside.ApplicationSide;
import io.mooring.migrator.outside.KnownVolume;
import io.mooring.schemas.MigrationState;
import java.io.IOException;
import java.util.List;

/**
 * Stops the application on this side, before its last snapshots: no pod runs, and no node has one
 * of its volumes, so that all that it wrote is in them and nothing more comes. What its Kafka has
 * committed until then is noted first, as nobody can be asked afterwards.
 */
final class StopWork {

  private static final long POLL_MS = 500;

  private final Surroundings surroundings;
  private final MigrationState migration;

  StopWork(Surroundings surroundings, MigrationState migration) {
    this.surroundings = surroundings;
    this.migration = migration;
  }

  Findings run() throws IOException, WorkRefusedException, InterruptedException {
    List<String> namespaces = Namespaces.of(migration.getSpec());
    ApplicationSide here = ApplicationSide.here(surroundings.door(), namespaces);
    if (here.activity().desired() > 0) {
      new DepartureCut(surroundings, migration).keep(DepartureCut.ASKED_MAX);
    }
    here.stop();
    ChosenVolumes chosen = new ChosenVolumes(surroundings.manager(), migration.getSpec());
    long deadline = System.nanoTime() + surroundings.applicationPatience().toNanos();
    while (true) {
      ApplicationDoor.Activity activity = here.activity();
      List<String> attached = attached(chosen);
      if (activity.desired() == 0 && activity.running() == 0 && attached.isEmpty()) {
        return Findings.NONE;
      }
      if (System.nanoTime() > deadline) {
        throw new WorkRefusedException(
            "MIG-114 The applications of namespace '%s' were not stopped in time. %d pods run, and"
                    .formatted(Namespaces.text(namespaces), activity.running())
                + " volumes %s are attached. Look at their pods; they are started again."
                    .formatted(attached));
      }
      Thread.sleep(POLL_MS);
    }
  }

  private List<String> attached(ChosenVolumes chosen) throws IOException, WorkRefusedException {
    return chosen.all().stream()
        .filter(volume -> !volume.isDetached())
        .map(KnownVolume::name)
        .toList();
  }
}
