/**
 * Conditions that are more than arithmetic over what agents measure: asked of a Prometheus server,
 * joined with volumes by labels, and written to {@code mooring.autopilot.readings}. From there they
 * are inputs like any other, so decisions follow from records alone and can be replayed.
 */
@NullMarked
package io.mooring.autopilot.prometheus;

import org.jspecify.annotations.NullMarked;
