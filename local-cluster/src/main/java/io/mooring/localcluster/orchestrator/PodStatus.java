package io.mooring.localcluster.orchestrator;

import org.jspecify.annotations.Nullable;

/**
 * A pod as it is now.
 *
 * @param node where it is, null while it has no node
 * @param step the last step that it took
 * @param restarts how often its process was started again in place
 * @param detail what there is to say about the step, such as an error
 */
public record PodStatus(
    PodIdentity pod, @Nullable String node, PodStep step, int restarts, String detail) {}
