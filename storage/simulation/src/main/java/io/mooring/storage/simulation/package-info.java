/**
 * A deterministic simulation of one volume: heads, replicas, catalogue, network, disks, clients and
 * faults, all from one seed.
 *
 * <p>{@link Simulation} wires and runs it; {@link History} knows what every sector may hold and
 * checks the invariants after every event. {@link Mutant} lists the deliberately wrong variants
 * that the checks must catch.
 */
@NullMarked
package io.mooring.storage.simulation;

import org.jspecify.annotations.NullMarked;
