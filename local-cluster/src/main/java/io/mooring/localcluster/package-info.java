/**
 * The whole system and a Kafka cluster to look after, on one machine: control Kafka, schema
 * registry, services, nodes, and an orchestrator that starts the managed Kafka's pods on Mooring
 * volumes. {@link io.mooring.localcluster.LocalCluster} is where to begin.
 */
@NullMarked
package io.mooring.localcluster;

import org.jspecify.annotations.NullMarked;
