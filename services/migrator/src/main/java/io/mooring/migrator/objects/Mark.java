package io.mooring.migrator.objects;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mooring.migrator.outside.ApplicationObjects.ApplicationObject;

/**
 * Annotations of what a migration has put: they tell which line of migrations brought it, and which
 * object of the source it is, so that the next one of that line may take it away. Whoever copies it
 * under another name copies them, too, and the copy is not what they name.
 *
 * @param by schedule or pair
 * @param from namespace on the source
 */
record Mark(String by, String from) {

  private static final String BY = "mooring.io/migrated-by";
  private static final String FROM = "mooring.io/migrated-from";

  /** Of somebody who restores by hand there is none: what he puts is nobody's to take away. */
  private boolean isNone() {
    return by.isEmpty();
  }

  void put(ObjectNode manifest, ApplicationObject object) {
    if (!isNone()) {
      manifest
          .withObjectProperty("metadata")
          .withObjectProperty("annotations")
          .put(BY, by)
          .put(FROM, name(object));
    } else if (manifest.path("metadata").get("annotations") instanceof ObjectNode annotations) {
      annotations.remove(BY);
      annotations.remove(FROM);
    }
  }

  boolean isOn(Described object) {
    return !isNone()
        && object.annotation(BY).equals(by)
        && object.annotation(FROM).equals(name(object.object()));
  }

  private String name(ApplicationObject object) {
    return "%s/%s/%s".formatted(from, object.kind(), object.name());
  }
}
