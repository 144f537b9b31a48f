/**
 * A tiny process that holds file descriptors while the process that uses them restarts. As long as
 * it lives, a FUSE file stays mounted and the programs above it wait instead of failing.
 *
 * <p>It does nothing else, so that it never needs an update, never grows and never crashes.
 */
@NullMarked
package io.mooring.storage.linux.keeper;

import org.jspecify.annotations.NullMarked;
