/**
 * What other rules would have done: recorded measurements go through the decisions of {@link
 * io.mooring.autopilot.decision} again. Nothing here knows Kafka, clocks or chance.
 *
 * <p>{@link io.mooring.autopilot.whatif.Replay} feeds the recorded inputs to the decisions, {@link
 * io.mooring.autopilot.whatif.CapacityModel} says how large a volume would have been, and {@link
 * io.mooring.autopilot.whatif.Findings} compares with what happened.
 */
@NullMarked
package io.mooring.autopilot.whatif;

import org.jspecify.annotations.NullMarked;
