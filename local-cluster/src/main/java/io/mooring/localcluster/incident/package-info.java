/**
 * What happened when a node died, put together from the events that all parts published: one line
 * per step, on two clocks, *clients served again* and *redundancy restored*.
 */
@NullMarked
package io.mooring.localcluster.incident;

import org.jspecify.annotations.NullMarked;
