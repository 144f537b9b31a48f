package io.mooring.migrator.work;

import io.mooring.migrator.outside.ApplicationObjects.ApplicationObject;
import io.mooring.schemas.MigrationSpec;
import io.mooring.schemas.MigrationState;
import io.mooring.storage.backup.Repository;
import java.io.IOException;
import java.util.List;

/** Creates the application's objects, once all volumes are there; stopped, unless asked for. */
final class ObjectsWork {

  private final Surroundings surroundings;
  private final MigrationState migration;

  ObjectsWork(Surroundings surroundings, MigrationState migration) {
    this.surroundings = surroundings;
    this.migration = migration;
  }

  Findings run(Board board) throws IOException, WorkRefusedException {
    MigrationSpec spec = migration.getSpec();
    if (spec.getNamespace().isEmpty()) {
      return Findings.NONE;
    }
    Repository repository = surroundings.repository().open(spec.getBytesPerSecond());
    List<ApplicationObject> objects =
        Contents.of(repository, repository.backup(spec.getBackup())).objects();
    int done = 0;
    for (ApplicationObject object : objects) {
      String namespace =
          spec.getTargetNamespace().isEmpty() ? object.namespace() : spec.getTargetNamespace();
      surroundings
          .application()
          .put(
              new ApplicationObject(object.kind(), namespace, object.name(), object.manifest()),
              spec.getStartApplications());
      done++;
      board.show(Findings.NONE.withResources(objects.size(), done));
    }
    return Findings.NONE.withResources(objects.size(), done);
  }
}
