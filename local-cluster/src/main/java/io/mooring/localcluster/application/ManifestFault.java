package io.mooring.localcluster.application;

import io.mooring.localcluster.LocalClusterException;

/** What can be wrong with objects that are handed in. */
final class ManifestFault {

  static final String REFUSED = "LCL-040";
  static final String CONFLICT = "LCL-041";

  static final String KEPT = "LCL-049";

  private ManifestFault() {}

  /** The object says something that cannot be. */
  static LocalClusterException refused(String what, String why, String fix) {
    return new LocalClusterException(REFUSED, what, why, fix);
  }

  /** The object is not deleted: more would go with it than it says. */
  static LocalClusterException kept(String what, String why, String fix) {
    return new LocalClusterException(KEPT, what, why, fix);
  }

  /** The object does not fit the others that are here. */
  static LocalClusterException conflict(String what, String why, String fix) {
    return new LocalClusterException(CONFLICT, what, why, fix);
  }
}
