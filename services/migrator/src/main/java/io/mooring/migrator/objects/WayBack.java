package io.mooring.migrator.objects;

import io.mooring.schemas.MigrationSpec;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What is asked of the other side when an application comes back that went by a spec. */
public final class WayBack {

  private WayBack() {}

  /**
   * Namespaces and classes are mapped back. What transforms have changed there is not known to have
   * been otherwise here, nor is which of two classes was meant that became one: then volumes come
   * back alone, and the objects here, which were only stopped, are started as they were.
   */
  public static ObjectFields of(MigrationSpec spec) {
    Map<String, String> classes = turned(spec.getClassMapping());
    boolean lost =
        !spec.getTransforms().isEmpty() || classes.size() < spec.getClassMapping().size();
    Map<String, String> namespaces = new LinkedHashMap<>();
    for (String namespace : Namespaces.of(spec)) {
      namespaces.put(Namespaces.target(spec, namespace), namespace);
    }
    namespaces.entrySet().removeIf(entry -> entry.getKey().equals(entry.getValue()));
    return new ObjectFields(
        "",
        Namespaces.targets(spec),
        "",
        namespaces,
        spec.getObjectSelector(),
        spec.getExcludeSelector(),
        spec.getExcludeKinds(),
        spec.getIncludeVolumes(),
        spec.getIncludeResources() && !lost,
        false,
        spec.getSkipServiceUpdate(),
        spec.getSkipDeletedNamespaces(),
        spec.getIncludeNetworkPolicyWithCidr(),
        spec.getIgnoreOwnerReferences(),
        lost ? Map.of() : classes,
        List.of());
  }

  private static Map<String, String> turned(Map<String, String> mapping) {
    Map<String, String> turned = new LinkedHashMap<>();
    mapping.forEach((here, there) -> turned.put(there, here));
    return turned;
  }
}
