/** How full the volumes in use are, measured and told at an interval. */
@NullMarked
package io.mooring.volumeagent.usage;

import org.jspecify.annotations.NullMarked;
