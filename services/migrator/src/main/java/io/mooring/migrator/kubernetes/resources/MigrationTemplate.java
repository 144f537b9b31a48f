package io.mooring.migrator.kubernetes.resources;

import io.mooring.migrator.control.ResourceOwner;
import io.mooring.migrator.control.StateView;
import io.mooring.migrator.objects.ObjectFields;
import io.mooring.schemas.ClusterPairState;
import io.mooring.schemas.MigrationRuleState;
import io.mooring.schemas.MigrationSpec;
import io.mooring.schemas.PairMode;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Makes what is asked for of what a Migration, or the template of a schedule, says. */
final class MigrationTemplate {

  /** Label of a volume that was made for a claim. */
  private static final String CLAIM_NAMESPACE = "csi.storage.k8s.io/pvc/namespace";

  private final ResourceView view;
  private final VolumeDirectory volumes;
  private final ControlNames names;

  /**
   * What a resource comes to.
   *
   * @param spec as far as it goes; only of use without anything that hinders
   * @param hindering why nothing is begun
   * @param notes what of the resource is not followed
   */
  record Wanted(MigrationSpec spec, List<String> hindering, List<String> notes) {

    /** All that is to be told. */
    List<String> problems() {
      List<String> all = new ArrayList<>(hindering);
      all.addAll(notes);
      return all;
    }
  }

  MigrationTemplate(ResourceView view, VolumeDirectory volumes, ControlNames names) {
    this.view = view;
    this.volumes = volumes;
    this.names = names;
  }

  /**
   * @param owner the resource, whose namespace counts
   * @param spec what it says about the migration
   * @param topics pairs and rules that there are
   */
  Wanted read(Manifest owner, Fields spec, StateView topics) {
    List<String> hindering = new ArrayList<>();
    List<String> namespaces = namespaces(owner, spec, hindering);
    ObjectFields fields = fields(spec, namespaces);
    List<String> unfit = fields.problems();
    if (!unfit.isEmpty()) {
      hindering.add(
          "MIG-130 Migration '%s' was not begun. Something is wrong with it: %s. Correct it."
              .formatted(owner.name(), String.join("; ", unfit)));
    }
    Optional<ClusterPairState> pair = pair(owner, spec.text("clusterPair"), topics, hindering);
    boolean full = pair.filter(one -> one.getMode() == PairMode.ONE_TIME_MIGRATION).isPresent();
    MigrationSpec.Builder builder =
        MigrationSpec.newBuilder()
            .setPair(pair.map(ClusterPairState::getName).orElse(""))
            .setStartApplications(spec.flag("startApplications").orElse(false))
            // Only what an earlier restore made, and nobody has used since, is ever replaced.
            .setReplace(true)
            .setKeepSnapshots(!full)
            .setPreExecRule(rule(owner, spec.text("preExecRule"), topics, hindering))
            .setPostExecRule(rule(owner, spec.text("postExecRule"), topics, hindering));
    if (!spec.texts("transformSpecs").isEmpty()) {
      hindering.add(
          unfit(
              owner,
              "it has transformSpecs, without which something else would arrive than was asked"
                  + " for"));
    }
    if (unfit.isEmpty()) {
      fields.into(builder);
    }
    choose(owner, spec, namespaces, builder, hindering);
    return new Wanted(builder.build(), hindering, notes(spec));
  }

  private static String unfit(Manifest owner, String why) {
    return "MIG-175 %s '%s' is not used. Something is wrong with it: %s. Correct it."
        .formatted(owner.resource().getKind(), owner.name(), why);
  }

  private List<String> namespaces(Manifest owner, Fields spec, List<String> hindering) {
    Set<String> chosen = new LinkedHashSet<>(spec.texts("namespaces"));
    Map<String, String> selector = spec.labels("namespaceSelectors");
    if (!selector.isEmpty()) {
      chosen.addAll(view.namespaces(selector));
    }
    if (chosen.isEmpty()) {
      hindering.add(unfit(owner, "no namespace is named or has the labels of namespaceSelectors"));
    }
    List<String> foreign =
        chosen.stream().filter(namespace -> !namespace.equals(owner.namespace())).toList();
    if (!foreign.isEmpty() && !owner.namespace().equals(names.adminNamespace())) {
      hindering.add(
          "MIG-173 %s '%s' is not used. It is about other namespaces than its own: %s. Only those in"
                  .formatted(owner.resource().getKind(), owner.name(), String.join(", ", foreign))
              + " namespace '%s' may be; make it there, or in each namespace."
                  .formatted(names.adminNamespace()));
    }
    return new ArrayList<>(chosen);
  }

  static ObjectFields fields(Fields spec, List<String> namespaces) {
    return new ObjectFields(
        null,
        namespaces,
        null,
        spec.labels("namespaceMapping"),
        spec.labels("selectors"),
        spec.labels("excludeSelectors"),
        spec.texts("excludeResourceTypes"),
        spec.flag("includeVolumes").orElse(true),
        spec.flag("includeResources").orElse(true),
        spec.flag("purgeDeletedResources").orElse(false),
        spec.flag("skipServiceUpdate").orElse(false),
        spec.flag("skipDeletedNamespaces").orElse(true),
        spec.flag("includeNetworkPolicyWithCIDR").orElse(false),
        spec.flag("ignoreOwnerReferencesCheck").orElse(false),
        spec.labels("storageClassMapping"),
        List.of());
  }

  /** Volumes of one namespace are found by their label when the snapshots are taken. */
  private void choose(
      Manifest owner,
      Fields spec,
      List<String> namespaces,
      MigrationSpec.Builder builder,
      List<String> hindering) {
    if (!builder.getIncludeVolumes()) {
      return;
    }
    Map<String, String> wanted = spec.labels("selectors");
    Map<String, String> unwanted = spec.labels("excludeSelectors");
    boolean selective = !wanted.isEmpty() || !unwanted.isEmpty();
    if (volumes.claims(namespaces, labels -> fits(labels, wanted, unwanted)).isEmpty()) {
      builder.setIncludeVolumes(false);
    } else if (namespaces.size() == 1
        && !selective
        && volumes.areLabelled(CLAIM_NAMESPACE, namespaces.getFirst())) {
      builder.setLabels(Map.of(CLAIM_NAMESPACE, namespaces.getFirst()));
    } else {
      VolumeDirectory.Chosen chosen =
          volumes.chosen(namespaces, labels -> fits(labels, wanted, unwanted));
      if (!chosen.strangers().isEmpty()) {
        hindering.add(
            unfit(
                owner,
                "these claims have no volumes of Mooring: "
                    + String.join(", ", chosen.strangers())));
      }
      builder.setVolumes(chosen.names()).setIncludeVolumes(!chosen.names().isEmpty());
    }
  }

  private static boolean fits(
      Map<String, String> labels, Map<String, String> wanted, Map<String, String> unwanted) {
    return labels.entrySet().containsAll(wanted.entrySet())
        && unwanted.entrySet().stream().noneMatch(labels.entrySet()::contains);
  }

  /** Pairs are those of the resource's own namespace: a pair leads where its owner wants it to. */
  private Optional<ClusterPairState> pair(
      Manifest owner, String name, StateView topics, List<String> hindering) {
    Optional<ClusterPairState> found =
        topics
            .pair(names.pair(owner.namespace(), name))
            .filter(pair -> isOf(owner, name, pair.getRequestedBy()));
    if (found.isEmpty()) {
      hindering.add(
          "MIG-076 Cluster pair '%s' does not exist in namespace '%s'. It was never made, it is not"
                  .formatted(name, owner.namespace())
              + " in use, or it was deleted. Make it there.");
    }
    return found;
  }

  /** Rules are those of the resource's own namespace, and those that come with the migrator. */
  private String rule(Manifest owner, String name, StateView topics, List<String> hindering) {
    if (name.isEmpty() || StateView.isBuiltIn(name)) {
      return name;
    }
    Optional<String> found =
        topics
            .rule(names.rule(owner.namespace(), name))
            .filter(rule -> isOf(owner, name, rule.getRequestedBy()))
            .map(MigrationRuleState::getName);
    if (found.isEmpty()) {
      hindering.add(
          "MIG-104 Rule '%s' does not exist in namespace '%s'. It was never made, it is not in use,"
                  .formatted(name, owner.namespace())
              + " or it was deleted. Make it there; nothing is moved without a rule that is"
              + " wanted.");
    }
    return found.orElse("");
  }

  /** Names of the admin namespace are also those that come over REST. */
  private boolean isOf(Manifest owner, String name, String requestedBy) {
    return ResourceOwner.of(requestedBy)
        .map(one -> one.namespace().equals(owner.namespace()) && one.name().equals(name))
        .orElse(owner.namespace().equals(names.adminNamespace()));
  }

  static List<String> notes(Fields spec) {
    List<String> unfollowed = new ArrayList<>();
    if (!spec.text("adminClusterPair").isEmpty()) {
      unfollowed.add("adminClusterPair");
    }
    if (!spec.texts("includeOptionalResourceTypes").isEmpty()) {
      unfollowed.add("includeOptionalResourceTypes");
    }
    return Unfollowed.of(unfollowed);
  }
}
