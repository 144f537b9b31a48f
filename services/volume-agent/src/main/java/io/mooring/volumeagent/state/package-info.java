/**
 * What the agent keeps in its state directory, so that it can go on after a crash without the
 * control plane.
 */
@NullMarked
package io.mooring.volumeagent.state;

import org.jspecify.annotations.NullMarked;
