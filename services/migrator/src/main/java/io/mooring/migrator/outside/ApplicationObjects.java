package io.mooring.migrator.outside;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Who keeps the objects that describe an application: an orchestrator. */
public interface ApplicationObjects {

  /**
   * One of them.
   *
   * @param manifest what it says, as JSON
   */
  record ApplicationObject(String kind, String namespace, String name, String manifest) {}

  /** All of a namespace, in the order in which they are to be created. */
  List<ApplicationObject> list(String namespace) throws IOException;

  /**
   * Creates an object, or makes it say this; the same call may come twice.
   *
   * @param start with its replicas; otherwise it is stopped until somebody starts it
   */
  void put(ApplicationObject object, boolean start) throws IOException;

  /**
   * Storage classes that the objects of a namespace may name; empty if that cannot be known here.
   */
  default Optional<Set<String>> storageClasses(String namespace) throws IOException {
    return Optional.empty();
  }

  /** Deletes an object; one that is gone is deleted. */
  void delete(ApplicationObject object) throws IOException;
}
