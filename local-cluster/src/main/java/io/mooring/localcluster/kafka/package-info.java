/**
 * Kafka processes: the control Kafka that carries the control topics, and the brokers and
 * controllers of the Kafka cluster that is looked after, as pods.
 */
@NullMarked
package io.mooring.localcluster.kafka;

import org.jspecify.annotations.NullMarked;
