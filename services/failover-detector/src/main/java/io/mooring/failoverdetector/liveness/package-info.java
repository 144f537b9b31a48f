/**
 * Decides which nodes are dead, without threads, clocks or I/O: heartbeats and ticks in, judgements
 * out.
 *
 * <p>A missing heartbeat alone proves nothing, so three things must come together before {@code
 * NodeDown}:
 *
 * <ol>
 *   <li>The node is silent: for at least the minimum silence, in the detector's {@linkplain
 *       OwnClock own time}, which stands still while the detector was paused and while nobody at
 *       all is heard.
 *   <li>Its peers say why. {@link Sight} has the rules: nothing answers at a majority of the
 *       voters, at once; only its kernel answers, after a grace; somebody reaches the agent, never.
 *   <li>The peers may vote: they beat now, were not starved themselves (or saw what no starvation
 *       can show), and are not suspected. Most of those who live are heard: while the control
 *       topics go away or come back, the few who are heard do not decide alone.
 * </ol>
 *
 * <p>What peers saw while the control topics were away, they saw on their own clocks, and it counts
 * at once when they are heard again; only the node's own chance to speak up, the minimum silence,
 * begins anew with the first beat.
 *
 * <p><b>Without a voter there is no NodeDown</b>, however long the silence. With two nodes the
 * survivor is the one voter and its word is enough, because a dead node's only peer cannot be
 * outvoted. With a single node, or when the last living one falls silent, all beats have stopped:
 * that cannot be told from trouble of the control Kafka or of the detector, there is no node left
 * to take over, and so nothing is decided.
 */
@NullMarked
package io.mooring.failoverdetector.liveness;

import org.jspecify.annotations.NullMarked;
