package io.mooring.migrator.objects;

import io.mooring.schemas.MigrationSpec;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The namespaces of a migration, here and on the target. */
public final class Namespaces {

  private Namespaces() {}

  /** Where objects come from, each once, in order; empty if only volumes are moved. */
  public static List<String> of(MigrationSpec spec) {
    Set<String> all = new LinkedHashSet<>();
    if (!spec.getNamespace().isEmpty()) {
      all.add(spec.getNamespace());
    }
    all.addAll(spec.getNamespaces());
    return List.copyOf(all);
  }

  /** Where they go to, in the same order. */
  public static List<String> targets(MigrationSpec spec) {
    return of(spec).stream().map(namespace -> target(spec, namespace)).toList();
  }

  /** Where the objects of one namespace go to; one that is not mapped keeps its name. */
  public static String target(MigrationSpec spec, String namespace) {
    Map<String, String> mapping = spec.getNamespaceMapping();
    if (mapping.containsKey(namespace)) {
      return mapping.get(namespace);
    }
    boolean shorthand =
        namespace.equals(spec.getNamespace()) && !spec.getTargetNamespace().isEmpty();
    return shorthand ? spec.getTargetNamespace() : namespace;
  }

  /** For messages. */
  public static String text(List<String> namespaces) {
    return String.join("', '", namespaces);
  }
}
