/**
 * {@code ./mooring bench autopilot}: recorded traces under different rules ({@link
 * io.mooring.benchmarks.autopilot.TraceComparison}), and rule evaluations a second ({@link
 * io.mooring.benchmarks.autopilot.CoreRate}), with the autopilot's own decisions.
 */
@NullMarked
package io.mooring.benchmarks.autopilot;

import org.jspecify.annotations.NullMarked;
