package io.mooring.migrator.work;

import io.mooring.migrator.objects.Namespaces;
import io.mooring.migrator.objects.ObjectChange;
import io.mooring.migrator.objects.Purge;
import io.mooring.migrator.objects.UnfitException;
import io.mooring.migrator.outside.ApplicationObjects;
import io.mooring.migrator.outside.ApplicationObjects.ApplicationObject;
import io.mooring.migrator.outside.ApplicationSide;
import io.mooring.migrator.outside.OutsideException;
import io.mooring.schemas.MigrationSpec;
import io.mooring.schemas.MigrationState;
import io.mooring.storage.backup.Repository;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/**
 * Creates the application's objects, once all volumes are there; stopped, unless asked for. Then
 * what earlier migrations brought and is gone on the source is deleted, if that was asked for.
 */
final class ObjectsWork {

  private static final Logger LOG = Logger.getLogger(ObjectsWork.class);

  private final Surroundings surroundings;
  private final ApplicationObjects application;
  private final MigrationState migration;
  private final MigrationSpec spec;

  ObjectsWork(Surroundings surroundings, MigrationState migration) {
    this.surroundings = surroundings;
    this.application = surroundings.application();
    this.migration = migration;
    this.spec = migration.getSpec();
  }

  Findings run(Board board) throws IOException, WorkRefusedException {
    if (!moved(spec)) {
      return Findings.NONE;
    }
    Repository repository = surroundings.repository().open(spec.getBytesPerSecond());
    List<ApplicationObject> objects =
        changed(spec, Contents.of(repository, repository.backup(spec.getBackup())).objects());
    boolean runs = spec.getPurgeDeleted() && here().activity().desired() > 0;
    Set<ApplicationObject> kept = spec.getSkipServiceUpdate() ? services(objects) : Set.of();
    int done = 0;
    for (ApplicationObject object : objects) {
      if (!kept.contains(object)) {
        application.put(object, spec.getStartApplications());
      }
      done++;
      board.show(Findings.NONE.withResources(objects.size(), done));
    }
    String left = spec.getPurgeDeleted() ? purge(objects, runs) : "";
    return Findings.NONE.withResources(objects.size(), done).withLeft(left);
  }

  /** Whether a restore has to do with objects. */
  static boolean moved(MigrationSpec spec) {
    return spec.getIncludeResources() && !Namespaces.of(spec).isEmpty();
  }

  /** The objects of a backup as they are to be put. */
  static List<ApplicationObject> changed(MigrationSpec spec, List<ApplicationObject> objects)
      throws WorkRefusedException {
    try {
      return new ObjectChange(spec).of(objects);
    } catch (UnfitException e) {
      throw new WorkRefusedException(String.valueOf(e.getMessage()));
    }
  }

  private ApplicationSide here() {
    return ApplicationSide.here(surroundings.door(), Namespaces.targets(spec));
  }

  /** Services to be put that are here already. */
  private Set<ApplicationObject> services(List<ApplicationObject> objects) throws IOException {
    Set<String> here = servicesHere();
    return objects.stream()
        .filter(object -> object.kind().equals("Service") && here.contains(place(object)))
        .collect(Collectors.toSet());
  }

  private Set<String> servicesHere() throws IOException {
    List<ApplicationObject> all = new ArrayList<>();
    for (String namespace : Namespaces.targets(spec)) {
      all.addAll(application.list(namespace));
    }
    return all.stream()
        .filter(object -> object.kind().equals("Service"))
        .map(ObjectsWork::place)
        .collect(Collectors.toSet());
  }

  private static String place(ApplicationObject object) {
    return object.namespace() + "/" + object.name();
  }

  /**
   * @param runs the application ran here before: what it uses is not taken away from it
   * @return what was left, in words
   */
  private String purge(List<ApplicationObject> put, boolean runs) throws IOException {
    List<String> left = new ArrayList<>();
    for (String namespace : Namespaces.of(spec)) {
      Purge purge =
          Purge.of(spec, namespace, put, application.list(Namespaces.target(spec, namespace)));
      left.addAll(purge.left());
      for (ApplicationObject object : purge.deleted()) {
        if (runs) {
          left.add(Purge.left(object, "The application runs here"));
        } else {
          delete(object, left);
        }
      }
    }
    return String.join(" ", left);
  }

  private void delete(ApplicationObject object, List<String> left) throws IOException {
    try {
      application.delete(object);
      LOG.infof(
          "An object was deleted that is gone on the source; migration=%s object=%s/%s/%s",
          migration.getName(), object.kind(), object.namespace(), object.name());
    } catch (OutsideException e) {
      if (!e.isRefused()) {
        throw e;
      }
      left.add(Purge.left(object, "It was not deleted: " + e.getMessage()));
    }
  }
}
