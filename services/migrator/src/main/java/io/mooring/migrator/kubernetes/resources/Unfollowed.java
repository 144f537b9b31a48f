package io.mooring.migrator.kubernetes.resources;

import java.util.List;

/** Fields that manifests for STORK have, and that mean nothing here: said, never passed over. */
final class Unfollowed {

  private Unfollowed() {}

  static List<String> of(List<String> fields) {
    return fields.isEmpty()
        ? List.of()
        : List.of(
            "MIG-174 The resource is used without %s. Mooring does not follow that."
                    .formatted(String.join(", ", fields))
                + " Leave it out once it is clear that nothing depends on it.");
  }
}
