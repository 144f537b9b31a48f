/**
 * What the autopilot decides: measurements, answers and approvals in, transitions and resizes out.
 * Nothing here knows Kafka, clocks or chance. Time is the time of the measurements, so the same
 * measurements lead to the same decisions whenever they are read, and identifiers follow from what
 * they identify, so that a repeated step repeats them (I7).
 *
 * <p>{@link io.mooring.autopilot.decision.VolumeWatch} looks at one volume under all rules; {@link
 * io.mooring.autopilot.decision.RuleMachine} is one rule on one volume, {@link
 * io.mooring.autopilot.decision.RuleState} shows its states.
 */
@NullMarked
package io.mooring.autopilot.decision;

import org.jspecify.annotations.NullMarked;
