package io.mooring.migrator.kubernetes.resources;

import java.time.Duration;

/**
 * How the migrator works with resources of a Kubernetes cluster.
 *
 * @param instance name of this instance, unique among all
 * @param namespace of the lease
 * @param adminNamespace whose resources may be about all namespaces
 * @param csiDriver name of Mooring's CSI driver
 * @param leaseDuration after this time without news of the leader another takes its place
 * @param compareEvery pause between two comparisons
 */
public record ResourceSettings(
    String instance,
    String namespace,
    String adminNamespace,
    String csiDriver,
    Duration leaseDuration,
    Duration compareEvery) {}
