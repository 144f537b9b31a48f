/** The node as others see it: descriptor, heartbeats, probes of peers, canaries of pools. */
@NullMarked
package io.mooring.volumeagent.node;

import org.jspecify.annotations.NullMarked;
