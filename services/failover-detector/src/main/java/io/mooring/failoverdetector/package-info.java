/**
 * The failover-detector: heartbeats and peer probes in, judgements about nodes out; and a watch
 * over the brokers of the Kafka clusters that are looked after.
 *
 * <p>{@link io.mooring.failoverdetector.liveness} and {@link io.mooring.failoverdetector.brokers}
 * decide and know neither Kafka Streams nor clocks. {@link io.mooring.failoverdetector.stream}
 * feeds them inside one exactly-once transaction per step. {@link io.mooring.failoverdetector.rest}
 * shows what they see.
 */
@NullMarked
package io.mooring.failoverdetector;

import org.jspecify.annotations.NullMarked;
