/**
 * The autopilot: volumes grow before they are full.
 *
 * <p>{@link io.mooring.autopilot.rule} reads rules as people write them, {@link
 * io.mooring.autopilot.expression} computes what a rule looks at, and {@link
 * io.mooring.autopilot.decision} decides; none of them knows Kafka, clocks or threads. {@link
 * io.mooring.autopilot.stream} feeds it inside one exactly-once transaction per step, and {@link
 * io.mooring.autopilot.rest} is the door for people. {@link io.mooring.autopilot.whatif} and {@link
 * io.mooring.autopilot.history} tell what other rules would have done. {@link
 * io.mooring.autopilot.prometheus} asks for what agents do not measure, {@link
 * io.mooring.autopilot.kubernetes} is the door to a cluster.
 */
@NullMarked
package io.mooring.autopilot;

import org.jspecify.annotations.NullMarked;
