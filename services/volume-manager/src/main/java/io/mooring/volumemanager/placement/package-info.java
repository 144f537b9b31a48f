/**
 * Where new replicas go. {@link io.mooring.volumemanager.placement.Placement} is a pure function of
 * the request and of what is known about every pool.
 */
@NullMarked
package io.mooring.volumemanager.placement;

import org.jspecify.annotations.NullMarked;
