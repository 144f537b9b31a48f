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
 *   <li>The peers may vote: they beat now, were not starved themselves, and are not suspected.
 * </ol>
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
