/**
 * How long a broker is away, by how much data it holds: Mooring's reattach beside Kafka's own
 * partition reassignment, in one run on one cluster.
 */
@NullMarked
package io.mooring.localcluster.bench;

import org.jspecify.annotations.NullMarked;
