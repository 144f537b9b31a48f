/**
 * {@code ./mooring bench autopilot}: recorded traces under different rules, rule evaluations a
 * second, and the time from a crossed threshold to a resize.
 *
 * <p>{@link io.mooring.benchmarks.autopilot.TraceComparison} and {@link
 * io.mooring.benchmarks.autopilot.CoreRate} use the autopilot's decisions alone; {@link
 * io.mooring.benchmarks.autopilot.ServiceRate} and {@link io.mooring.benchmarks.autopilot.Reaction}
 * the service as it is deployed, on a real Kafka.
 */
@NullMarked
package io.mooring.benchmarks.autopilot;

import org.jspecify.annotations.NullMarked;
