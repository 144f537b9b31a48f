package io.mooring.migrator.kubernetes.resources;

/** Resources as people write them. */
final class Manifests {

  private Manifests() {}

  /**
   * @param options further ones, each a line
   */
  static String pair(String namespace, String name, int port, String options) {
    return """
    apiVersion: stork.libopenstorage.org/v1alpha1
    kind: ClusterPair
    metadata: {name: %s, namespace: %s}
    spec:
      options:
        ip: 127.0.0.1
        port: "%d"
    %s\
    """
        .formatted(name, namespace, port, options.indent(4));
  }

  static String rule(String namespace, String name, String command) {
    return """
    apiVersion: stork.libopenstorage.org/v1alpha1
    kind: Rule
    metadata: {name: %s, namespace: %s}
    rules:
      - podSelector: {app: kafka}
        actions:
          - {type: command, value: %s}
    """
        .formatted(name, namespace, command);
  }

  static String migration(String namespace, String name, String more) {
    return """
    apiVersion: stork.libopenstorage.org/v1alpha1
    kind: Migration
    metadata: {name: %s, namespace: %s}
    spec:
      clusterPair: west
      namespaces: [%s]
      %s
    """
        .formatted(name, namespace, namespace, more);
  }

  static String schedule(String namespace, String name, String more) {
    return """
    apiVersion: stork.libopenstorage.org/v1alpha1
    kind: MigrationSchedule
    metadata: {name: %s, namespace: %s}
    spec:
      template:
        spec:
          clusterPair: west
          namespaces: [%s]
      %s
    """
        .formatted(name, namespace, namespace, more);
  }
}
