/**
 * Load on a Kafka cluster, and the ledger of what the cluster acknowledged: whatever happens to the
 * brokers, every acknowledged record must be read back, once, unchanged, at its offset.
 */
@NullMarked
package io.mooring.localcluster.load;

import org.jspecify.annotations.NullMarked;
