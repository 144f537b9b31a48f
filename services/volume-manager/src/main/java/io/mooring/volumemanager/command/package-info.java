/** Sends commands to whichever instance decides on the volume, and waits for their answers. */
@NullMarked
package io.mooring.volumemanager.command;

import org.jspecify.annotations.NullMarked;
