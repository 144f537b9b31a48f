package io.mooring.migrator.objects;

import io.mooring.schemas.MigrationKind;
import io.mooring.schemas.MigrationSpec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * What goes along and how it is changed on the way, as it is asked for and shown. What is left out
 * is as its description says.
 */
public record ObjectFields(
    @Schema(description = "Namespace whose objects go along; none, if left out.")
        @Nullable String namespace,
    @Schema(description = "Further namespaces, if there are several.")
        @Nullable List<String> namespaces,
    @Schema(description = "Namespace on the target, if there is one and its name is another.")
        @Nullable String targetNamespace,
    @Schema(description = "Namespace on the target, by that of the source.")
        @Nullable Map<String, String> namespaceMapping,
    @Schema(description = "Labels that an object must have to go along; all of them.")
        @Nullable Map<String, String> objectSelector,
    @Schema(description = "An object with one of these labels does not go along.")
        @Nullable Map<String, String> excludeSelector,
    @Schema(description = "Objects of these kinds do not go along.")
        @Nullable List<String> excludeKinds,
    @Schema(description = "Volumes go along.", defaultValue = "true")
        @Nullable Boolean includeVolumes,
    @Schema(description = "Objects go along.", defaultValue = "true")
        @Nullable Boolean includeResources,
    @Schema(
            description =
                "Objects that an earlier migration of the same schedule or pair brought to the"
                    + " target, and that are gone here, are deleted there; never claims or volumes.",
            defaultValue = "false")
        @Nullable Boolean purgeDeleted,
    @Schema(
            description = "A service that is on the target already stays as it is.",
            defaultValue = "false")
        @Nullable Boolean skipServiceUpdate,
    @Schema(
            description = "A namespace that is gone is left out; otherwise it fails (MIG-131).",
            defaultValue = "true")
        @Nullable Boolean skipDeletedNamespaces,
    @Schema(
            description = "Network policies that name blocks of addresses go along.",
            defaultValue = "false")
        @Nullable Boolean includeNetworkPolicyWithCidr,
    @Schema(
            description =
                "Objects whose owner goes along go along, too; otherwise the owner makes them.",
            defaultValue = "false")
        @Nullable Boolean ignoreOwnerReferences,
    @Schema(description = "Storage class that objects name on the target, by that of the source.")
        @Nullable Map<String, String> classMapping,
    @Schema(description = "Changes of objects on their way to the target, in this order.")
        @Nullable List<Transform> transforms) {

  /** As they were kept. */
  public static ObjectFields of(MigrationSpec spec) {
    return new ObjectFields(
        spec.getNamespace(),
        List.copyOf(spec.getNamespaces()),
        spec.getTargetNamespace(),
        Map.copyOf(spec.getNamespaceMapping()),
        Map.copyOf(spec.getObjectSelector()),
        Map.copyOf(spec.getExcludeSelector()),
        List.copyOf(spec.getExcludeKinds()),
        spec.getIncludeVolumes(),
        spec.getIncludeResources(),
        spec.getPurgeDeleted(),
        spec.getSkipServiceUpdate(),
        spec.getSkipDeletedNamespaces(),
        spec.getIncludeNetworkPolicyWithCidr(),
        spec.getIgnoreOwnerReferences(),
        Map.copyOf(spec.getClassMapping()),
        spec.getTransforms().stream().map(Transform::of).toList());
  }

  /** As a request to a migrator has them. */
  public Map<String, Object> asRequest() {
    return Json.map(this);
  }

  /** What is wrong with them in a migration or its schedule, all of it; empty if nothing is. */
  public List<String> problems() {
    return problems(MigrationKind.MIGRATION, "");
  }

  /**
   * The same for what else is asked for.
   *
   * @param origin of a restore: by what its objects come; empty if somebody asks by hand
   */
  public List<String> problems(MigrationKind kind, String origin) {
    return new FieldCheck(this).problems(kind, origin);
  }

  /**
   * Writes them with all that was left out. Only of those that have no {@link #problems}.
   *
   * @return the builder
   */
  public MigrationSpec.Builder into(MigrationSpec.Builder spec) {
    List<String> all = allNamespaces();
    Map<String, String> mapping = mapping();
    String first = all.isEmpty() ? "" : all.getFirst();
    String target = mapping.getOrDefault(first, first);
    return spec.setNamespace(first)
        .setNamespaces(all.size() > 1 ? all : List.of())
        // Whoever does not know of several has the first.
        .setTargetNamespace(target.equals(first) ? "" : target)
        .setNamespaceMapping(all.size() > 1 ? mapping : Map.of())
        .setObjectSelector(or(objectSelector))
        .setExcludeSelector(or(excludeSelector))
        .setExcludeKinds(or(excludeKinds))
        .setIncludeVolumes(or(includeVolumes, true))
        .setIncludeResources(or(includeResources, true))
        .setPurgeDeleted(or(purgeDeleted, false))
        .setSkipServiceUpdate(or(skipServiceUpdate, false))
        .setSkipDeletedNamespaces(or(skipDeletedNamespaces, true))
        .setIncludeNetworkPolicyWithCidr(or(includeNetworkPolicyWithCidr, false))
        .setIgnoreOwnerReferences(or(ignoreOwnerReferences, false))
        .setClassMapping(or(classMapping))
        .setTransforms(or(transforms).stream().map(Transform::kept).toList());
  }

  /** All namespaces, that of {@link #namespace} first. */
  List<String> allNamespaces() {
    Set<String> all = new LinkedHashSet<>();
    if (namespace != null && !namespace.isEmpty()) {
      all.add(namespace);
    }
    all.addAll(or(namespaces));
    return new ArrayList<>(all);
  }

  /** Where each namespace that is mapped goes to, the shorthand for one included. */
  Map<String, String> mapping() {
    Map<String, String> mapping = new LinkedHashMap<>();
    List<String> all = allNamespaces();
    if (targetNamespace != null && !targetNamespace.isEmpty() && !all.isEmpty()) {
      mapping.put(all.getFirst(), targetNamespace);
    }
    mapping.putAll(or(namespaceMapping));
    return mapping;
  }

  static <T> List<T> or(@Nullable List<T> list) {
    return list == null ? List.of() : list;
  }

  static Map<String, String> or(@Nullable Map<String, String> map) {
    return map == null ? Map.of() : map;
  }

  static boolean or(@Nullable Boolean flag, boolean fallback) {
    return flag == null ? fallback : flag;
  }
}
