/** The agent's side of the control topics: what it follows, what it reports, what it beats. */
@NullMarked
package io.mooring.volumeagent.control;

import org.jspecify.annotations.NullMarked;
