package io.mooring.migrator.kubernetes.resources;

import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;

/** The custom resources, as {@code k8s/crds} defines them; manifests for STORK fit. */
final class Kinds {

  static final String GROUP = "stork.libopenstorage.org";
  static final String VERSION = "v1alpha1";
  static final String API_VERSION = GROUP + "/" + VERSION;

  static final ResourceDefinitionContext PAIR = kind("ClusterPair", "clusterpairs", true);
  static final ResourceDefinitionContext MIGRATION = kind("Migration", "migrations", true);
  static final ResourceDefinitionContext SCHEDULE =
      kind("MigrationSchedule", "migrationschedules", true);
  static final ResourceDefinitionContext POLICY = kind("SchedulePolicy", "schedulepolicies", false);
  static final ResourceDefinitionContext RULE = kind("Rule", "rules", true);

  /** Name of the lease, and of who tells events. */
  static final String MIGRATOR = "mooring-migrator";

  private Kinds() {}

  private static ResourceDefinitionContext kind(String kind, String plural, boolean namespaced) {
    return new ResourceDefinitionContext.Builder()
        .withGroup(GROUP)
        .withVersion(VERSION)
        .withKind(kind)
        .withPlural(plural)
        .withNamespaced(namespaced)
        .build();
  }
}
