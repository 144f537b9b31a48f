/** Attached volumes as NBD exports, for tools that look at the data plane from outside. */
@NullMarked
package io.mooring.volumeagent.export;

import org.jspecify.annotations.NullMarked;
