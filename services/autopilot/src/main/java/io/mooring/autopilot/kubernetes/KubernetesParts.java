package io.mooring.autopilot.kubernetes;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.mooring.autopilot.stream.AutopilotParts;
import io.mooring.autopilot.stream.ControlTopicWriter;
import java.time.Clock;
import java.util.function.BooleanSupplier;

/**
 * What stands between the cluster and the control topics.
 *
 * @param topicsRead whether rules and objects are known as the control topics have them
 */
public record KubernetesParts(
    KubernetesClient client,
    AutopilotParts autopilot,
    ControlTopicWriter writer,
    BooleanSupplier topicsRead,
    Clock clock) {}
