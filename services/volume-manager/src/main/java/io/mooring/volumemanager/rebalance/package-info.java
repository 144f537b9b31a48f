/**
 * Moving replicas from over-full to under-full pools. {@link
 * io.mooring.volumemanager.rebalance.RebalancePlanner} chooses the moves and {@link
 * io.mooring.volumemanager.rebalance.RebalanceSteps} sees to it that they happen, a few at a time;
 * both are pure. A move itself is carried by its volume, in one state machine with everything else
 * that happens to it, so a rebalance that is forgotten leaves no volume halfway.
 */
@NullMarked
package io.mooring.volumemanager.rebalance;

import org.jspecify.annotations.NullMarked;
