/**
 * Watches the brokers of Kafka clusters that are looked after and measures an incident on both of
 * its clocks: clients are served again ({@code LeadersMoved}), and redundancy is restored ({@code
 * IsrRestored}).
 *
 * <p>{@link ClusterWatch} decides; {@link ClusterPoller} and {@link AdminClusterReader} fetch what
 * it decides on. A cluster that cannot be read is not judged: it may not have been started yet.
 * What no reading shows, a broker that was replaced while Kafka still held its session, a {@link
 * Tether} does.
 */
@NullMarked
package io.mooring.failoverdetector.brokers;

import org.jspecify.annotations.NullMarked;
