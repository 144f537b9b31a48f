/**
 * Reads what the control topics have recorded, for replays: with consumers of its own that belong
 * to no group, so that nothing of what the service itself does depends on it.
 */
@NullMarked
package io.mooring.autopilot.history;

import org.jspecify.annotations.NullMarked;
