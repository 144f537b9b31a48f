/**
 * The demonstration of a migration: a Kafka cluster under load is copied through an object store,
 * and another cluster starts it as it was at one moment.
 */
@NullMarked
package io.mooring.localcluster.migration;

import org.jspecify.annotations.NullMarked;
