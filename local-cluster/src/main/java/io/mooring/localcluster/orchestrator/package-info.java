/**
 * A small orchestrator with the semantics that Kafka's pods rely on: StatefulSets with stable
 * names, ordered start and one pod per identity; a volume claim per pod, served over CSI in the
 * kubelet's order; scheduling by where a pod's replicas are; eviction from nodes that are judged
 * dead.
 */
@NullMarked
package io.mooring.localcluster.orchestrator;

import org.jspecify.annotations.NullMarked;
