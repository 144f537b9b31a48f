/** Explains what happened to a volume from the control topics themselves. */
@NullMarked
package io.mooring.volumemanager.history;

import org.jspecify.annotations.NullMarked;
