package io.mooring.migrator.work;

import io.mooring.migrator.objects.Namespaces;
import io.mooring.migrator.objects.ObjectChoice;
import io.mooring.migrator.outside.ApplicationObjects;
import io.mooring.migrator.outside.ApplicationObjects.ApplicationObject;
import io.mooring.schemas.MigrationSpec;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jboss.logging.Logger;

/** The objects of a migration as they are now, those that go along. */
final class CollectedObjects {

  private static final Logger LOG = Logger.getLogger(CollectedObjects.class);

  private final ApplicationObjects application;
  private final MigrationSpec spec;

  CollectedObjects(ApplicationObjects application, MigrationSpec spec) {
    this.application = application;
    this.spec = spec;
  }

  /**
   * @throws WorkRefusedException MIG-131, if a namespace is gone that must not be
   */
  List<ApplicationObject> all() throws IOException, WorkRefusedException {
    List<ApplicationObject> all = new ArrayList<>();
    if (!spec.getIncludeResources() && spec.getSkipDeletedNamespaces()) {
      return all;
    }
    for (String namespace : Namespaces.of(spec)) {
      List<ApplicationObject> objects = application.list(namespace);
      if (objects.isEmpty()) {
        gone(namespace);
      }
      all.addAll(objects);
    }
    return spec.getIncludeResources() ? ObjectChoice.of(spec, all) : List.of();
  }

  /** Nobody tells one that was deleted from one that is empty, and nothing would come of either. */
  private void gone(String namespace) throws WorkRefusedException {
    if (!spec.getSkipDeletedNamespaces()) {
      throw new WorkRefusedException(
          "MIG-131 Namespace '%s' is not moved. There is nothing in it; somebody has deleted it."
                  .formatted(namespace)
              + " Leave it out of the namespaces, or allow it with skipDeletedNamespaces.");
    }
    LOG.infof("A namespace is left out: there is nothing in it; namespace=%s", namespace);
  }
}
