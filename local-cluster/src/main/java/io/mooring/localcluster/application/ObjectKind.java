package io.mooring.localcluster.application;

import java.util.Arrays;
import java.util.stream.Collectors;

/** Kinds of objects, in the order in which they have to be made: each needs only earlier ones. */
public enum ObjectKind {
  STORAGE_CLASS("StorageClass", "storage.k8s.io/v1"),
  CONFIG_MAP("ConfigMap", "v1"),
  SERVICE("Service", "v1"),
  CLAIM("PersistentVolumeClaim", "v1"),
  STATEFUL_SET("StatefulSet", "apps/v1");

  private final String word;
  private final String apiVersion;

  ObjectKind(String word, String apiVersion) {
    this.word = word;
    this.apiVersion = apiVersion;
  }

  /** As it is written in a manifest. */
  public String word() {
    return word;
  }

  public String apiVersion() {
    return apiVersion;
  }

  static ObjectKind of(String word) {
    return Arrays.stream(values())
        .filter(kind -> kind.word.equals(word))
        .findFirst()
        .orElseThrow(() ->
            ManifestFault.refused(
                "An object of kind '%s' is not accepted".formatted(word),
                "this orchestrator knows %s"
                    .formatted(
                        Arrays.stream(values())
                            .map(ObjectKind::word)
                            .collect(Collectors.joining(", "))),
                "Leave the object out"));
  }
}
