package io.mooring.autopilot.expression;

import java.util.OptionalLong;

/** The metrics of one object at one moment; empty where the object has no such metric. */
@FunctionalInterface
public interface MetricValues {

  OptionalLong valueOf(Metric metric);
}
