package io.mooring.autopilot.kubernetes;

import java.time.Duration;

/**
 * How the autopilot works on a Kubernetes cluster.
 *
 * @param instance name of this instance, unique among all
 * @param namespace of the lease, and of what is about volumes without a claim
 * @param csiDriver name of Mooring's CSI driver
 * @param leaseDuration after this time without news of the leader another takes its place
 */
public record KubernetesSettings(
    String instance, String namespace, String csiDriver, Duration leaseDuration) {}
