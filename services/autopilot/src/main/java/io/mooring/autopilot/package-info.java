/**
 * The autopilot: volumes grow before they are full.
 *
 * <p>{@link io.mooring.autopilot.rule} reads rules as people write them, {@link
 * io.mooring.autopilot.expression} computes what a rule looks at, and {@link
 * io.mooring.autopilot.decision} decides; none of them knows Kafka, clocks or threads.
 */
@NullMarked
package io.mooring.autopilot;

import org.jspecify.annotations.NullMarked;
