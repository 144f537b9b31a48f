/**
 * What a Kafka cluster had committed when its volumes were snapshotted, and whether another one
 * that was made of them has it.
 */
@NullMarked
package io.mooring.migrator.kafka;

import org.jspecify.annotations.NullMarked;
