/**
 * The demonstration of capacity: brokers whose volumes grow by a rule while producers write, as in
 * the paper's test of Autopilot (its table 4), with a GB of the paper as a MiB here. What happened
 * is taken from three sides that must agree: the catalogue, the events, and the file systems
 * themselves.
 */
@NullMarked
package io.mooring.localcluster.capacity;

import org.jspecify.annotations.NullMarked;
