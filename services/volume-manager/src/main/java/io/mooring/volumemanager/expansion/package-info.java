/**
 * Drives of pools that grow: what is refused, and when a growth is over. The node's agent does the
 * work; here is decided that it is wanted, once. Pure: no clock, no I/O.
 */
@NullMarked
package io.mooring.volumemanager.expansion;

import org.jspecify.annotations.NullMarked;
