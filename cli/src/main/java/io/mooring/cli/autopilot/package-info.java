/** Commands about the autopilot. */
@NullMarked
package io.mooring.cli.autopilot;

import org.jspecify.annotations.NullMarked;
