package io.mooring.migrator.kubernetes;

/**
 * A kind of objects, and where the API server has them.
 *
 * @param group empty for the core's
 */
record Kind(String group, String version, String plural, String name, boolean namespaced) {

  static Kind namespaced(String group, String version, String plural, String name) {
    return new Kind(group, version, plural, name, true);
  }

  static Kind ofCluster(String group, String version, String plural, String name) {
    return new Kind(group, version, plural, name, false);
  }

  String apiVersion() {
    return group.isEmpty() ? version : group + "/" + version;
  }

  /** Path of all objects of it; the namespace counts only for kinds that are in one. */
  String path(String namespace) {
    String root = group.isEmpty() ? "/api/" : "/apis/";
    String place = namespaced ? "/namespaces/" + namespace : "";
    return root + apiVersion() + place + "/" + plural;
  }

  String path(String namespace, String object) {
    return path(namespace) + "/" + object;
  }
}
